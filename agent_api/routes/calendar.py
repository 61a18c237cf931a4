"""Days that are not as their weekday says: holidays, and what supervisors decided about single days."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from agent_api.supervision.routing_schemas import CalendarDay, CalendarYear, DayDecision
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Wired
from callcenter.routing.calendar import Calendar, DayOverride
from callcenter.routing.calendar_store import CalendarStore, DayNotSet, DaySet, UnreadableName
from callcenter.spanish import long_date

router = APIRouter(prefix="/api/calendar", tags=["calendar"])

BAD_NAME = "El nombre del día debe tener de 1 a 80 caracteres legibles."
NOT_SET = "No hay un cambio registrado para el {day}: ese día sigue la regla."

Year = Annotated[int, Query(ge=2000, le=2100, examples=[2026])]


@router.get("", responses=documented(401, 403, 422, 503))
async def days(_user: Supervisor, parts: Wired, year: Year) -> CalendarYear:
    """The holidays of a year, and the days that supervisors made working days."""
    set_days = {each.day: each for each in await CalendarStore(parts.database).days() if each.day.year == year}
    calendar = Calendar(parts.centre.zone, {day: each.decided for day, each in set_days.items()})
    return CalendarYear(year=year, days=tuple(_days(calendar, set_days, year)))


@router.put("/{day}", responses=documented(401, 403, 422, 503))
async def set_day(user: Supervisor, parts: Wired, day: date, decision: DayDecision) -> CalendarDay:
    """Make a day a holiday or a working day, whatever the rules say. New calls are treated so within seconds."""
    decided = DayOverride(decision.holiday, decision.name)
    try:
        kept = await CalendarStore(parts.database).set(day, decided, by=user.login, now_us=parts.clock())
    except UnreadableName:
        raise HTTPException(422, BAD_NAME) from None
    return _day_view(day, kept.decided, kept)


@router.delete("/{day}", status_code=204, responses=documented(401, 403, 409, 422, 503))
async def unset_day(user: Supervisor, parts: Wired, day: date) -> None:
    """Let the rules hold again for a day."""
    try:
        await CalendarStore(parts.database).unset(day, by=user.login, now_us=parts.clock())
    except DayNotSet:
        raise HTTPException(409, NOT_SET.format(day=long_date(day))) from None


def _days(calendar: Calendar, set_days: dict[date, DaySet], year: int) -> Iterator[CalendarDay]:
    named = {day: DayOverride(True, name) for day, name in calendar.holidays(year).items()}
    named.update((day, each.decided) for day, each in set_days.items())
    return (_day_view(day, named[day], set_days.get(day)) for day in sorted(named))


def _day_view(day: date, decided: DayOverride, kept: DaySet | None) -> CalendarDay:
    return CalendarDay(
        day=day,
        shown=long_date(day),
        holiday=decided.holiday,
        name=decided.name,
        set_by=kept.set_by if kept else None,
        set_us=kept.set_us if kept else None,
    )
