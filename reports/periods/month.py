"""A calendar month in the centre's time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from callcenter.instants import as_us

_FORM = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class BadMonth(ValueError):
    """The text names no month that can be reported; says why, in Spanish."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """Year and month."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str, today: date) -> Self:
        """`2026-10` as a month that has begun. Raises BadMonth."""
        match = _FORM.fullmatch(text.strip())
        if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 2000:
            raise BadMonth(f"«{text[:20]}» no es un mes: escriba año y mes, por ejemplo {today:%Y-%m}")
        found = cls(int(match[1]), int(match[2]))
        if found > cls(today.year, today.month):
            raise BadMonth(f"el mes {found} todavía no ha comenzado; el último posible es {today:%Y-%m}")
        return found

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_day(self) -> date:
        """Its first day: decides which rule it is reported under."""
        return date(self.year, self.month, 1)

    def span_us(self, zone: ZoneInfo) -> tuple[int, int]:
        """First instant of the month, and first instant of the next one, microseconds UTC."""
        following = date(self.year + self.month // 12, self.month % 12 + 1, 1)
        first, last = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (self.first_day, following))
        return as_us(first), as_us(last)
