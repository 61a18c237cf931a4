"""What somebody wants of a report, as texts that commands, addresses and saved views hold; and the days it comes to.

A request may name its days by what they are to the day on which it is carried out (`RelativePeriod`): a saved view of
"last month" is another month each time. Refusals are in Spanish, for whoever asked.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from callcenter.centre.model import Centre
from reports.kinds.asked import Asked, Filter
from reports.kinds.days import RelativePeriod, half_year_days, half_year_of, last_of_month, relative_days
from reports.kinds.kind import ReportKind, ReportPeriod
from reports.periods.half_year import BadHalfYear, HalfYear
from reports.periods.month import BadMonth, Month

# What a report of any days may span: a year and a day, for a year against the same day of the next.
LONGEST_DAYS = 367
_Names = Annotated[tuple[Annotated[str, Field(max_length=32)], ...], Field(max_length=100)]
_MONTHS = (RelativePeriod.THIS_MONTH, RelativePeriod.LAST_MONTH)
PERIODS_OF: Mapping[ReportPeriod, tuple[RelativePeriod, ...]] = {
    ReportPeriod.DAYS: (RelativePeriod.TODAY, RelativePeriod.YESTERDAY, RelativePeriod.LAST_7_DAYS, *_MONTHS),
    ReportPeriod.ANY_DAYS: (
        *(RelativePeriod.NEXT_WEEK, RelativePeriod.NEXT_4_WEEKS),
        *(RelativePeriod.TODAY, RelativePeriod.LAST_7_DAYS, *_MONTHS),
    ),
    ReportPeriod.MONTH: _MONTHS,
    ReportPeriod.HALF_YEAR: (RelativePeriod.THIS_HALF_YEAR, RelativePeriod.LAST_HALF_YEAR),
}
"""Those that a report of such days can be asked for."""
OFFERED_FIRST: Mapping[ReportPeriod, RelativePeriod] = {
    ReportPeriod.DAYS: RelativePeriod.YESTERDAY,
    ReportPeriod.ANY_DAYS: RelativePeriod.NEXT_WEEK,
    ReportPeriod.MONTH: RelativePeriod.LAST_MONTH,
    ReportPeriod.HALF_YEAR: RelativePeriod.LAST_HALF_YEAR,
}
"""What is shown to whoever names no days: of the past they are over, and do not change while somebody looks."""
FILTER_WORDS = {Filter.LINE: "línea", Filter.QUEUE: "cola", Filter.AGENT: "agente"}


class BadRequest(ValueError):
    """A report cannot be asked for so; the message says why, in Spanish."""


class ReportRequest(BaseModel):
    """Which days, either `period` or both `first_day` and `last_day`; limited to what; compared with before or not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: RelativePeriod | None = None
    first_day: date | None = None
    last_day: date | None = None
    lines: _Names = ()
    queues: _Names = ()
    agents: _Names = ()
    compare: bool = False

    def of_days(self, asked: Asked) -> "ReportRequest":
        """The same of those very days, whenever it is carried out."""
        return self.model_copy(update={"period": None, "first_day": asked.first_day, "last_day": asked.last_day})

    def days(self, today: date) -> tuple[date, date]:
        """First and last day, seen from `today`. Raises BadRequest where they are not said."""
        if self.period is not None:
            return relative_days(self.period, today)
        if self.first_day is None or self.last_day is None:
            raise BadRequest("diga de qué días es el informe: desde y hasta, un mes o un semestre")
        return self.first_day, self.last_day


@dataclass(frozen=True, slots=True)
class RequestWords:
    """A request as it is typed; empty texts say nothing. Days as `2026-11-22`, a month `2026-11`, a half `2026-S2`."""

    first_day: str = ""
    last_day: str = ""
    month: str = ""
    half_year: str = ""
    period: str = ""
    lines: Collection[str] = ()
    queues: Collection[str] = ()
    agents: Collection[str] = ()
    compare: bool = False

    @property
    def says_days(self) -> bool:
        """Whether it says of which days at all."""
        return any((self.first_day, self.last_day, self.month, self.half_year, self.period))

    def of_period(self, period: RelativePeriod) -> "RequestWords":
        """The same of those days."""
        return replace(self, first_day="", last_day="", month="", half_year="", period=period.value)

    def request(self, today: date) -> ReportRequest:
        """The request. Raises BadRequest."""
        filters = {"lines": _names(self.lines), "queues": _names(self.queues), "agents": _names(self.agents)}
        if any(len(each) > 32 for names in filters.values() for each in names):
            raise BadRequest("el nombre de una línea, cola o agente tiene 32 letras como mucho")
        if self.period:
            return ReportRequest(period=self._relative(), **filters, compare=self.compare)
        first_day, last_day = self._days(today)
        return ReportRequest(first_day=first_day, last_day=last_day, **filters, compare=self.compare)

    def _relative(self) -> RelativePeriod:
        self._refuse_several()
        try:
            return RelativePeriod(self.period)
        except ValueError:
            known = ", ".join(RelativePeriod)
            raise BadRequest(f"«{self.period[:20]}» no es un período; puede ser {known}") from None

    def _days(self, today: date) -> tuple[date, date]:
        self._refuse_several()
        try:
            if self.month:
                first = Month.parse(self.month, today).first_day
                return first, last_of_month(first)
            if self.half_year:
                return half_year_days(HalfYear.parse(self.half_year, today))
        except (BadMonth, BadHalfYear) as error:
            raise BadRequest(str(error)) from error
        if not self.first_day and not self.last_day:
            raise BadRequest("diga de qué días es el informe: desde y hasta, un mes o un semestre")
        return _day(self.first_day, "el primer día"), _day(self.last_day, "el último día")

    def _refuse_several(self) -> None:
        ways = (self.first_day or self.last_day, self.month, self.half_year, self.period)
        if sum(map(bool, ways)) > 1:
            raise BadRequest("diga los días de una sola manera: desde y hasta, un mes, un semestre o un período")


def asked_of(kind: ReportKind, request: ReportRequest, centre: Centre, today: date) -> Asked:
    """What the report is asked for. Raises BadRequest: for days that it cannot have, and lines that there are not."""
    first_day, last_day = request.days(today)
    _check_days(kind.period, first_day, last_day, today)
    for wanted, names in ((Filter.LINE, request.lines), (Filter.QUEUE, request.queues), (Filter.AGENT, request.agents)):
        if names and wanted not in kind.filters:
            raise BadRequest(f"el informe «{kind.title}» no se limita por {FILTER_WORDS[wanted]}")
    _refuse_unknown("la línea", request.lines, centre.lines_by_number)
    _refuse_unknown("la cola", request.queues, (*centre.queues_by_name, *centre.outbound_by_queue))
    for agent in request.agents:
        if not (agent.isascii() and agent.isdecimal()):
            raise BadRequest(f"«{agent}» no es el anexo de un agente")
    return Asked(first_day, last_day, request.lines, request.queues, request.agents)


def _check_days(period: ReportPeriod, first_day: date, last_day: date, today: date) -> None:
    if last_day < first_day:
        raise BadRequest(f"el último día, {last_day}, es anterior al primero, {first_day}")
    if first_day.year < 2000:
        raise BadRequest(f"de {first_day} no hay registros: el primer año posible es 2000")
    if first_day > today and period is not ReportPeriod.ANY_DAYS:
        raise BadRequest(f"el {first_day} todavía no ha llegado; hoy es {today}")
    days = (last_day - first_day).days + 1
    match period:
        case ReportPeriod.DAYS | ReportPeriod.ANY_DAYS if days > LONGEST_DAYS:
            raise BadRequest(f"son {days} días: un informe abarca {LONGEST_DAYS} como mucho")
        case ReportPeriod.ANY_DAYS if last_day > today + timedelta(days=LONGEST_DAYS):
            raise BadRequest(f"hasta el {last_day} nadie prevé: elija días de los próximos doce meses")
        case ReportPeriod.MONTH if first_day.day != 1 or last_day != last_of_month(first_day):
            raise BadRequest("este informe es de un mes calendario entero: elija un mes")
        case ReportPeriod.HALF_YEAR if (first_day, last_day) != half_year_days(half_year_of(first_day)):
            raise BadRequest("este informe es de un semestre entero: elija un semestre, por ejemplo 2026-S2")


def _refuse_unknown(what: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise BadRequest(f"no existe {what} «{name}»; hay {', '.join(known)}")


def _names(typed: Iterable[str]) -> tuple[str, ...]:
    """Names once each, in the order in which they were said."""
    return tuple(dict.fromkeys(each.strip() for each in typed if each.strip()))


def _day(text: str, what: str) -> date:
    if not text:
        raise BadRequest(f"falta {what}: escríbalo como 2026-11-22")
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadRequest(f"{what}, «{text[:20]}», no es una fecha: escríbalo como 2026-11-22") from None
