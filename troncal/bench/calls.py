"""Real calls at a whole centre of the bench's own: how late the desks' pops are, and what a call costs each process."""

import asyncio
import json
import tempfile
from collections.abc import Iterable, Mapping
from itertools import chain, cycle
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml

from backoffice.demo.customers import generate
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.centre.phone_secrets import phone_password
from callcenter.clock import now_us
from callcenter.settings import PROJECT, Settings
from troncal.bench.figures import Beside, Figure, Target, median, percentile
from troncal.bench.worker import Control, Worker
from troncal.installation import demo, programs, state_folder
from troncal.installation.ownership import owned
from troncal.machines.ports import free_ports
from troncal.processes.up import RunningCentre, centre_up
from troncal.simulator.legs import Progress
from troncal.simulator.plan import HangsUp, Plan, PlannedCall, PlannedOffer, Reply, Shift
from troncal.simulator.runner import Exchange, simulate
from troncal.simulator.simulation import BusMembers, agents_of
from troncal.simulator.truth import TrueCall

STATE = "state"  # the folder of the centre, in that of the measurement
AGENTS, CALLS_A_SECOND, QUEUES = 40, 10, ("101", "102", "103", "104")
PATIENCE_MS, TALK_MS, RING_MS = 20_000, 1_500, (300, 600, 900)
IDLE_SECONDS, SCREENS_SECONDS, FULL_FROM = 3.0, 60.0, 0.2
ANSWERED_SHARE = 0.9
POP_MEDIAN, POP_P99, SHARE_OF_ASTERISK = Target(50, "ms"), Target(150, "ms"), Target(0.2, "x")
Seconds = Mapping[str, float]


async def measure(*, quick: bool) -> list[Figure]:
    """Figures of the pops and of the processors' time."""
    with (
        tempfile.TemporaryDirectory(prefix="troncal-bench-", ignore_cleanup_errors=True) as folder,
        owned(Path(folder) / STATE) as owner,
    ):
        settings = own_settings(Path(folder))
        centre = load(settings.centre)
        plan = steady_plan(centre, CALLS_A_SECOND * (8 if quick else 25), known_callers())
        async with centre_up(owner, settings, centre, _quiet, demo_data=True) as running:
            return await _measured(running, centre, plan, Path(folder))


async def _measured(running: RunningCentre, centre: Centre, plan: Plan, folder: Path) -> list[Figure]:
    logins = {agent.extension: demo.password(running.settings, agent.extension) for agent in centre.agents}
    meter = _Meter(running)
    async with Worker(watch, running.places.running().http, logins) as screens:
        await screens.word(SCREENS_SECONDS)
        idle = await meter.idle()
        truth = await _make_calls(running, plan, folder / "calls", meter)
        screens.send("the calls are over")
        delays = await screens.result(SCREENS_SECONDS)
    answered = sum(call.answered_us is not None for call in truth)
    if answered < ANSWERED_SHARE * len(plan.calls):
        raise RuntimeError(f"only {answered} of {len(plan.calls)} calls were answered")
    return [*_pops(delays, len(plan.calls)), *_costs(meter.spent(), idle, meter.calls)]


def _pops(delays: list[float], calls: int) -> list[Figure]:
    what = f"AgentCalled to the pop at the desk, {CALLS_A_SECOND} calls/s, {len(delays)} pops of {calls} calls"
    return [
        Figure(f"{what}, median", median(delays), "ms", target=POP_MEDIAN),
        Figure(f"{what}, p99", percentile(delays, 0.99), "ms", target=POP_P99),
    ]


def _costs(spent: Seconds, idle: Seconds, calls: int) -> list[Figure]:
    """A call's cost includes what the process does anyway while it lasts; that is shown by itself as well."""
    a_call = {name: 1000 * seconds / calls for name, seconds in spent.items()}
    asterisk = Beside("Asterisk", a_call["asterisk"])
    return [
        Figure("processor a call, bridge", a_call["bridge"], "ms", asterisk, SHARE_OF_ASTERISK, True),
        Figure("processor a call, API with its desks", a_call["api"], "ms", asterisk),
        Figure("processor a call, broker", a_call["mosquitto"], "ms", asterisk),
        *(Figure(f"processor without calls, {name}", 100 * idle[name], "%") for name in ("bridge", "api")),
    ]


async def _make_calls(running: RunningCentre, plan: Plan, folder: Path, meter: "_Meter") -> tuple[TrueCall, ...]:
    where, settings = running.places.running(), running.settings
    phones = {shift.agent.extension: phone_password(settings, shift.agent.extension) for shift in plan.shifts}
    return await simulate(
        plan,
        programs.sipp(),
        Exchange(where.sip_host, where.sip_port),
        BusMembers(running.bus, settings.node),
        phones,
        folder,
        meter.follow,
    )


class _Meter:
    """The processors' time of the centre's children at full traffic: not while it begins, and ebbs away.

    With few calls the records are written row by row, and cost more each (docs/adr/0020); then nobody is short of it.
    """

    def __init__(self, running: RunningCentre) -> None:
        self._running = running
        self._first: Seconds = {}
        self._last: Seconds = {}
        self._begun, self.calls = 0, 0

    def follow(self, progress: Progress) -> None:
        """From when a fifth of the calls has begun until the last one has; `calls`: how many began meanwhile."""
        if progress.begun <= progress.planned * FULL_FROM or not self._first:
            self._first, self._begun = self._now(), progress.begun
        if progress.begun < progress.planned or not self._last:
            self._last, self.calls = self._now(), progress.begun - self._begun

    def spent(self) -> Seconds:
        """Processor seconds by child."""
        return {name: self._last[name] - seconds for name, seconds in self._first.items()}

    async def idle(self) -> Seconds:
        """Processor seconds a second while nothing happens."""
        before = self._now()
        await asyncio.sleep(IDLE_SECONDS)
        after = self._now()
        return {name: (after[name] - seconds) / IDLE_SECONDS for name, seconds in before.items()}

    def _now(self) -> Seconds:
        alive = {each.child.name: each.pid for each in self._running.supervisor.children() if each.pid is not None}
        times = {name: psutil.Process(pid).cpu_times() for name, pid in alive.items()}
        return {name: time.user + time.system for name, time in times.items()}


# -- the centre and its calls ------------------------------------------------------------------------------


def own_settings(folder: Path) -> Settings:
    """An installation of its own in the folder: secrets, ports, and a centre of many agents."""
    state, centre = folder / STATE, folder / "centre.yaml"
    state_folder.make_secrets(state)
    centre.write_text(many_agents((PROJECT / "centre.yaml").read_text(encoding="utf-8")), encoding="utf-8")
    http, ami, broker = free_ports(3)
    (sip,) = free_ports(1, udp=True)
    ports: dict[str, Any] = {"http_port": http, "sip_port": sip, "ami_port": ami, "broker_port": broker}
    return Settings(_env_file=state / state_folder.SECRETS_FILE, state=state, centre=centre, **ports)


def many_agents(text: str) -> str:
    """The centre file with so many agents that a call every 100 ms finds one free: no wrap-up time. Pure."""
    centre: dict[str, Any] = yaml.safe_load(text)
    centre["queue_defaults"] = {**centre.get("queue_defaults", {}), "wrap_up_seconds": 0}
    turn = cycle(QUEUES)
    extensions = [str(3001 + index) for index in range(AGENTS)]
    centre["agents"] = [{"extension": each, "queues": {next(turn): 0}} for each in extensions]
    return yaml.safe_dump(centre, allow_unicode=True, sort_keys=False)


def known_callers() -> tuple[str, ...]:
    """Telephones of the demo customers: their pops are the ones with work in them."""
    customers = generate(demo.SEED, demo.CUSTOMERS, now_us())
    return tuple(dict.fromkeys(chain.from_iterable(customer.telephones for customer in customers)))


def steady_plan(centre: Centre, calls: int, known: Iterable[str]) -> Plan:
    """A call every 100 ms, to each line in turn; every second caller is a customer. Pure."""
    lines = [line.number for line in centre.lines if line.queue in QUEUES]
    strangers = (str(60_000_000 + number) for number in range(calls))
    callers = chain.from_iterable(zip(known, strangers, strict=False))
    planned = tuple(
        PlannedCall(
            number + 1,
            lines[number % len(lines)],
            caller,
            number * 1000 // CALLS_A_SECOND,
            PATIENCE_MS,
            TALK_MS,
            HangsUp.CALLER,
            (PlannedOffer(Reply.ANSWER, RING_MS[number % len(RING_MS)]),),
        )
        for number, caller in zip(range(calls), dict.fromkeys(callers), strict=False)
    )
    return Plan(0, planned, tuple(Shift(agent) for agent in agents_of(centre)))


def _quiet(_text: str) -> None:
    """The bench reports its progress itself."""


# -- the desks, in a process of their own ------------------------------------------------------------------


def watch(control: Control, http: str, logins: Mapping[str, str]) -> list[float]:
    """A desk for each login; milliseconds from each offer to its pop, until the calls are over."""
    return asyncio.run(_watch(control, http, logins))


async def _watch(control: Control, http: str, logins: Mapping[str, str]) -> list[float]:
    delays: list[float] = []
    limits = httpx.Limits(max_connections=2 * len(logins))
    async with httpx.AsyncClient(base_url=http, timeout=None, limits=limits, trust_env=False) as client:  # noqa: S113
        tokens = [await _token(client, login, password) for login, password in logins.items()]
        opened = [asyncio.Event() for _ in tokens]
        screens = [
            asyncio.create_task(_screen(client, token, event, delays))
            for token, event in zip(tokens, opened, strict=True)
        ]
        await asyncio.gather(*(event.wait() for event in opened))
        control.say("all desks are open")
        over = asyncio.create_task(control.receive())
        await asyncio.wait([over, *screens], return_when=asyncio.FIRST_COMPLETED)
        failed = [screen.exception() for screen in screens if screen.done()]
        for task in (over, *screens):
            task.cancel()
        await asyncio.gather(over, *screens, return_exceptions=True)
    if failed:
        raise RuntimeError(f"{len(failed)} desks lost their stream: {failed[0]!r}")
    return delays


async def _token(client: httpx.AsyncClient, login: str, password: str) -> str:
    answer = await client.post("/api/session", json={"login": login, "password": password})
    token: str = answer.raise_for_status().json()["token"]
    return token


async def _screen(client: httpx.AsyncClient, token: str, opened: asyncio.Event, delays: list[float]) -> None:
    headers, name = {"Authorization": f"Bearer {token}"}, ""
    async with client.stream("GET", "/api/agent/events", headers=headers) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            opened.set()
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key == "data" and name == "pop":
                arrived_us = now_us()
                call = json.loads(value)
                if call["stage"] == "ringing":
                    delays.append((arrived_us - call["offered_us"]) / 1000)
