"""Half of a calendar year in the centre's time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self
from zoneinfo import ZoneInfo

from reports.periods.month import Month

_FORM = re.compile(r"(\d{4})-S([12])", re.ASCII)


class BadHalfYear(ValueError):
    """The text names no half-year that can be reported; says why, in Spanish."""


@dataclass(frozen=True, slots=True, order=True)
class HalfYear:
    """Year, and half 1 (January to June) or 2 (July to December)."""

    year: int
    half: int

    @classmethod
    def parse(cls, text: str, today: date) -> Self:
        """`2026-S2` as a half-year that has begun. Raises BadHalfYear."""
        latest = cls(today.year, 1 if today.month <= 6 else 2)
        match = _FORM.fullmatch(text.strip().upper())
        if match is None or int(match[1]) < 2000:
            raise BadHalfYear(f"«{text[:20]}» no es un semestre: escriba año y semestre, por ejemplo {latest}")
        found = cls(int(match[1]), int(match[2]))
        if found > latest:
            raise BadHalfYear(f"el semestre {found} todavía no ha comenzado; el último posible es {latest}")
        return found

    def __str__(self) -> str:
        return f"{self.year:04d}-S{self.half}"

    @property
    def spanish_name(self) -> str:
        """`segundo semestre de 2026`."""
        return f"{'primer' if self.half == 1 else 'segundo'} semestre de {self.year}"

    @property
    def first_day(self) -> date:
        """Its first day: decides which rule it is reported under."""
        return date(self.year, 6 * self.half - 5, 1)

    def span_us(self, zone: ZoneInfo) -> tuple[int, int]:
        """First instant of the half-year, and first instant of the next one, microseconds UTC."""
        first, last = 6 * self.half - 5, 6 * self.half
        return Month(self.year, first).span_us(zone)[0], Month(self.year, last).span_us(zone)[1]
