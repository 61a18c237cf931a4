"""The ATT report as people read it: to be signed, to be checked, to be calculated with. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from callcenter.level.formulas import LevelVerdict, ServiceLevelCounts, shown, still_needed
from callcenter.spanish import month_name, percentage, short_date, weekday_name, whole
from reports.att.figures import AtFigures, AttReport, LineFigures, Part
from reports.att.observation import observation
from reports.att.words import DEFINITIONS, FORMULAS
from reports.render.document import (
    Chart,
    ChartForm,
    Column,
    KeyFigure,
    LongTable,
    ReportDocument,
    Row,
    Series,
    Table,
    TargetLine,
    ValueKind,
)

VERDICTS = {
    LevelVerdict.ACCEPTED: "aceptado",
    LevelVerdict.OBSERVED: "observado",
    LevelVerdict.NO_CALLS: "sin llamadas",
    None: "por partes",
}
SIGNATURES = ("Supervisión del centro de llamadas", "Jefatura", "Fecha y sello")
_W, _P, _T = ValueKind.WHOLE, ValueKind.PERCENT, ValueKind.TEXT
_LEVEL = (
    *(Column("Registradas", _W, "Regist."), Column("Atendidas", _W, "Atend."), Column("En el plazo", _W, "En plazo")),
    *(Column("Abandonadas", _W, "Aband."), Column("Nivel", _P, "Nivel", missing="-")),
)


@dataclass(frozen=True, slots=True)
class AboutReport:
    """Where and when a report is made, up to which day, and as which version (empty: a month that is not closed).

    `fingerprint`: of its figures and rule. `details`: of the calls behind them, where they are closed. `calls`: those.
    """

    centre: str
    zone: ZoneInfo
    made: datetime
    through: date
    version: str
    fingerprint: str
    details: str = ""
    corrections: tuple[str, ...] = ()
    calls: LongTable | None = None
    stamp: str = ""


def att_document(report: AttReport, about: AboutReport) -> ReportDocument:
    """The report of a month."""
    return ReportDocument(
        title="Informe mensual del nivel de servicio para la ATT",
        subtitle=f"{month_name(report.month.first_day).capitalize()}: {_state(report, about)}",
        centre=about.centre,
        zone=about.zone,
        made=about.made,
        rule=". ".join(_rule(part, len(report.parts) > 1) for part in report.parts),
        key_figures=tuple(_key_figures(report, is_over=_is_over(report, about))),
        body=tuple(_body(report, about)),
        notes=tuple(_notes(report, about)),
        signatures=SIGNATURES,
        stamp=about.stamp,
    )


def _state(report: AttReport, about: AboutReport) -> str:
    if about.version:
        return about.version
    return "sin cerrar" if _is_over(report, about) else f"provisional, hasta el {short_date(about.through)}"


def _is_over(report: AttReport, about: AboutReport) -> bool:
    made = about.made.astimezone(about.zone)
    return (made.year, made.month) > (report.month.year, report.month.month)


def _rule(part: Part, dated: bool) -> str:
    rule = part.rules[-1]
    when = f"Del {short_date(part.first_day)} al {short_date(part.last_day)}: " if dated else ""
    thresholds = " y ".join(dict.fromkeys(f"{each.threshold_seconds} s" for each in part.rules))
    lines = ", ".join(dict.fromkeys(line for each in part.rules for line in each.measured_lines))
    return (
        f"{when}GC-PRC-OPE-ASE-02, fórmula {rule.formula.value} ({FORMULAS[rule.formula]}), plazo {thresholds},"
        f" meta {target_of(part)}, líneas medidas {lines}"
    )


def target_of(part: Part) -> str:
    """`80 %`."""
    target = part.rules[-1].target_percent
    return percentage(target, 0 if target == target.to_integral_value() else 2)


def percent_of(part: Part, counts: ServiceLevelCounts) -> Decimal | None:
    """The level as it is shown; None without calls or without one formula."""
    value = part.level(counts)
    return None if value is None else shown(value, part.rules[-1].target_percent)


# -- key figures -------------------------------------------------------------------------------------------


def _key_figures(report: AttReport, *, is_over: bool) -> Iterator[KeyFigure]:
    for part in report.parts:
        when = f" del {part.first_day.day} al {part.last_day.day}" if len(report.parts) > 1 else ""
        verdict = f"{VERDICTS[part.verdict(part.measured)]}; meta {target_of(part)}"
        yield KeyFigure(f"Nivel de servicio{when}", _P, percent_of(part, part.measured), verdict)
    counts = report.whole.measured
    yield KeyFigure("Llamadas registradas", _W, counts.registered, "entradas a las colas de las líneas medidas")
    yield KeyFigure("Atendidas en el plazo", _W, counts.within, f"de {whole(counts.answered)} atendidas")
    yield KeyFigure("Abandonadas", _W, counts.abandoned, f"{whole(counts.distinct_calls)} llamadas distintas entraron")
    if report.rule is not None and counts.registered and not is_over:
        needed = still_needed(counts, report.rule.target_percent, report.rule.formula)
        text = "la meta no se alcanza ya" if needed is None else whole(needed)
        yield KeyFigure("Faltan para la meta", _T, text, "llamadas atendidas en el plazo")


# -- body --------------------------------------------------------------------------------------------------


def _body(report: AttReport, about: AboutReport) -> Iterator[Table | Chart | LongTable]:
    for part in report.parts:
        when = f" ({_days(part)})" if len(report.parts) > 1 else ""
        yield _lines(part, f"Por línea{when}")
        yield from _charts(part, when)
    yield _variants(report)
    yield _apart(report)
    for part in report.parts:
        when = f" ({_days(part)})" if len(report.parts) > 1 else ""
        yield _by(part, f"Por día{when}", Column("Día"), [(_day(part, each), each) for each in part.days])
        yield _by(part, f"Por hora{when}", Column("Hora"), [(_hour(each), each) for each in part.hours])
    yield from observation(report, about.zone)
    yield Table("Definiciones", (Column("Cifra"), Column("Qué cuenta")), list(DEFINITIONS.items()))
    if about.calls is not None:
        yield about.calls


def _days(part: Part) -> str:
    return f"{part.first_day.day} al {part.last_day.day}"


def _lines(part: Part, title: str) -> Table:
    columns = (Column("Línea"), Column("Servicio"), *_LEVEL, Column("Resultado"))
    rows: list[Row] = [_line(part, line) for line in part.lines if line.number or line.counts.entries]
    rows.append(("Centro", "Todas las líneas", *_level(part, part.everything), VERDICTS[part.verdict(part.everything)]))
    totals = ("ATT", "Líneas medidas", *_level(part, part.measured), VERDICTS[part.verdict(part.measured)])
    return Table(title, columns, rows, totals, "* Línea medida para la ATT. El nivel cuenta entradas a colas.")


def _line(part: Part, line: LineFigures) -> Row:
    name = line.name + (" *" if line.measured else "")
    return (line.number or line.queue, name, *_level(part, line.counts), VERDICTS[part.verdict(line.counts)])


def _level(part: Part, counts: ServiceLevelCounts) -> Row:
    figures = (counts.registered, counts.answered, counts.within, counts.abandoned)
    return (*figures, percent_of(part, counts))


def _charts(part: Part, when: str) -> Iterator[Chart]:
    target = TargetLine(f"Meta {target_of(part)}", part.rules[-1].target_percent)
    days = [each for each in part.days if each.counts.registered]
    hours = [each for each in part.hours if each.counts.registered]
    if days:
        labels = tuple(str(each.at) for each in days)
        level = Series("Nivel", tuple(percent_of(part, each.counts) for each in days))
        yield Chart(f"Nivel por día{when}, líneas medidas", ChartForm.LINES, _P, labels, (level,), target)
    if hours:
        labels = tuple(f"{each.at:02}" for each in hours)
        level = Series("Nivel", tuple(percent_of(part, each.counts) for each in hours))
        yield Chart(f"Nivel por hora{when}, líneas medidas", ChartForm.BARS, _P, labels, (level,), target)


def _by(part: Part, title: str, first: Column, rows: list[tuple[str, AtFigures]]) -> Table:
    totals = ("Total", *_level(part, part.measured))
    return Table(
        f"{title}, líneas medidas", (first, *_LEVEL), [(name, *_level(part, e.counts)) for name, e in rows], totals
    )


def _day(part: Part, each: AtFigures) -> str:
    day = part.first_day.replace(day=each.at)
    return f"{weekday_name(day)} {day.day}"


def _hour(each: AtFigures) -> str:
    return f"{each.at:02}:00 a {each.at + 1:02}:00"


def _variants(report: AttReport) -> Table:
    columns = (Column("Fórmula"), Column("Cómo se calcula"), Column("Líneas medidas", _P), Column("Centro", _P))
    part = report.whole
    measured, everything = part.variants(part.measured), part.variants(part.everything)
    rows = [
        (name.value, about, *(_shown(part, found[name.value]) for found in (measured, everything)))
        for name, about in FORMULAS.items()
    ]
    return Table("Variantes del nivel", columns, rows, note="Se muestran al lado del indicador, nunca en su lugar.")


def _shown(part: Part, value: Decimal | None) -> Decimal | None:
    return None if value is None else shown(value, part.rules[-1].target_percent)


def _apart(report: AttReport) -> Table:
    """What is counted apart from the level: one row a figure, of the measured lines and of all."""
    measured, everything = report.whole.measured, report.whole.everything
    internal = [line.counts for line in report.whole.internal]
    rows: list[Row] = [
        (label, getattr(measured, name), getattr(everything, name)) for name, label in _APART if name != "calls"
    ]
    rows.insert(0, ("Llamadas a las líneas", measured.calls, everything.calls))
    rows.append(("Llamadas internas a las líneas", None, sum(each.entries for each in internal)))
    columns = (Column("Cifra"), Column("Líneas medidas", _W), Column("Centro", _W))
    return Table("Fuera del nivel", columns, rows)


_APART = (
    ("queued", "De ellas, para una cola"),
    ("ivr_served", "Atendidas por el IVR"),
    ("menu_hung_up", "Colgaron en el menú"),
    ("out_of_hours", "Fuera de horario"),
    ("callback_instead", "Devolución en vez de cola"),
    ("calls_interrupted", "Interrumpidas sin cola"),
    ("calls_open", "En curso sin cola"),
    ("full", "Bloqueadas (cola llena)"),
    ("join_refused", "Bloqueadas (sin agentes)"),
    ("callbacks_requested", "Devoluciones pedidas"),
    ("callbacks_by_key", "De ellas, con la tecla"),
    ("callbacks_returned", "Devoluciones contestadas"),
    ("callbacks_answered", "Devoluciones logradas"),
    ("returned_entries", "Esperas de llamadas que hizo el centro"),
    ("interrupted", "Interrumpidas por una falla"),
    ("interrupted_unanswered", "De ellas, sin atender"),
    ("undetermined", "Espera sin precisión suficiente"),
    ("still_open", "Esperas en curso"),
    ("entries", "Entradas a colas"),
    ("distinct_calls", "Llamadas distintas"),
)


# -- notes ------------------------------------------------------------------------------------------------


def _notes(report: AttReport, about: AboutReport) -> Iterator[str]:
    if not report.gaps:
        yield "Interrupciones de la central en el mes: ninguna registrada."
    yield (
        "Lo que la central anotó mientras Troncal no leía se contó después: ninguna llamada depende de que Troncal"
        " estuviera en marcha."
    )
    yield from about.corrections
    yield f"Huella de las cifras y la regla: {about.fingerprint}"
    if about.details:
        yield f"Huella del detalle de las llamadas: {about.details}"
    if about.version and about.calls is not None:
        yield "La hoja con el detalle de llamadas es la de los registros de hoy; las cifras son las que se cerraron."
    yield "Se comprueba con: troncal report verify ARCHIVO"
