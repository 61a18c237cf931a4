"""The script `route`, over a real connection."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from backoffice.demo import customers as demo
from backoffice.smartflex.customers import CustomerView, Segment
from backoffice.systems import SystemUnavailable
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.instants import as_us
from callcenter.numbers import Number
from callcenter.routing.calendar import ClosedReason, DayOverride, Opening
from callcenter.settings import PROJECT
from ivr.agi.server import AgiServer
from ivr.prompts.catalogue import texts
from ivr.routing.who_calls import CallerFinder
from ivr.scripts.route import RouteScript, closed_message
from ivr.selfservice.identify import CONTRACT
from tests.ivr.agi.fake_peer import SECRET, Caller, Heard, call

HOURS = 'hours:\n  oficina:\n    - {days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:30"}\n'
BRIDGE = {date(2026, 10, 5): DayOverride(True, "Feriado por decreto")}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """A centre whose line 102 has office hours."""
    path: Path = tmp_path_factory.mktemp("centre") / "centre.yaml"
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8").replace("hours:\n", HOURS, 1)
    path.write_text(text.replace('queue: "102", ', 'queue: "102", hours: oficina, ', 1), encoding="utf-8")
    return load(path)


class Directory:
    """Knows one customer, or is away."""

    def __init__(self, customer: CustomerView | None) -> None:
        self._customer = customer

    async def by_telephone(self, number: Number) -> tuple[CustomerView, ...]:
        if self._customer is None:
            raise SystemUnavailable("Smartflex")
        return (self._customer,) if number.digits in self._customer.telephones else ()

    async def by_contract(self, number: str) -> tuple[CustomerView, ...]:
        return (self._customer,) if self._customer and number == self._customer.contracts[0].number else ()

    async def by_document(self, document: object) -> tuple[CustomerView, ...]:
        raise NotImplementedError


class Floor:
    """A queue in which one has waited so long, and a newcomer will."""

    def __init__(self, longest_seconds: float = 0.0, minutes: int | None = None) -> None:
        self._longest_seconds, self._minutes = longest_seconds, minutes

    def longest_wait_seconds(self, queue: str) -> float:
        return self._longest_seconds

    def expected_minutes(self, queue: str, priority: int) -> int | None:
        return self._minutes


def top_a() -> CustomerView:
    (found,) = demo.generate(seed=1, count=1, now_us=0)
    return replace(found, segment=Segment.TOP_A)


async def routed(
    centre: Centre,
    when: str,
    *,
    line: str = "102",
    caller: str = "",
    directory: Directory | None = None,
    floor: Floor | None = None,
    overrides: dict[date, DayOverride] | None = None,
    contract: str = "",
) -> Heard:
    """What becomes of a call at a time of the centre's clock."""
    now_us = as_us(datetime.fromisoformat(when).replace(tzinfo=centre.zone))
    finder = CallerFinder(directory or Directory(top_a()), "4")
    script = RouteScript(centre, lambda: overrides or {}, finder, floor or Floor(), lambda: now_us)
    async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, {"route": script}, SECRET) as server:
        return await call(
            server.port, "route", Caller((), caller), args=(line,), variables={CONTRACT: contract} if contract else {}
        )


async def test_an_ordinary_caller_goes_to_the_lines_queue(centre: Centre) -> None:
    heard = await routed(centre, "2026-10-05T10:00", caller="76500001")
    assert heard.rows == [("ROUTED", "queue", "none", "0", "102")]
    assert heard.variables == {
        **{"TRONCAL_ROUTE": "queue", "TRONCAL_REASON": "none", "TRONCAL_TARGET": "102", "QUEUE_PRIO": "0"}
    }
    assert heard.played == []


async def test_a_top_a_customer_gets_priority(centre: Centre) -> None:
    heard = await routed(centre, "2026-10-05T10:00", caller=top_a().telephones[0])
    assert heard.rows == [("ROUTED", "queue", "top_a", "20", "102")]
    assert (heard.variables["QUEUE_PRIO"], heard.variables["TRONCAL_REASON"]) == ("20", "top_a")


async def test_who_proved_a_contract_has_its_priority_from_any_telephone(centre: Centre) -> None:
    heard = await routed(centre, "2026-10-05T10:00", caller="76500001", contract=top_a().contracts[0].number)
    assert heard.rows == [("ROUTED", "queue", "top_a", "20", "102")]


async def test_who_has_waited_long_is_not_overtaken(centre: Centre) -> None:
    heard = await routed(centre, "2026-10-05T10:00", caller=top_a().telephones[0], floor=Floor(longest_seconds=600))
    assert heard.rows == [("ROUTED", "queue", "top_a", "0", "102")]


async def test_without_the_directory_the_call_goes_on_and_says_so(centre: Centre) -> None:
    heard = await routed(centre, "2026-10-05T10:00", caller="76500001", directory=Directory(None))
    assert heard.rows == [("ROUTED", "queue", "lookup_failed", "0", "102")]


async def test_the_expected_wait_is_said_once_after_the_decision_stands(centre: Centre) -> None:
    heard = await routed(centre, "2026-10-05T10:00", floor=Floor(minutes=4))
    assert heard.sounds == ["espera-aproximada", "digits/4", "queue-minutes"]
    assert heard.commands.index('SET VARIABLE TRONCAL_ROUTE "queue"') < _first(heard, "EXEC Playback")


def _first(heard: Heard, command: str) -> int:
    return next(at for at, line in enumerate(heard.commands) if line.startswith(command))


async def test_a_closed_line_says_why_and_when_it_opens(centre: Centre) -> None:
    heard = await routed(centre, "2026-10-03T10:00", caller=top_a().telephones[0])
    assert heard.rows == [("ROUTED", "closed", "hours", "0", "")]
    assert (heard.variables["TRONCAL_ROUTE"], heard.variables["TRONCAL_TARGET"]) == ("closed", "")
    monday = ["digits/day-1", "digits/5", "digits/es-de", "digits/mon-9", "digits/at", "digits/8", "de-la-manana"]
    assert heard.sounds == ["cerrado-horario", "cerrado-desde-el", *monday, "cerrado-gracias"]


async def test_a_day_that_supervisors_made_a_holiday_closes_the_line(centre: Centre) -> None:
    heard = await routed(centre, "2026-10-05T10:00", overrides=BRIDGE)
    assert heard.rows == [("ROUTED", "closed", "holiday", "0", "")]
    assert heard.sounds[:3] == ["cerrado-feriado", "cerrado-desde-manana", "las"]


async def test_a_line_attended_day_and_night_is_open_on_holidays(centre: Centre) -> None:
    heard = await routed(centre, "2026-12-25T03:00", line="101")
    assert heard.rows == [("ROUTED", "queue", "none", "0", "101")]


@pytest.mark.parametrize("line", ["999", "", "102,x"])
async def test_of_a_line_that_is_none_nothing_is_said(centre: Centre, line: str) -> None:
    heard = await routed(centre, "2026-10-05T10:00", line=line)
    assert (heard.rows, heard.variables) == ([], {})


def test_a_line_that_opens_later_today_says_so_and_one_that_never_does_says_nothing(centre: Centre) -> None:
    now = datetime(2026, 10, 5, 6, tzinfo=centre.zone)
    today = closed_message(Opening(False, ClosedReason.HOURS, now.replace(hour=8)), now)
    assert today[1:3] == ("troncal/cerrado-desde-hoy", "troncal/las")
    assert closed_message(Opening(False, ClosedReason.HOURS), now) == (
        "troncal/cerrado-horario",
        "troncal/cerrado-gracias",
    )


def test_every_prompt_of_the_closed_message_has_a_text(centre: Centre) -> None:
    now = datetime(2026, 10, 3, 13, tzinfo=centre.zone)
    openings = [now.replace(day=day, hour=hour) for day in (3, 4, 8) for hour in (13, 20)]
    said = {name for opens in openings for name in closed_message(Opening(False, ClosedReason.HOLIDAY, opens), now)}
    assert {name.removeprefix("troncal/") for name in said if name.startswith("troncal/")} <= set(texts())
