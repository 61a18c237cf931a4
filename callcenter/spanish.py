"""How agents, supervisors and callers read dates, money, lengths of time and shares in es-BO."""

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

NO_DATA = "sin datos"

_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


def month_name(day: date) -> str:
    """`noviembre de 2026`."""
    return f"{_MONTHS[day.month - 1]} de {day.year}"


def weekday_name(day: date) -> str:
    """`domingo`."""
    return _WEEKDAYS[day.weekday()]


def long_date(day: date) -> str:
    """`domingo 22 de noviembre de 2026`."""
    return f"{weekday_name(day)} {day.day} de {month_name(day)}"


def short_date(day: date) -> str:
    """`22/11/2026`."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def clock_time(moment: datetime | time) -> str:
    """`18:23`, as the moment's own zone has it."""
    return f"{moment.hour:02}:{moment.minute:02}"


def date_time(moment: datetime) -> str:
    """`22/11/2026 18:23`, as the moment's own zone has it. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown: nobody knows whose it is")
    return f"{short_date(moment)} {clock_time(moment)}"


def amount(value: Decimal | int, decimals: int = 2) -> str:
    """`1.234,50`: points between thousands, a comma before the decimals, halves away from zero."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(value).quantize(step, rounding=ROUND_HALF_UP) + 0  # + 0: no minus before a zero
    return f"{rounded:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def whole(value: int) -> str:
    """`60.000`."""
    return amount(value, decimals=0)


def money(bolivianos: Decimal) -> str:
    """`Bs 1.234,50`; what is in the customer's favour is `-Bs 1.234,50`."""
    shown = amount(bolivianos)
    return f"-Bs {shown[1:]}" if shown.startswith("-") else f"Bs {shown}"


def percentage(value: Decimal | None, decimals: int = 2) -> str:
    """`81,13 %`; `sin datos` where there was nothing to divide by."""
    return NO_DATA if value is None else f"{amount(value, decimals)} %"


def duration(seconds: float) -> str:
    """`1 h 02 min 03 s`, `2 min 03 s`, `20 s`: whole seconds that have passed."""
    hours, minutes, rest = _parts(seconds)
    if hours:
        return f"{hours} h {minutes:02} min {rest:02} s"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def stopwatch(seconds: float) -> str:
    """`1:02:03`, `2:03`, `0:20`: for clocks that run on a screen."""
    hours, minutes, rest = _parts(seconds)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _parts(seconds: float) -> tuple[int, int, int]:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return minutes // 60, minutes % 60, rest
