"""Days as people, programs and spreadsheets write them. The day comes before the month. Pure."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from backoffice.extracts.cells.problems import UnreadableCell
from backoffice.extracts.cells.words import words
from backoffice.extracts.files.sheets import Cell
from callcenter.spanish import month_name

_HOUR = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
_TIME = rf"(?:(?:\s+|T|,\s*){_HOUR}\s*(?:[ap]\.?\s?m\.?)?(?:Z|[+-][0-9:]{{2,6}})?)?"
_FLAGS = re.ASCII | re.IGNORECASE
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})" + _TIME, _FLAGS)
_YEAR_FIRST = re.compile(r"([0-9]{4})([/.-])([0-9]{1,2})\2([0-9]{1,2})" + _TIME, _FLAGS)
_TOGETHER = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})", re.ASCII)
_SERIAL = re.compile(r"([0-9]{5})(?:[.,][0-9]{1,12})?", re.ASCII)
_CLOCK = re.compile(_TIME + "$", _FLAGS)

_BEGINNING = date(1899, 12, 30)  # of a spreadsheet's days
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_MONTHS = [month_name(date(2000, month, 1)).split()[0] for month in range(1, 13)]
_OTHER_NAMES = {"setiembre": 9, "set": 9, "jan": 1, "apr": 4, "aug": 8, "dec": 12}
_NUMBER_OF = {
    **{name: month for month, name in enumerate(_MONTHS, start=1)},
    **{name[:3]: month for month, name in enumerate(_MONTHS, start=1)},
    **{name[:4]: month for month, name in enumerate(_MONTHS, start=1)},
    **_OTHER_NAMES,
}
_REMEDY = "Escríbala como día/mes/año, por ejemplo 31/12/2026"


def read_date(cell: Cell) -> date:
    """The day in a cell; its hour is left out. Raises UnreadableCell."""
    if isinstance(cell, datetime):
        return _sane(cell.date())
    if isinstance(cell, date):
        return _sane(cell)
    if isinstance(cell, str):
        return _sane(_of_text(cell))
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell):
        return _sane(_of_number(cell))
    raise UnreadableCell("no es una fecha", _REMEDY)


def _sane(day: date) -> date:
    if not _FIRST_YEAR <= day.year < _LAST_YEAR:
        raise UnreadableCell("el año de la fecha no es posible", _REMEDY)
    return day


def _of_text(text: str) -> date:
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
        (_DAY_FIRST, lambda found: _day(found[4], found[3], found[1])),
        (_YEAR_FIRST, lambda found: _day(found[1], found[3], found[4])),
        (_TOGETHER, lambda found: _day(found[1], found[2], found[3])),
        (_SERIAL, lambda found: _of_number(int(found[1]))),
    )
    for pattern, reader in readers:
        found = pattern.fullmatch(text)
        if found is not None:
            return reader(found)
    return _in_words(text)


def _in_words(text: str) -> date:
    """`31 de diciembre de 2026`, `31-dic-26`, `jueves, 31 de diciembre de 2026 10:00`."""
    parts = [part for part in words(_CLOCK.sub("", text)) if part not in ("de", "del")]
    if len(parts) == 4 and parts[0].endswith(("s", "o")) and not parts[0].isdigit():
        parts = parts[1:]
    if len(parts) != 3 or parts[1] not in _NUMBER_OF or not (parts[0] + parts[2]).isdigit():
        raise UnreadableCell("no es una fecha completa (día, mes y año)", _REMEDY)
    day, month, year = parts
    if len(day) > 2 or len(year) not in (2, 4):
        raise UnreadableCell("no es una fecha completa (día, mes y año)", _REMEDY)
    return _day(year, str(_NUMBER_OF[month]), day)


def _day(year: str, month: str, day: str) -> date:
    whole_year = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(whole_year, int(month), int(day))
    except ValueError as error:
        if int(month) > 12 >= int(day):
            raise UnreadableCell("la fecha parece tener el mes antes del día", _REMEDY) from error
        raise UnreadableCell("la fecha no existe en el calendario", _REMEDY) from error


def _of_number(number: float) -> date:
    """A spreadsheet's day, or a year, month and day written together."""
    together = _TOGETHER.fullmatch(str(int(number))) if number == int(number) else None
    if together is not None:
        return _day(together[1], together[2], together[3])
    if not 1 <= number < 100_000:
        raise UnreadableCell("no es una fecha", _REMEDY)
    return _BEGINNING + timedelta(days=int(number))
