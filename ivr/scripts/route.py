"""The script `route`: asked before the queue whether the line is open and how urgent the call is.

Sets TRONCAL_ROUTE, TRONCAL_REASON, TRONCAL_TARGET and QUEUE_PRIO and writes the ROUTED row. A caller of a closed
line hears when it opens; one who is let in hears the expected wait, where that can be said.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

from callcenter.centre.model import Centre, Line
from callcenter.instants import as_datetime
from callcenter.routing.calendar import Calendar, ClosedReason, DayOverride, Opening
from ivr.agi.session import AgiCall
from ivr.prompts.speech import Sounds, clock, day, minutes, prompt
from ivr.routing.decision import Decision, Route, WhoCalls, decide
from ivr.routing.who_calls import CallerFinder
from ivr.selfservice.identify import CONTRACT

ROUTE, REASON, TARGET, PRIORITY = "TRONCAL_ROUTE", "TRONCAL_REASON", "TRONCAL_TARGET", "QUEUE_PRIO"


class QueueFloor(Protocol):
    """What is known of the queues just now; neither method waits."""

    def longest_wait_seconds(self, queue: str) -> float:
        """How long the caller who has waited longest waits; 0 with nobody, or when nothing is known."""

    def expected_minutes(self, queue: str, priority: int) -> int | None:
        """How long a caller who enters now will wait; None where that would mean nothing."""


class RouteScript:
    """Decides for every call of one centre. `overrides` and `now_us` (microseconds, UTC) are read at each call."""

    def __init__(
        self,
        centre: Centre,
        overrides: Callable[[], Mapping[date, DayOverride]],
        finder: CallerFinder,
        floor: QueueFloor,
        now_us: Callable[[], int],
    ) -> None:
        self._centre, self._overrides, self._finder = centre, overrides, finder
        self._floor, self._now_us = floor, now_us

    async def __call__(self, call: AgiCall) -> None:
        """Route one call. The script's argument is the line; of an unknown one nothing is said."""
        line = self._centre.lines_by_number.get(next(iter(call.variables.args), ""))
        if line is None:
            return
        now = as_datetime(self._now_us(), self._centre.zone)
        opening = Calendar(self._centre.zone, self._overrides()).open_at(self._centre.hours[line.hours], now)
        decision = await self._decision(call, line, opening)
        await _report(call, decision)
        if decision.route is Route.CLOSED:
            await call.play(*closed_message(opening, now))
        else:
            await self._say_wait(call, decision)

    async def _decision(self, call: AgiCall, line: Line, opening: Opening) -> Decision:
        if not opening.open:
            return decide(line.queue, opening, WhoCalls())
        who = await self._finder.find(call.variables.callerid, await call.get(CONTRACT))
        return decide(line.queue, opening, who, self._floor.longest_wait_seconds(line.queue))

    async def _say_wait(self, call: AgiCall, decision: Decision) -> None:
        expected = self._floor.expected_minutes(decision.queue, decision.priority)
        if expected is not None:
            await call.play(prompt("espera-aproximada"), *minutes(expected))


async def _report(call: AgiCall, decision: Decision) -> None:
    """The row comes before the route: without a route the dialplan decides, and writes a row of its own."""
    priority = str(decision.priority)
    await call.set(PRIORITY, priority)
    await call.set(TARGET, decision.queue)
    await call.set(REASON, decision.reason.value)
    await call.ledger("ROUTED", decision.route.value, decision.reason.value, priority, decision.queue)
    await call.set(ROUTE, decision.route.value)


def closed_message(opening: Opening, now: datetime) -> Sounds:
    """What a closed line says: why, and when it opens, as one says it at `now`. Both in the centre's zone."""
    why = "cerrado-feriado" if opening.reason is ClosedReason.HOLIDAY else "cerrado-horario"
    return (prompt(why), *_until(opening.next_opening, now), prompt("cerrado-gracias"))


def _until(opens: datetime | None, now: datetime) -> Sounds:
    if opens is None:
        return ()
    if opens.date() == now.date():
        return (prompt("cerrado-desde-hoy"), *clock(opens.time(), at=False))
    if opens.date() == now.date() + timedelta(days=1):
        return (prompt("cerrado-desde-manana"), *clock(opens.time(), at=False))
    return (prompt("cerrado-desde-el"), *day(opens.date()), *clock(opens.time()))
