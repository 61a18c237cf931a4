"""What the self-services tell, sound by sound, over real connections of FastAGI; the systems are in memory."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from backoffice.fijacom import Pocket
from backoffice.smartflex import FaultState, ProductKind, ProductState
from backoffice.smartflex_services import AnnulmentCause, OrderKind, OrderState, Prepaid, Statement, WorkOrder
from backoffice.systems import SystemUnavailable
from ivr.agi import AgiServer
from ivr.menu import SERVICES
from ivr.selfservice import dialogue
from ivr.services import self_services
from ivr.speech import bolivianos, day, digits
from tests.ivr.fake_agi_peer import Caller, Heard, call
from tests.ivr.memory_systems import CONTRACT, HOUR_US, NOW_US, TODAY, MemorySystems, customer, fault, product

OPTIONS = "servicio-opciones"


async def serve(systems: MemorySystems, service: str, *presses: str, number: str = "70700001") -> Heard:
    """One call of one service."""
    async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, self_services(systems.systems())) as server:
        return await call(server.port, service, Caller(presses, number=number))


def result(heard: Heard) -> tuple[str, str]:
    """The result of the ledger, and where the dialplan goes on."""
    ((verb, goal, _, outcome),) = heard.rows
    assert (verb, goal) == ("INFO", "IVRGOAL")
    assert heard.variables["TRONCAL_GOAL"] == outcome
    return outcome, heard.variables["TRONCAL_RESULT"]


def own(*names: str) -> list[str]:
    return [name.removeprefix("troncal/") for name in names]


def one(kind: ProductKind = ProductKind.INTERNET, **known: object) -> MemorySystems:
    """Systems that know one customer with one product."""
    made = MemorySystems([customer(product(1, kind, service_number="70900001"))])
    for name, value in known.items():
        setattr(made, name, value)
    return made


def test_every_service_of_the_menus_is_there() -> None:
    assert frozenset(self_services(MemorySystems().systems())) == SERVICES


# -- what comes next -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("presses", "then", "offered"),
    [
        ((), "end", 1),
        (("", "0"), "person", 1),
        (("", "*"), "menu", 1),
        (("0",), "person", 0),
        (("*",), "menu", 0),
        (("", "5", "5", "5", "5"), "person", 4),
        (("", "1", "", "0"), "person", 2),
        (("", "1", "1", "1", "1"), "person", 1),
    ],
)
async def test_every_service_ends_with_a_person_the_menu_or_the_end(
    presses: Sequence[str], then: str, offered: int
) -> None:
    heard = await serve(one(), "amount_owed", *presses)
    assert result(heard) == ("nothing", then)
    assert heard.sounds.count(OPTIONS) == offered


async def test_a_key_interrupts_what_is_told_and_what_was_told_is_counted() -> None:
    heard = await serve(one(), "fault_state", "0")
    assert heard.sounds == ["falla-ninguna"]
    assert result(heard) == ("nothing", "person")


async def test_with_one_it_is_told_once_more() -> None:
    heard = await serve(one(), "amount_owed", "", "1")
    assert heard.sounds == ["deuda-ninguna", OPTIONS, "deuda-ninguna", OPTIONS]


@pytest.mark.parametrize("trouble", ["away", "slow"])
@pytest.mark.parametrize("service", sorted(SERVICES))
async def test_a_system_that_is_away_or_slow_leads_to_a_person(
    service: str, trouble: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dialogue, "PATIENCE_SECONDS", 0.05)
    heard = await serve(one(ProductKind.FIJACOM_4G, **{trouble: True}), service, "768")
    assert result(heard) == ("unavailable", "person")
    assert heard.sounds[-1] == "servicio-no-disponible"
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_system_has_two_seconds() -> None:
    assert dialogue.PATIENCE_SECONDS == 2


# -- 102 -----------------------------------------------------------------------------------------------


async def test_what_is_owed_until_when_and_where_to_pay() -> None:
    due = TODAY + timedelta(days=3)
    heard = await serve(one(owed={CONTRACT: Statement(CONTRACT, Decimal("121.50"), due, 1)}), "amount_owed")
    owed = own("deuda-debe", *bolivianos(Decimal("121.50")), "deuda-vence", *day(due))
    assert heard.sounds == [*owed, "deuda-donde-pagar", OPTIONS]
    assert result(heard) == ("told", "end")


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (None, []),
        (TODAY, ["deuda-vence", *day(TODAY)]),
        (date(2025, 12, 31), ["deuda-vencio", *day(date(2025, 12, 31), year=True)]),
    ],
)
async def test_a_bill_falls_due_today_or_did_in_another_year(due: date | None, said: list[str]) -> None:
    heard = await serve(one(owed={CONTRACT: Statement(CONTRACT, Decimal(1), due, 1)}), "amount_owed")
    assert heard.sounds == own("deuda-debe", *bolivianos(Decimal(1)), *said, "deuda-donde-pagar", OPTIONS)


async def test_who_has_a_credit_or_nothing_owes_nothing() -> None:
    heard = await serve(one(owed={CONTRACT: Statement(CONTRACT, Decimal(-5), None, 0)}), "amount_owed")
    assert heard.sounds == ["deuda-ninguna", OPTIONS]
    assert result(heard) == ("nothing", "end")


async def test_of_several_contracts_it_is_said_which_even_with_letters() -> None:
    other = "AB-20-7"
    systems = MemorySystems([customer(product(), also=(other,))])
    systems.owed = {number: Statement(number, Decimal(2), None, 1) for number in (CONTRACT, other)}
    heard = await serve(systems, "amount_owed")
    owed = ["deuda-debe", *bolivianos(Decimal(2))]
    first, second = digits(CONTRACT), digits("207")
    expected = own("deuda-contrato", *first, *owed, "deuda-contrato", *second, *owed, "deuda-donde-pagar", OPTIONS)
    assert heard.sounds == expected


# -- prepaid -------------------------------------------------------------------------------------------


async def test_what_was_paid_in_advance_expires_or_expired() -> None:
    soon, gone = TODAY + timedelta(days=1), TODAY - timedelta(days=2)
    paid = (Prepaid(1, ProductKind.INTERNET, soon), Prepaid(2, ProductKind.CABLE_TV, gone))
    heard = await serve(one(paid={CONTRACT: paid}), "prepaid_expiry")
    told = own("servicio-cable-tv", "prepago-vencio", *day(gone), "servicio-internet", "prepago-vence", *day(soon))
    assert heard.sounds == [*told, "prepago-donde-pagar", OPTIONS]
    assert result(heard) == ("told", "end")


async def test_without_anything_prepaid_it_says_so() -> None:
    heard = await serve(one(), "prepaid_expiry")
    assert heard.sounds == ["prepago-ninguno", OPTIONS]


# -- 109 -----------------------------------------------------------------------------------------------


async def test_the_balance_of_a_pocket_and_until_when() -> None:
    until = TODAY + timedelta(days=9)
    systems = MemorySystems([customer(product(1, ProductKind.FIJACOM_4G, service_number="70900001"))])
    systems.pockets = {"70900001": Pocket("70900001", Decimal("45.50"), until)}
    heard = await serve(systems, "fijacom_balance", "", "0")
    told = own("fijacom-saldo", *bolivianos(Decimal("45.50")), "fijacom-vence", *day(until))
    assert heard.sounds == [*told, "fijacom-recarga", OPTIONS]
    assert result(heard) == ("told", "person")


async def test_who_has_no_pocket_hears_so() -> None:
    heard = await serve(one(), "fijacom_balance")
    assert heard.sounds == ["fijacom-ninguno", OPTIONS]


# -- 103 -----------------------------------------------------------------------------------------------


def order(state: OrderState, *, days: int = 3, cause: AnnulmentCause | None = None, working: bool = False) -> WorkOrder:
    kind, at_us = OrderKind.INSTALLATION, NOW_US - days * 24 * HOUR_US
    return WorkOrder(5_000_000 + days, CONTRACT, kind, ProductKind.INTERNET, state, at_us, cause, working)


@pytest.mark.parametrize(
    ("told", "said", "outcome"),
    [
        (order(OrderState.REGISTERED), ["orden-registrada"], "told"),
        (order(OrderState.REGISTERED, days=10), ["orden-registrada"], "told"),
        (order(OrderState.REGISTERED, days=11), ["orden-demorada"], "person"),
        (order(OrderState.ASSIGNED), ["orden-asignada"], "told"),
        (order(OrderState.ASSIGNED, days=40), ["orden-demorada"], "person"),
        (order(OrderState.EXECUTED), ["orden-ejecutada"], "told"),
        (order(OrderState.CLOSED, working=True), ["orden-cerrada"], "told"),
        (order(OrderState.CLOSED), ["orden-sin-servicio"], "person"),
        (
            order(OrderState.ANNULLED, cause=AnnulmentCause.TECHNICAL_DATA),
            ["orden-anulada", "anulada-capacidad-tecnica"],
            "told",
        ),
        (
            order(OrderState.ANNULLED, cause=AnnulmentCause.SUBSCRIBER_ABSENT),
            ["orden-anulada", "anulada-abonado-ausente"],
            "person",
        ),
        (
            order(OrderState.ANNULLED, cause=AnnulmentCause.WRONG_ADDRESS),
            ["orden-anulada", "anulada-direccion-erronea"],
            "person",
        ),
    ],
)
async def test_how_an_order_stands(told: WorkOrder, said: list[str], outcome: str) -> None:
    heard = await serve(one(work=[told]), "order_state")
    expected = ["orden-installation", "servicio-internet", *said]
    assert heard.sounds == (expected if outcome == "person" else [*expected, OPTIONS])
    assert result(heard) == (outcome, "person" if outcome == "person" else "end")


async def test_of_older_orders_only_open_ones_are_told() -> None:
    absent = order(OrderState.ANNULLED, days=90, cause=AnnulmentCause.SUBSCRIBER_ABSENT)
    heard = await serve(one(work=[absent, order(OrderState.CLOSED, days=2, working=True)]), "order_state")
    assert heard.sounds == ["orden-installation", "servicio-internet", "orden-cerrada", OPTIONS]


async def test_who_has_no_order_hears_so() -> None:
    heard = await serve(one(), "order_state")
    assert heard.sounds == ["orden-ninguna", OPTIONS]
    assert result(heard) == ("nothing", "end")


# -- 101: how a fault stands ---------------------------------------------------------------------------

DEBT, WISH = ProductState.SUSPENDED_FOR_DEBT, ProductState.SUSPENDED_AT_REQUEST


@pytest.mark.parametrize(
    ("known", "said", "outcome"),
    [
        (product(), ["falla-ninguna"], "nothing"),
        (
            product(1, *(ProductKind.INTERNET, ProductState.ACTIVE), fault()),
            ["falla-registrada", "falla-plazo"],
            "told",
        ),
        (
            product(1, ProductKind.INTERNET, ProductState.ACTIVE, fault(FaultState.IN_REPAIR, repetitions=2)),
            ["falla-en-reparacion", "falla-reiterada", "falla-plazo"],
            "told",
        ),
        (
            product(1, ProductKind.INTERNET, ProductState.ACTIVE, fault(hours=49)),
            ["falla-registrada", "falla-demorada"],
            "told",
        ),
        (
            product(1, ProductKind.INTERNET, ProductState.ACTIVE, fault(FaultState.ATTENDED_UNSOLVED, hours=90)),
            ["falla-sin-solucion", "falla-prioridad"],
            "person",
        ),
        (product(1, ProductKind.INTERNET, DEBT), ["suspendido-por-deuda"], "told"),
        (product(1, ProductKind.INTERNET, WISH, fault()), ["suspendido-a-solicitud"], "told"),
    ],
)
async def test_how_a_fault_stands(known: object, said: list[str], outcome: str) -> None:
    heard = await serve(MemorySystems([customer(known)]), "fault_state")  # type: ignore[arg-type]
    told = said if outcome == "nothing" else ["servicio-internet", *said]
    assert heard.sounds == (told if outcome == "person" else [*told, OPTIONS])
    assert result(heard) == (outcome, "person" if outcome == "person" else "end")


# -- 101: a fault is registered ------------------------------------------------------------------------

ASKED = ["falla-elegir", "servicio-internet", "marque-1", "falla-elegir-persona"]


async def test_a_fault_is_registered_only_after_its_service_was_chosen() -> None:
    systems = one()
    heard = await serve(systems, "report_fault", "1")
    assert heard.sounds == [*ASKED, "falla-registrada-numero", *digits("501"), "falla-plazo", OPTIONS]
    assert result(heard) == ("registered", "end")
    assert [number for _, number in systems.reports] == [1]


@pytest.mark.parametrize("presses", [("0",), ("", "", ""), ("5", "*", "9"), ("", "0")])
async def test_who_chooses_no_service_gets_a_person_and_nothing_is_registered(presses: Sequence[str]) -> None:
    systems = one()
    heard = await serve(systems, "report_fault", *presses)
    assert result(heard) == ("person", "person")
    assert heard.sounds[-1] == "menu-a-persona"
    assert systems.reports == []


async def test_an_open_fault_is_reported_again_if_the_caller_wants_it() -> None:
    systems = MemorySystems([customer(product(1, ProductKind.INTERNET, ProductState.ACTIVE, fault()))])
    heard = await serve(systems, "report_fault", "1", "1")
    again = ["falla-ya-registrada", *digits("77"), "falla-reiterar", "falla-reiterada-numero", *digits("77")]
    assert heard.sounds == [*ASKED, *again, "falla-plazo", OPTIONS]
    assert result(heard) == ("reiterated", "end")


async def test_else_it_stays_as_it_is() -> None:
    systems = MemorySystems([customer(product(1, ProductKind.INTERNET, ProductState.ACTIVE, fault()))])
    heard = await serve(systems, "report_fault", "1", "")
    assert heard.sounds[-2:] == ["falla-sigue-abierta", OPTIONS]
    assert result(heard) == ("told", "end")
    assert systems.reports == []


async def test_one_that_was_solved_meanwhile_goes_to_a_person() -> None:
    solved = fault(FaultState.SOLVED)
    systems = MemorySystems([customer(product(1, ProductKind.INTERNET, ProductState.ACTIVE, solved))])
    heard = await serve(systems, "report_fault", "1", "1")
    assert heard.sounds[-1] == "falla-no-registrada"
    assert result(heard) == ("refused", "person")


@pytest.mark.parametrize(("state", "why"), [(DEBT, "suspendido-por-deuda"), (WISH, "suspendido-a-solicitud")])
async def test_what_is_suspended_is_not_broken_and_the_caller_is_told_why(state: ProductState, why: str) -> None:
    systems = MemorySystems([customer(product(1, ProductKind.INTERNET, state))])
    heard = await serve(systems, "report_fault", "1")
    assert heard.sounds == [*ASKED, "servicio-internet", why, OPTIONS]
    assert result(heard) == ("refused", "end")
    assert systems.reports == []


async def test_services_of_one_kind_are_told_apart_by_their_number() -> None:
    phones = [
        product(at, ProductKind.FIXED_TELEPHONY, service_number=number)
        for at, number in ((1, "44001001"), (2, "44001002"))
    ]
    heard = await serve(MemorySystems([customer(*phones)]), "report_fault", "2")
    assert heard.sounds.index("digits/2") < heard.sounds.index("marque-2")
    assert result(heard) == ("registered", "end")


async def test_who_has_no_service_gets_a_person() -> None:
    heard = await serve(MemorySystems([customer()]), "report_fault")
    assert heard.sounds == ["falla-sin-productos"]
    assert result(heard) == ("nothing", "person")


async def test_a_system_that_does_not_even_let_itself_be_stopped_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "PATIENCE_SECONDS", 0.05)
    let_go, stopped = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await let_go.wait()
            stopped.set()

    async with asyncio.timeout(5):
        with pytest.raises(SystemUnavailable):
            await dialogue.within_patience(stubborn())
        assert not stopped.is_set()
        let_go.set()
        await stopped.wait()
