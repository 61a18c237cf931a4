"""What the self-services say, sound by sound, over real connections of FastAGI; the systems are in memory."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from backoffice.fijacom.contract import Pocket
from backoffice.smartflex.customers import ProductKind
from backoffice.smartflex.services import AnnulmentCause, OrderKind, OrderState, Prepaid, Statement, WorkOrder
from backoffice.systems import SystemUnavailable
from ivr.menus.model import SERVICES
from ivr.prompts.speech import bolivianos, day, digits
from ivr.selfservice import dialogue
from ivr.selfservice.registry import self_services
from tests.ivr.selfservice.memory_systems import CONTRACT, HOUR_US, NOW_US, TODAY, MemorySystems, customer, product
from tests.ivr.selfservice.self_service import OPTIONS, one, own, result, serve


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


async def test_a_key_interrupts_what_is_said_and_what_was_said_is_counted() -> None:
    heard = await serve(one(), "fault_state", "0")
    assert heard.sounds == ["falla-ninguna"]
    assert result(heard) == ("nothing", "person")


@pytest.mark.parametrize("key", "1#")
async def test_with_one_it_is_said_once_more_and_with_hash_as_in_the_menus(key: str) -> None:
    heard = await serve(one(), "amount_owed", "", key)
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


@pytest.mark.parametrize(("contracts", "told"), [(3, 3), (5, 3)])
async def test_every_contract_is_asked_for_three_are_said_and_that_there_are_more(contracts: int, told: int) -> None:
    also = [f"20000{number}" for number in range(10, 10 + contracts)]
    systems = MemorySystems([customer(product(), also=also)])
    systems.owed = {number: Statement(number, Decimal(2), None, 1) for number in also}
    heard = await serve(systems, "amount_owed")
    assert heard.sounds.count("deuda-debe") == told
    assert ("servicio-los-demas" in heard.sounds) == (contracts > told)


@pytest.mark.parametrize("service", sorted(SERVICES - {"directory"}))
async def test_a_firm_with_very_many_contracts_goes_to_a_person(service: str) -> None:
    systems = MemorySystems([customer(product(), also=[str(3_000_000 + number) for number in range(20)])])
    heard = await serve(systems, service)
    assert heard.sounds == ["menu-a-persona"]
    assert result(heard) == ("person", "person")


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
async def test_the_state_of_an_order(told: WorkOrder, said: list[str], outcome: str) -> None:
    heard = await serve(one(work=[told]), "order_state")
    expected = ["orden-installation", "servicio-internet", *said]
    assert heard.sounds == (expected if outcome == "person" else [*expected, OPTIONS])
    assert result(heard) == (outcome, "person" if outcome == "person" else "end")


async def test_of_older_orders_only_open_ones_are_said() -> None:
    absent = order(OrderState.ANNULLED, days=90, cause=AnnulmentCause.SUBSCRIBER_ABSENT)
    heard = await serve(one(work=[absent, order(OrderState.CLOSED, days=2, working=True)]), "order_state")
    assert heard.sounds == ["orden-installation", "servicio-internet", "orden-cerrada", OPTIONS]


async def test_who_has_no_order_hears_so() -> None:
    heard = await serve(one(), "order_state")
    assert heard.sounds == ["orden-ninguna", OPTIONS]
    assert result(heard) == ("nothing", "end")
