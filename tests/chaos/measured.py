"""One harm in the middle of real calls: what became of the calls, and how long until the desks tell the truth again."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import httpx

from agent_api.accounts.user_store import DEMO_SUPERVISOR
from callcenter.centre.file import load
from callcenter.messages.envelope import Service
from callcenter.messages.facts import AgentStatus
from callcenter.settings import PROJECT, Settings
from tests.chaos.clock import clock_of, has_its_own
from tests.chaos.harms import Harm
from tests.telephony.api_session import session
from tests.telephony.phones.duty import settings_of
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered, eventually
from troncal.installation import programs
from troncal.processes.service import bus_of
from troncal.simulator import simulation
from troncal.simulator.legs import Progress
from troncal.simulator.plan import SHOWCASE, make_plan
from troncal.simulator.runner import Exchange
from troncal.simulator.simulation import SimulationVerdict, agents_of, lines_of
from troncal.simulator.truth import TrueOutcome

CALLS, CALLS_BEFORE, CALLS_AFTER = 30, 4, 8
TRUE_SECONDS, TOLERANCE_US = 120.0, 1_000_000
_QUEUE = re.compile(r"^(\S+) has (\d+) calls")
_MEMBER = re.compile(r"^ +(\d+) \(PJSIP/\d+\)|^ +PJSIP/(\d+) ")


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts of calls, and the seconds from the mending of the harm until the desks were true.

    `lost`: callers whom nobody took in; where the harm ends all calls, of those who called after it. `cut`: entries
    that are recorded as interrupted. `wrong`: what the records say otherwise than it was, a line each.
    """

    harm: Harm
    calls: int
    lost: int
    cut: int
    wrong: tuple[str, ...]
    true_after_seconds: float


async def measured(centre: RunningCentre, harm: Harm, seed: int) -> Measured:
    """Calls at this centre, with the harm in the middle of them."""
    if harm.cuts_calls:
        return await _measured_by_the_log(centre, harm, seed)
    async with _calls(centre, CALLS, seed, hangs_up=harm.hangs_up) as calls:
        await asyncio.to_thread(harm.do, centre)
        true_after_seconds = await _until_true(centre)
        verdict = await calls
    return Measured(harm, CALLS, _lost(verdict), 0, (*verdict.differences, *centre.defects()), true_after_seconds)


async def _measured_by_the_log(centre: RunningCentre, harm: Harm, seed: int) -> Measured:
    """Telephones cannot tell what Asterisk did when it was ended: its own log has to. Then others call."""
    began, cut = _entered(centre).total(), _cut(centre)
    async with _calls(centre, CALLS, seed) as calls:
        await asyncio.to_thread(harm.do, centre)
        calls.cancel()
        await asyncio.wait([calls])
    true_after_seconds = await _until_true(centre)
    await eventually(lambda: not _missing(centre), TRUE_SECONDS, "every entry of the log is recorded, and ended")
    async with _calls(centre, CALLS_AFTER, seed + 100) as calls:
        verdict = await calls
    wrong = (*_missing(centre), *verdict.differences, *centre.defects())
    entered = _entered(centre).total() - began
    return Measured(harm, entered, _lost(verdict), _cut(centre) - cut, wrong, true_after_seconds)


@asynccontextmanager
async def _calls(
    centre: RunningCentre, count: int, seed: int, *, hangs_up: bool = False
) -> AsyncIterator["asyncio.Task[SimulationVerdict]"]:
    """Calls, the first of which have ended when the block begins."""
    settings, file, where = _settings(centre), load(PROJECT / "centre.yaml"), centre.where
    assert where is not None
    scenario = replace(SHOWCASE, calls=count, peak_per_second=1.0)
    plan = make_plan(scenario, seed, agents_of(file), lines_of(file), await simulation.customers_of(settings))
    exchange, seen = Exchange(where.sip_host, where.sip_port), [Progress(count, 0, 0, 0, 0)]
    # Set back, it shows what is before the beginning: of a centre with its own clock all is compared.
    since_us = 0 if has_its_own(centre) else None
    simulated = partial(simulation.run, clock=clock_of(centre), since_us=since_us, asterisk_hangs_up=hangs_up)
    async with bus_of(settings, Service.API) as bus:
        calls = asyncio.create_task(
            simulated(plan, settings, file, bus, programs.sipp(), exchange, seen.append, TOLERANCE_US)
        )
        await eventually(lambda: seen[-1].ended >= CALLS_BEFORE or calls.done(), 60, "the first calls have ended")
        assert not calls.done(), calls.exception() or calls.result()
        yield calls


def _settings(centre: RunningCentre) -> Settings:
    where = centre.where
    assert where is not None
    url = centre.settings.get("TRONCAL_DATABASE_URL", "")
    changed = {"broker_port": where.broker_port} | ({"database_url": url} if url else {})
    return settings_of(centre).model_copy(update=changed)


def _lost(verdict: SimulationVerdict) -> int:
    return sum(call.outcome is TrueOutcome.REFUSED for call in verdict.truth)


# -- by Asterisk's log -------------------------------------------------------------------------------


def _entered(centre: RunningCentre) -> Counter[tuple[str, str]]:
    """Call and queue of every line that says that somebody joined."""
    text = (centre.state / "asterisk" / "log" / "queue_log").read_text("utf-8", errors="replace")
    rows = [line.split("|") for line in text.splitlines() if "|ENTERQUEUE|" in line]
    return Counter((row[1], row[2]) for row in rows)


def _missing(centre: RunningCentre) -> tuple[str, ...]:
    """What the log has and the records have not, or otherwise."""
    found = centre.rows("SELECT uniqueid, queue, ended_us FROM queue_entries WHERE joined_us IS NOT NULL")
    recorded = Counter((str(uniqueid), str(queue)) for uniqueid, queue, _ in found)
    entered = _entered(centre)
    wrong = [
        f"{call} in {queue}: {entered[call, queue]} times, recorded {recorded[call, queue]} times"
        for call, queue in entered.keys() | recorded.keys()
        if entered[call, queue] != recorded[call, queue]
    ]
    return (*wrong, *(f"{uniqueid} in {queue}: open for ever" for uniqueid, queue, ended in found if ended is None))


def _cut(centre: RunningCentre) -> int:
    return len(centre.rows("SELECT 1 FROM queue_entries WHERE outcome = 'interrupted'"))


# -- the desks ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Floor:
    """Who waits and who serves, by queue."""

    waiting: frozenset[tuple[str, int]]
    serving: frozenset[tuple[str, str]]


async def _until_true(centre: RunningCentre) -> float:
    """Until a supervisor's floor shows what Asterisk's console shows; in seconds."""
    began = time.monotonic()

    async def shown_and_true() -> tuple[Floor | None, Floor]:
        true = _of_console(await asyncio.to_thread(centre.console, "queue show"))
        return await _of_desk(centre), true

    await answered(shown_and_true, lambda floors: floors[0] == floors[1], TRUE_SECONDS, "a floor that is true")
    return time.monotonic() - began


async def _of_desk(centre: RunningCentre) -> Floor | None:
    """None while nobody answers, or the floor itself says that it is not fresh."""
    try:
        async with session(centre, DEMO_SUPERVISOR) as http:
            floor = (await http.get("/api/floor")).raise_for_status().json()
    except (httpx.HTTPError, KeyError, AssertionError):
        return None
    if not floor["fresh"]:
        return None
    waiting = frozenset((queue["queue"], len(queue["waiting"])) for queue in floor["queues"])
    present = [agent for agent in floor["agents"] if agent["state"] != AgentStatus.LOGGED_OUT]
    return Floor(waiting, frozenset((queue, agent["member"]) for agent in present for queue in agent["queues"]))


def _of_console(text: str) -> Floor:
    waiting, serving, queue = Counter[str](), set[tuple[str, str]](), ""
    for line in text.splitlines():
        if found := _QUEUE.match(line):
            queue = found[1]
            waiting[queue] = int(found[2])
        elif found := _MEMBER.match(line):
            serving.add((queue, found[1] or found[2]))
    return Floor(frozenset(waiting.items()), frozenset(serving))
