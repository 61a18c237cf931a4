"""Values as people in Bolivia read them, on paper and on the terminal. Pure."""

import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from callcenter import spanish
from reports.render.document import Column, KeyFigure, LongTable, Measure, ReportDocument, Table, Value, ValueKind


def in_words(kind: ValueKind, value: Value, zone: ZoneInfo) -> str:
    """A value that stands alone, with its unit: `Bs 1.234,50`, `2 min 03 s`; `sin datos` for None."""
    match value:
        case None:
            return spanish.NO_DATA
        case Decimal() if kind is ValueKind.MONEY:
            return spanish.money(value)
        case Decimal() if kind is ValueKind.DECIMAL:
            return spanish.amount(value)
        case timedelta() if kind is ValueKind.SECONDS:
            return f"{seconds(value)} s"
        case timedelta():
            return spanish.duration(value.total_seconds())
        case _:
            return _common(value, zone)


def in_table(column: Column, value: Value, zone: ZoneInfo) -> str:
    """A value among others of its column, whose title has the unit: `1.234,50`, `2:03`."""
    match value:
        case None:
            return column.absent
        case Decimal() if column.kind in (ValueKind.MONEY, ValueKind.DECIMAL):
            return spanish.amount(value)
        case timedelta() if column.kind is ValueKind.SECONDS:
            return seconds(value)
        case timedelta():
            return spanish.stopwatch(value.total_seconds())
        case _:
            return _common(value, zone)


def seconds(value: timedelta) -> str:
    """`20,001`: to the millisecond, and to the microsecond where that is not all of it."""
    whole_seconds, rest = value.days * 86_400 + value.seconds, value.microseconds
    return f"{whole_seconds},{rest // 1000:03}" if rest % 1000 == 0 else f"{whole_seconds},{rest:06}"


def figure_note(figure: KeyFigure, zone: ZoneInfo) -> str:
    """What stands beside a key figure: its note, and where it is compared what it was and by how much it changed."""
    return "; ".join(text for text in (figure.note, before(figure, zone)) if text)


def before(figure: KeyFigure, zone: ZoneInfo) -> str:
    """`antes 79,00 % (+2,13 puntos)`; empty where the figure is not compared."""
    if figure.before is None:
        return ""
    was, difference = in_words(figure.kind, figure.before.value, zone), figure.before.difference
    return f"antes {was}" if difference is None else f"antes {was} ({_difference(figure.kind, difference, zone)})"


def _difference(kind: ValueKind, difference: Measure, zone: ZoneInfo) -> str:
    nothing = timedelta() if isinstance(difference, timedelta) else 0
    if difference == nothing:
        return "igual"
    size = cast(Measure, abs(difference))
    words = f"{spanish.amount(cast(Decimal, size))} puntos" if kind is ValueKind.PERCENT else in_words(kind, size, zone)
    return f"+{words}" if difference == size else f"−{words}"


def origin(document: ReportDocument) -> str:
    """When a report was made, in one line."""
    return f"Elaborado el {spanish.date_time(document.made.astimezone(document.zone))}"


def elsewhere(table: Table | LongTable) -> str:
    """What stands for a table that is `to_work_on`, or a long one, where people only read."""
    length = table.length if isinstance(table, LongTable) else len(table.rows)
    return f"{table.title} ({spanish.whole(length)}): la lista está en la planilla (XLSX) de este informe."


def rest_elsewhere(table: Table, most: int, how: str = "Se muestran") -> str:
    """What is said where only the first `most` rows of a table are shown; empty where all are."""
    if len(table.rows) <= most:
        return ""
    first, all_of_them = spanish.whole(most), spanish.whole(len(table.rows))
    where = "la tabla completa está en la planilla (XLSX) de este informe"
    return f"{how} las primeras {first} de {all_of_them} filas; {where}."


def plain(text: str) -> str:
    """A text without what no report shows: characters that control a terminal, break a line or turn its direction."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(each).startswith(("C", "Zl", "Zp")) else each for each in text)


def shortened(text: str, most: int) -> str:
    """At most so many characters; an ellipsis where something was cut off."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _common(value: str | int | Decimal | timedelta | date | datetime, zone: ZoneInfo) -> str:
    match value:
        case str():
            return plain(value)
        case int():
            return spanish.whole(value)
        case datetime():
            return spanish.date_time(value.astimezone(zone))
        case date():
            return spanish.short_date(value)
        case Decimal():
            return spanish.percentage(value)
        case timedelta():
            return spanish.stopwatch(value.total_seconds())
