"""Values and the names of columns as programs read them. Pure.

Percentages, decimals and money are text with two decimals and a point, lengths of time seconds, days and moments ISO
8601 in the document's zone; what is not known, or has nothing to divide by, is null.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from reports.render.document import Column, Value

MachineValue = str | int | float | None
_CENT = Decimal("0.01")


def machine_value(value: Value, zone: ZoneInfo) -> MachineValue:
    """A value of a document for programs."""
    match value:
        case Decimal():
            return str(rounded(value))
        case timedelta():
            return round(value.total_seconds(), 3)
        case datetime():
            return value.astimezone(zone).isoformat()
        case date():
            return value.isoformat()
        case _:
            return value


def rounded(value: Decimal) -> Decimal:
    """A percentage, a decimal or money with two decimals."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def key_of(text: str) -> str:
    """A Spanish heading as a key: `Espera media` is `espera_media`, `% sin agente` is `porcentaje_sin_agente`."""
    plain = unicodedata.normalize("NFKD", text.replace("%", " porcentaje ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_") or "sin_nombre"


def column_keys(columns: Iterable[Column]) -> list[str]:
    """A key for each column: its `name`, else its heading's; the second of two alike ends in `_2`."""
    return distinct([column.name or key_of(column.heading) for column in columns])


def distinct(keys: Sequence[str]) -> list[str]:
    """The same keys, each once: a number at the end tells others apart."""
    found: list[str] = []
    for key in keys:
        number, free = 2, key
        while free in found:
            free, number = f"{key}_{number}", number + 1
        found.append(free)
    return found
