"""Values as people in Bolivia read them, on paper and on the terminal. Pure."""

import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from callcenter import spanish
from reports.render.document import Column, ReportDocument, Table, Value, ValueKind


def in_words(kind: ValueKind, value: Value, zone: ZoneInfo) -> str:
    """A value that stands alone, with its unit: `Bs 1.234,50`, `2 min 03 s`; `sin datos` for None."""
    match value:
        case None:
            return spanish.NO_DATA
        case Decimal() if kind is ValueKind.MONEY:
            return spanish.money(value)
        case timedelta():
            return spanish.duration(value.total_seconds())
        case _:
            return _common(value, zone)


def in_table(column: Column, value: Value, zone: ZoneInfo) -> str:
    """A value among others of its column, whose title has the unit: `1.234,50`, `2:03`."""
    match value:
        case None:
            return column.absent
        case Decimal() if column.kind is ValueKind.MONEY:
            return spanish.amount(value)
        case timedelta():
            return spanish.stopwatch(value.total_seconds())
        case _:
            return _common(value, zone)


def origin(document: ReportDocument) -> str:
    """When a report was made, in one line."""
    return f"Elaborado el {spanish.date_time(document.made.astimezone(document.zone))}"


def elsewhere(table: Table) -> str:
    """What stands for a table that is `to_work_on` where people only read."""
    return f"{table.title} ({spanish.whole(len(table.rows))}): la lista está en la planilla (XLSX) de este informe."


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
