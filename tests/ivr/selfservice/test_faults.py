"""101 by keys: the state of a fault, and what is registered or reported again; the systems are in memory."""

from collections.abc import Sequence

import pytest

from backoffice.smartflex.customers import FaultState, Product, ProductKind, ProductState
from ivr.prompts.speech import digits
from tests.ivr.selfservice.memory_systems import MemorySystems, customer, fault, product
from tests.ivr.selfservice.self_service import OPTIONS, one, result, serve

# -- 101: the state of a fault --------------------------------------------------------------------------

DEBT, REQUEST = ProductState.SUSPENDED_FOR_DEBT, ProductState.SUSPENDED_AT_REQUEST


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
        (product(1, ProductKind.INTERNET, REQUEST, fault()), ["suspendido-a-solicitud"], "told"),
    ],
)
async def test_the_state_of_a_fault(known: Product, said: list[str], outcome: str) -> None:
    heard = await serve(MemorySystems([customer(known)]), "fault_state")
    sounds = said if outcome == "nothing" else ["servicio-internet", *said]
    assert heard.sounds == (sounds if outcome == "person" else [*sounds, OPTIONS])
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


@pytest.mark.parametrize(("presses", "outcome"), [(("1", "#", "1"), "reiterated"), (("1", "0"), "person")])
async def test_a_hash_after_the_choice_is_no_answer_and_zero_is_a_person(presses: Sequence[str], outcome: str) -> None:
    systems = MemorySystems([customer(product(1, ProductKind.INTERNET, ProductState.ACTIVE, fault()))])
    heard = await serve(systems, "report_fault", *presses)
    assert result(heard)[0] == outcome


async def test_one_that_was_solved_meanwhile_goes_to_a_person() -> None:
    solved = fault(FaultState.SOLVED)
    systems = MemorySystems([customer(product(1, ProductKind.INTERNET, ProductState.ACTIVE, solved))])
    heard = await serve(systems, "report_fault", "1", "1")
    assert heard.sounds[-1] == "falla-no-registrada"
    assert result(heard) == ("refused", "person")


@pytest.mark.parametrize(("state", "why"), [(DEBT, "suspendido-por-deuda"), (REQUEST, "suspendido-a-solicitud")])
async def test_what_is_suspended_is_not_broken_and_the_caller_hears_why(state: ProductState, why: str) -> None:
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
