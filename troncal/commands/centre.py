"""`troncal up`, `simulate`, `call`: what runs the centre and what calls it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from agent_api.accounts.user_store import DEMO_SUPERVISOR
from callcenter.bus.protocol import Bus
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.messages.envelope import Service
from callcenter.operator_problem import OperatorProblem
from callcenter.settings import Settings
from troncal.installation import demo, programs, prompts, state_folder
from troncal.installation.ownership import Owner, owned
from troncal.processes.service import bus_of, run_until_signal
from troncal.processes.up import RunningCentre, centre_up
from troncal.simulator import simulation
from troncal.simulator.check import TOLERANCE_US, TrueLevel, service_level
from troncal.simulator.legs import Progress
from troncal.simulator.one_call import SingleCall, place
from troncal.simulator.plan import SHOWCASE, STORM, Plan, make_border_plan, make_plan
from troncal.simulator.runner import Exchange
from troncal.simulator.simulation import SimulationVerdict, agents_of, lines_of

TRY_NEXT = (
    ".venv/bin/troncal simulate --calls 200 --seed 7 --check",
    ".venv/bin/troncal report att $(date +%Y-%m)",
    ".venv/bin/troncal doctor",
    "curl -s {http}/api/health",
)
SAID = "Buenos días. Le llamo por mi servicio. ¿Me puede ayudar, por favor?"
out = Console(highlight=False)


class NotNow(OperatorProblem):
    """No centre runs here, or it has not what was asked for."""


def up(*, demo_data: bool, calls: int, seed: int) -> None:
    """Start the whole centre and keep it running until Ctrl-C. Raises OperatorProblem."""
    with owned(state_folder.in_force()) as owner:
        state_folder.make_secrets(state_folder.in_force())
        settings = state_folder.settings()
        centre = load(settings.centre)
        run_until_signal(lambda: _up(owner, settings, centre, demo_data, calls if demo_data else 0, seed))


async def _up(owner: Owner, settings: Settings, centre: Centre, demo_data: bool, calls: int, seed: int) -> None:
    async with centre_up(owner, settings, centre, say, demo_data=demo_data) as running:
        if calls:
            where = running.places.running()
            plan = await _plan(calls, seed, settings, centre)
            exchange = Exchange(where.sip_host, where.sip_port)
            print_verdict(await _simulate(plan, settings, centre, running.bus, exchange))
        _welcome(running, centre, with_logins=demo_data)
        await asyncio.Event().wait()


def _welcome(running: RunningCentre, centre: Centre, *, with_logins: bool) -> None:
    where = running.places.running()
    out.print(f"\nThe centre is open at {where.http}; Ctrl-C ends it.", style="bold", markup=False)
    if with_logins:
        agents = [agent.extension for agent in centre.agents if agent.queues][:3]
        out.print("Demo logins (user / password):")
        for login in (DEMO_SUPERVISOR, *agents):
            out.print(f"    {login} / {demo.password(running.settings, login)}", markup=False)
        for line in _first_steps(where.http, agents[:1], centre):
            out.print(line, markup=False)
    out.print("In another terminal, try:")
    for command in TRY_NEXT:
        out.print(f"    {command.format(http=where.http)}", markup=False)


def _first_steps(http: str, agents: list[str], centre: Centre) -> Iterator[str]:
    yield f"The board, with these calls on it: {http}/piso as {DEMO_SUPERVISOR}."
    for agent in agents:
        queue = next(iter(next(each for each in centre.agents if each.extension == agent).queues))
        line = next(line.number for line in centre.lines if line.queue == queue)
        yield f"Your first call: in a private window {http}/escritorio as {agent}; open the phone there (F4), enter the"
        yield f"queues, then `.venv/bin/troncal call {line}` in another terminal: the desk rings and shows who calls."


def simulate(*, calls: int, seed: int, border: bool, tolerance_us: int) -> bool:
    """Place calls at the running centre; False when a record differs from the truth. Raises OperatorProblem."""
    settings = state_folder.settings()
    centre = load(settings.centre)
    where = state_folder.read_running(settings.state)
    if where is None:
        raise NotNow("no centre is running here; start one with `make run` or `troncal up`")
    settings = settings.model_copy(update={"broker_port": where.broker_port})

    async def run() -> SimulationVerdict:
        plan = _border_plan(calls, seed, centre) if border else await _plan(calls, seed, settings, centre)
        async with bus_of(settings, Service.API) as bus:
            exchange = Exchange(where.sip_host, where.sip_port)
            return await _simulate(plan, settings, centre, bus, exchange, tolerance_us)

    verdict = asyncio.run(run())
    print_verdict(verdict)
    return not verdict.differences


async def _plan(calls: int, seed: int, settings: Settings, centre: Centre) -> Plan:
    scenario = replace(SHOWCASE if calls <= SHOWCASE.calls else STORM, calls=calls)
    customers = await simulation.customers_of(settings)
    return make_plan(scenario, seed, agents_of(centre), lines_of(centre), customers)


def _border_plan(calls: int, seed: int, centre: Centre) -> Plan:
    wrap_up = max(queue.wrap_up_seconds for queue in centre.queues)
    return make_border_plan(calls, seed, agents_of(centre), lines_of(centre), wrap_up)


async def _simulate(
    plan: Plan, settings: Settings, centre: Centre, bus: Bus, exchange: Exchange, tolerance_us: int = TOLERANCE_US
) -> SimulationVerdict:
    sipp = programs.sipp()
    say(f"placing {len(plan.calls)} calls")
    with Live(Text(""), console=out, refresh_per_second=4, transient=True) as live:

        def show(progress: Progress) -> None:
            live.update(
                Text(
                    f"calls {progress.begun}/{progress.planned}  answered {progress.answered}"
                    f"  abandoned {progress.abandoned}  ended {progress.ended}"
                )
            )

        return await simulation.run(plan, settings, centre, bus, sipp, exchange, show, tolerance_us)


def call(line: str, *, number: str, seconds: int) -> None:
    """Place one call at the running centre that speaks until somebody hangs up. Raises OperatorProblem."""
    settings = state_folder.settings()
    centre = load(settings.centre)
    where = state_folder.read_running(settings.state)
    if where is None:
        raise NotNow("no centre is running here; start one with `make run` or `troncal up`")
    if line not in centre.lines_by_number:
        raise NotNow(f"{line} is no line of this centre; there are {', '.join(centre.lines_by_number)}")
    if number and not (number.isascii() and number.isdigit() and len(number) <= 15):
        raise NotNow(f"{number!r} is no telephone number: digits only, 15 at most")
    sipp = programs.sipp()
    exchange = Exchange(where.sip_host, where.sip_port)

    async def run() -> None:
        known = await simulation.customers_of(settings)
        wanted = SingleCall(number or next(iter(known), "70700000"), line, seconds, prompts.speech(SAID))
        say(f"{wanted.number} calls {line}; it ends after {seconds} s, when the agent hangs up, or with Ctrl-C")
        await place(wanted, sipp, exchange.address, exchange.trunk_host)
        say("the call has ended")

    asyncio.run(run())


def print_verdict(verdict: SimulationVerdict) -> None:
    """The service level of the calls by the records, beside the truth; then every difference."""
    true = service_level(verdict.truth)
    recorded = simulation.recorded_level(verdict.recorded)
    grid = Table(title="Service level of these calls")
    for heading in ("", "registered", "answered", "within 20 s", "level %"):
        grid.add_column(heading, justify="right" if heading else "left")
    for name, level in (("the telephones saw", true), ("the records say", recorded)):
        grid.add_row(name, *_figures(level))
    out.print(grid)
    for difference in verdict.differences:
        out.print(f"  difference: {difference}", style="red", markup=False)
    out.print(f"{len(verdict.truth)} queue entries compared, {len(verdict.differences)} differences", markup=False)


def _figures(level: TrueLevel) -> tuple[str, ...]:
    percent = "no calls" if level.percent is None else str(level.percent)
    return (str(level.registered), str(level.answered), str(level.within), percent)


def say(text: str) -> None:
    """One line of progress."""
    out.print(f"- {text}", markup=False)
