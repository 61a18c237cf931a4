"""Who is identified: by the number of the call, or by contract and identity card together."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customers import CustomerView
from ivr.agi.server import AgiServer
from ivr.selfservice.registry import self_services
from tests.ivr.agi.fake_peer import SECRET, Caller, Heard, call
from tests.ivr.selfservice.memory_systems import CALLER, CARD, CONTRACT, MemorySystems, customer, product

STRANGER = "76000000"
ASKED = ["identificar-inicio", "identificar-contrato", "identificar-carnet"]
AGAIN = ["identificar-no-coincide", "identificar-contrato", "identificar-carnet"]
NOTHING_OWED = ["deuda-ninguna", "servicio-opciones"]
ANA = customer(product())
OTHER = replace(customer(product(9), number=100_002, contract="2000002"), identity_card=IdentityCard("7654321"))


async def ask(
    *customers: CustomerView,
    number: str,
    presses: tuple[str, ...] = (),
    variables: Mapping[str, str] | None = None,
) -> Heard:
    """One caller who wants to know what they owe."""
    systems = MemorySystems([*customers])
    async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, self_services(systems.systems()), SECRET) as server:
        return await call(server.port, "amount_owed", Caller(presses, number=number), variables=variables)


def goal(heard: Heard) -> str:
    ((_, _, _, outcome),) = heard.rows
    return outcome


@pytest.mark.parametrize("number", [CALLER, f"+591{CALLER}", f"0{CALLER}"])
async def test_a_customer_who_calls_from_their_own_number_is_known_at_once(number: str) -> None:
    heard = await ask(ANA, number=number)
    assert heard.sounds == NOTHING_OWED
    assert heard.variables["TRONCAL_CUSTOMER"] == "100001"


async def test_a_number_of_several_customers_identifies_nobody() -> None:
    sharer = replace(OTHER, telephones=(CALLER,))
    heard = await ask(ANA, sharer, number=CALLER, presses=(f"{CONTRACT}#", f"{CARD}#"))
    assert heard.sounds == [*ASKED, *NOTHING_OWED]
    assert heard.variables["TRONCAL_CUSTOMER"] == "100001"


@pytest.mark.parametrize("number", [STRANGER, "", "102", "999999999999999"])
@pytest.mark.parametrize("card", [CARD, "1020304050"])
async def test_contract_and_card_or_tax_number_that_belong_together_identify(number: str, card: str) -> None:
    heard = await ask(ANA, number=number, presses=(f"{CONTRACT}#", f"{card}#"))
    assert heard.sounds == [*ASKED, *NOTHING_OWED]
    assert heard.variables["TRONCAL_CUSTOMER"] == "100001"


async def test_a_card_with_letters_is_known_by_its_figures() -> None:
    foreigner = replace(ANA, identity_card=IdentityCard("E-1234", "1A"), nit=None)
    heard = await ask(foreigner, number=STRANGER, presses=(CONTRACT, "1234"))
    assert heard.sounds == [*ASKED, *NOTHING_OWED]


@pytest.mark.parametrize(
    "wrong",
    [(CONTRACT, "7654321"), ("2000002", CARD), (CONTRACT, ""), ("*", "*"), ("99", CARD)],
)
async def test_three_tries_that_do_not_belong_together_lead_to_a_person(wrong: tuple[str, str]) -> None:
    heard = await ask(ANA, OTHER, number=STRANGER, presses=wrong * 3)
    assert heard.sounds == [*ASKED, *AGAIN, *AGAIN, "identificar-no"]
    assert (goal(heard), heard.variables["TRONCAL_RESULT"]) == ("not_identified", "person")
    assert "TRONCAL_CUSTOMER" not in heard.variables


async def test_whoever_keys_no_contract_is_not_asked_for_a_card() -> None:
    heard = await ask(ANA, number=STRANGER)
    assert heard.sounds == ["identificar-inicio", *["identificar-contrato"] * 3, "identificar-no"]
    assert goal(heard) == "not_identified"


async def test_the_third_try_still_counts() -> None:
    presses = (CONTRACT, "1", CONTRACT, "2", CONTRACT, CARD)
    heard = await ask(ANA, number=STRANGER, presses=presses)
    assert heard.sounds == [*ASKED, *AGAIN, *AGAIN, *NOTHING_OWED]


@pytest.mark.parametrize("presses", [("0#",), (CONTRACT, "0#")])
async def test_zero_leads_to_a_person_at_once(presses: tuple[str, ...]) -> None:
    heard = await ask(ANA, number=STRANGER, presses=presses)
    assert heard.sounds[-1] == "identificar-no"
    assert heard.variables["TRONCAL_RESULT"] == "person"


async def test_who_was_identified_is_not_asked_again_in_the_same_call() -> None:
    first = await ask(ANA, number=STRANGER, presses=(CONTRACT, CARD))
    heard = await ask(ANA, number=STRANGER, variables=first.variables)
    assert heard.sounds == NOTHING_OWED


@pytest.mark.parametrize("contract", ["${SHELL(x)}", "2000001'--", "", "9"])
async def test_what_the_channel_says_of_a_contract_is_believed_only_where_there_is_one(contract: str) -> None:
    heard = await ask(ANA, number=STRANGER, presses=("0",), variables={"TRONCAL_CONTRACT": contract})
    assert goal(heard) == "not_identified"
