"""Callers who press anything, say nothing and hang up at any moment: every call ends in a way that is known."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.fijacom.contract import Pocket
from backoffice.guiatel.contract import DirectoryEntry
from backoffice.smartflex.customers import ProductKind, ProductState
from backoffice.smartflex.services import OrderKind, OrderState, Prepaid, Statement, WorkOrder
from callcenter.calls import SelfServiceResult
from ivr.agi.server import AgiServer
from ivr.menus.model import SERVICES
from ivr.prompts.catalogue import texts
from ivr.selfservice.registry import self_services
from tests.ivr.agi.fake_peer import SECRET, Caller, Heard, call
from tests.ivr.selfservice.memory_systems import (
    CALLER,
    CARD,
    CONTRACT,
    NOW_US,
    TODAY,
    MemorySystems,
    customer,
    fault,
    product,
)

GOALS, NEXT = {goal.value for goal in SelfServiceResult}, {"person", "menu", "end"}
KEYS = st.one_of(
    st.text("0123456789*#", max_size=4), st.text("0123456789*#", max_size=200), st.just(CONTRACT), st.just(CARD)
)
SCRIPTS = st.sampled_from(sorted(SERVICES))
NUMBERS = st.sampled_from([CALLER, "", "76000000", "${SHELL(x)}", "7,7&7|7", "\x01\x7f", "7" * 300])


def everything() -> MemorySystems:
    """A customer with something of each."""
    broken = product(1, ProductKind.INTERNET, ProductState.ACTIVE, fault())
    products = (broken, product(2, ProductKind.CABLE_TV), product(3, ProductKind.FIJACOM_4G, service_number="70900001"))
    order = WorkOrder(5, CONTRACT, OrderKind.TRANSFER, ProductKind.INTERNET, OrderState.ASSIGNED, NOW_US)
    return MemorySystems(
        [customer(*products)],
        owed={CONTRACT: Statement(CONTRACT, Decimal("99.90"), TODAY, 1)},
        work=[order],
        paid={CONTRACT: (Prepaid(1, ProductKind.INTERNET, TODAY + timedelta(days=1)),)},
        pockets={"70900001": Pocket("70900001", Decimal("45.50"), TODAY)},
        entries=[DirectoryEntry(f"Soto {name}", f"4400100{at}") for at, name in enumerate(("Ana", "Beni", "Ci", "Do"))],
    )


async def serve(service: str, caller: Caller) -> tuple[Heard, int]:
    """One call, until the server has nothing left of it."""
    async with asyncio.timeout(20), AgiServer("127.0.0.1", 0, self_services(everything().systems()), SECRET) as server:
        heard = await call(server.port, service, caller)
        while server.calls:
            await asyncio.sleep(0)
        return heard, server.calls


@given(SCRIPTS, NUMBERS, st.lists(KEYS, max_size=12))
@settings(max_examples=150, deadline=None)
def test_whatever_is_pressed_the_call_ends_in_a_known_way(service: str, number: str, presses: list[str]) -> None:
    heard, left = asyncio.run(serve(service, Caller(presses, number=number)))
    assert left == 0
    ((verb, goal, served, outcome),) = heard.rows
    assert (verb, goal, served) == ("INFO", "IVRGOAL", service)
    assert outcome in GOALS
    assert heard.variables["TRONCAL_RESULT"] in NEXT


@given(SCRIPTS, NUMBERS, st.lists(KEYS, max_size=6), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_whoever_hangs_up_at_any_step_leaves_nothing_behind(
    service: str, number: str, presses: list[str], step: int
) -> None:
    heard, left = asyncio.run(serve(service, Caller(presses, number=number, hangs_up_at=step)))
    assert left == 0
    assert len(heard.rows) <= 1
    if heard.hung_up:
        assert "TRONCAL_RESULT" not in heard.variables
    assert ("TRONCAL_GOAL" in heard.variables) <= bool(heard.rows)


@pytest.mark.parametrize("service", sorted(SERVICES))
async def test_nothing_is_logged_of_callers_who_hang_up(service: str, caplog: pytest.LogCaptureFixture) -> None:
    for step in range(20):
        await serve(service, Caller(("1", "1"), hangs_up_at=step))
    assert caplog.records == []


@pytest.mark.parametrize("service", sorted(SERVICES))
async def test_everything_that_is_said_has_a_text_or_is_a_sound_of_asterisk(service: str) -> None:
    known = texts()
    for number in (CALLER, "76000000"):
        heard, _ = await serve(service, Caller(("7686", "36", "1"), number=number))
        own = {name.removeprefix("troncal/") for name in heard.played if name.startswith("troncal/")}
        assert {name for name in own if not name.startswith("said/")} <= set(known)
        assert {name.split("/")[0] for name in heard.played} <= {"troncal", "digits"}


async def test_a_fault_that_was_registered_is_counted_even_if_the_caller_hangs_up_at_once() -> None:
    systems = everything()
    async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, self_services(systems.systems()), SECRET) as server:
        whole = await call(server.port, "report_fault", Caller(("2",)))
        said_at = next(at for at, line in enumerate(whole.commands) if "falla-registrada-numero" in line)
        heard = await call(server.port, "report_fault", Caller(("2",), hangs_up_at=said_at))
    assert heard.rows == [("INFO", "IVRGOAL", "report_fault", "registered")]
    assert "falla-registrada-numero" not in heard.sounds
