"""What observation of a month lacked, and what was renamed in it, as tables of the ATT report. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callcenter.instants import as_datetime
from reports.att.figures import AttReport, Gap, NameChange
from reports.att.words import ANOMALIES
from reports.render.document import Column, Row, Table, ValueKind

_MOMENT, _WHOLE = ValueKind.MOMENT, ValueKind.WHOLE


def observation(report: AttReport, zone: ZoneInfo) -> Iterator[Table]:
    """A table for each of these that there is something to say of."""
    if report.gaps:
        columns = (
            *(Column("Desde", _MOMENT, missing="no se sabe"), Column("Hasta", _MOMENT)),
            *(Column("Duró", ValueKind.DURATION), Column("Cortó", _WHOLE), Column("Qué fue")),
        )
        note = "«Cortó»: entradas a colas que terminaron por la interrupción; están contadas como tales."
        yield Table("Interrupciones de la central", columns, [_gap(each, zone) for each in report.gaps], note=note)
    if report.anomalies:
        of_kinds = [(ANOMALIES.get(kind, kind), times) for kind, times in report.anomalies]
        yield Table("Observaciones al registro", (Column("Observación"), Column("Veces", _WHOLE)), of_kinds)
    if report.changes:
        names = (Column("Desde", _MOMENT), Column("Qué"), Column("Antes"), Column("Después"))
        yield Table("Cambios de líneas y colas en el mes", names, [_change(each, zone) for each in report.changes])


def _gap(gap: Gap, zone: ZoneInfo) -> Row:
    since: datetime | None = None if gap.since_us is None else as_datetime(gap.since_us, zone)
    lasted = None if gap.since_us is None else timedelta(microseconds=max(0, gap.until_us - gap.since_us))
    what = "parada ordenada" if gap.announced else "caída"
    return (since, as_datetime(gap.until_us, zone), lasted, gap.entries, what)


def _change(each: NameChange, zone: ZoneInfo) -> Row:
    return (as_datetime(each.at_us, zone), each.what, each.before or "no había", each.after or "ya no hay")
