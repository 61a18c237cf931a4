"""`troncal ivr outage` and `troncal ivr holiday`: what supervisors may also do at the desk."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from backoffice.smartflex.customers import ProductKind
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.operator_problem import OperatorProblem
from callcenter.routing.calendar import Calendar, DayOverride
from callcenter.routing.calendar_store import CalendarStore
from callcenter.routing.outage_store import OutageStore
from callcenter.routing.outages import Outage
from callcenter.spanish import date_time
from troncal.installation import state_folder

out = Console(highlight=False)
T = TypeVar("T")
_WHO = "troncal"


class RoutingCommandError(OperatorProblem):
    """The command cannot be understood."""

    exit_code = 2


def outage_on(zone: str, product: str) -> None:
    """Switch the notice of an outage on; an empty zone or product is all of them. Raises OperatorProblem."""
    kinds = {kind.value for kind in ProductKind}
    if product and product not in kinds:
        raise RoutingCommandError(f"{product!r} is no product; write one of: {', '.join(sorted(kinds))}")
    outage = _run(lambda database: OutageStore(database).begin(zone, product, by=_WHO, now_us=now_us()))
    out.print(f"outage {outage.number} is on: {_what(outage)}", markup=False)


def outage_off(number: int) -> None:
    """Switch the notice of an outage off. Raises OperatorProblem."""
    outage = _run(lambda database: OutageStore(database).end(number, by=_WHO, now_us=now_us()))
    out.print(f"outage {outage.number} is off: {_what(outage)}", markup=False)


def outages() -> None:
    """Print the open outages and the last that ended. Raises OperatorProblem."""
    centre = load(state_folder.settings().centre)
    found = _run(lambda database: OutageStore(database).recent())
    counts = _run(lambda database: OutageStore(database).counts())
    grid = Table(title="mass outages")
    for heading in ("number", "what", "since", "until", "numbers left"):
        grid.add_column(heading, overflow="fold")
    for each in found:
        until = _when(each.ended_us, centre) if each.ended_us is not None else "on"
        left = str(counts.get(each.number, 0))
        grid.add_row(str(each.number), _what(each), _when(each.began_us, centre), until, left)
    out.print(grid)


def holiday_add(day: str, name: str, *, working: bool) -> None:
    """Make a day a holiday, or (`working`) a working day. Raises OperatorProblem."""
    kept = _run(
        lambda database: CalendarStore(database).set(
            _date(day), DayOverride(not working, name), by=_WHO, now_us=now_us()
        )
    )
    what = "a working day" if working else "a holiday"
    out.print(f"{kept.day.isoformat()} is {what}: {kept.decided.name}", markup=False)


def holiday_remove(day: str) -> None:
    """Let the rules hold again for a day. Raises OperatorProblem."""
    found = _date(day)
    _run(lambda database: CalendarStore(database).unset(found, by=_WHO, now_us=now_us()))
    out.print(f"{found.isoformat()} follows the rules again", markup=False)


def holidays(year: int) -> None:
    """Print the holidays of a year and who set them. Raises OperatorProblem."""
    if not 2000 <= year <= 2100:
        raise RoutingCommandError(f"{year} is no year between 2000 and 2100")
    centre = load(state_folder.settings().centre)
    set_days = {each.day: each for each in _run(lambda database: CalendarStore(database).days())}
    shown = Calendar(centre.zone, {day: each.decided for day, each in set_days.items()}).holidays(year)
    working = {d: e.decided.name for d, e in set_days.items() if d.year == year and not e.decided.holiday}
    grid = Table(title=f"holidays of {year}")
    for heading in ("day", "name", "is", "set by"):
        grid.add_column(heading)
    for day, name in sorted({**shown, **working}.items()):
        by = set_days[day].set_by if day in set_days else "rule"
        grid.add_row(day.strftime("%a %Y-%m-%d"), name, "working day" if day in working else "holiday", by)
    out.print(grid)


def _run(work: Callable[[Database], Awaitable[T]]) -> T:
    settings = state_folder.settings()

    async def opened() -> T:
        database = Database(settings.database)
        try:
            await database.require_current_schema()
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(opened())


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RoutingCommandError(f"{text!r} is no day; write it as 2026-12-28") from None


def _what(outage: Outage) -> str:
    return f"{outage.product or 'every product'} in {outage.zone or 'every zone'}"


def _when(at_us: int, centre: Centre) -> str:
    return date_time(as_datetime(at_us, centre.zone))
