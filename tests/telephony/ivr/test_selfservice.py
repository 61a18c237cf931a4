"""Real calls to each self-service: the keys go as RFC 4733, the sounds are those that Asterisk says it played."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest

from backoffice.guiatel.contract import keys_of
from backoffice.smartflex.services import AnnulmentCause
from callcenter.clock import now_us
from callcenter.instants import as_datetime
from ivr.prompts.speech import Sounds, bolivianos, day, digits, telephone
from tests.ivr.agi.fake_peer import head
from tests.ivr.selfservice.memory_systems import CENTRE
from tests.telephony.phones.visits import goal, visit
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

STRANGER = "7651{:04}"
ALONE = "t.number IN (SELECT number FROM customer_telephones GROUP BY number HAVING count(*) = 1)"
OF_CONTRACT = "customer_telephones t JOIN contracts o ON o.customer_id = t.customer_id"


def prompts(*names: str) -> Sounds:
    return tuple(f"troncal/{name}" for name in names)


def one(centre: RunningCentre, query: str) -> tuple[object, ...]:
    """The first row that the back office answers."""
    return centre.rows(f"{query} LIMIT 1")[0]


def today() -> date:
    return as_datetime(now_us(), CENTRE.zone).date()


async def the_102_says_what_is_owed(centre: RunningCentre) -> None:
    number, centavos, due = one(
        centre,
        f"SELECT t.number, o.balance_centavos, o.due_on FROM {OF_CONTRACT}"
        f" WHERE o.balance_centavos > 0 AND o.due_on > date('now', '-60 days') AND {ALONE}",
    )
    due_on = date.fromisoformat(str(due))
    when = day(due_on, year=due_on.year != today().year)
    verb = "deuda-vencio" if due_on < today() else "deuda-vence"
    owed = bolivianos(Decimal(str(centavos)).scaleb(-2))
    async with visit(centre, str(number), "102", "1") as call:
        await call.hears(*prompts("deuda-debe"), *owed, *prompts(verb), *when, *prompts("deuda-donde-pagar"))
        assert goal(centre, str(number)) == ("amount_owed", "told")
        await call.press("0")
        await call.reaches_a_person()


async def a_stranger_is_identified_by_contract_and_card(centre: RunningCentre) -> None:
    number = STRANGER.format(1)
    contract, card = one(
        centre,
        "SELECT o.number, c.ci_number FROM contracts o JOIN customers c ON c.id = o.customer_id"
        " WHERE o.balance_centavos = 0 AND c.ci_number != '' AND c.ci_number NOT LIKE 'E%'",
    )
    async with visit(centre, number, "102", "1") as call:
        await call.hears(*prompts("identificar-inicio"), then="troncal/identificar-contrato")
        await call.press("123#")
        await call.hears(then="troncal/identificar-carnet")
        await call.press(f"{card}#")
        await call.hears(*prompts("identificar-no-coincide"), then="troncal/identificar-contrato")
        await call.press(f"{contract}#")
        await call.hears(then="troncal/identificar-carnet")
        await call.press(f"{card}#")
        await call.hears(*prompts("deuda-ninguna"))
        assert goal(centre, number) == ("amount_owed", "nothing")
        await call.press("*")
        await call.hears(then="troncal/opcion-monto-adeudado")


async def three_wrong_tries_lead_to_a_person(centre: RunningCentre) -> None:
    number = STRANGER.format(2)
    async with visit(centre, number, "102", "1") as call:
        for _ in range(3):
            await call.hears(then="troncal/identificar-contrato")
            await call.press("9#")
            await call.hears(then="troncal/identificar-carnet")
            await call.press("9#")
        await call.reaches_a_person()
    assert goal(centre, number) == ("amount_owed", "not_identified")
    assert "troncal/identificar-no" in call.heard.by(number)


async def prepaid_expires_when_the_back_office_says(centre: RunningCentre) -> None:
    number, kind, expires = one(
        centre,
        "SELECT t.number, p.kind, e.expires_on FROM prepaid e JOIN products p ON p.id = e.product_id"
        f" JOIN contracts o ON o.number = p.contract JOIN customer_telephones t ON t.customer_id = o.customer_id"
        f" WHERE {ALONE} AND 1 = (SELECT count(*) FROM prepaid x JOIN products y ON y.id = x.product_id"
        "  WHERE y.contract = o.number)",
    )
    expires_on = date.fromisoformat(str(expires))
    verb = "prepago-vencio" if expires_on < today() else "prepago-vence"
    when = day(expires_on, year=expires_on.year != today().year)
    service = f"servicio-{str(kind).replace('_', '-')}"
    async with visit(centre, str(number), "102", "2") as call:
        await call.hears(*prompts(service, verb), *when, *prompts("prepago-donde-pagar"))
    assert goal(centre, str(number)) == ("prepaid_expiry", "told")


SOUND = "SELECT t.number, p.id FROM products p JOIN contracts o ON o.number = p.contract JOIN customer_telephones t"
SOUND += f" ON t.customer_id = o.customer_id WHERE {ALONE} AND p.state = 'active' AND p.contract IN"
SOUND += " (SELECT contract FROM products GROUP BY contract HAVING count(*) = 1)"
SOUND += " AND p.id NOT IN (SELECT product_id FROM faults) ORDER BY t.number"


async def the_101_registers_a_fault_and_then_says_its_state(centre: RunningCentre) -> None:
    number, product = one(centre, SOUND)
    async with visit(centre, str(number), "101", "2") as call:
        await call.hears(then="troncal/falla-elegir-persona")
        await call.press("1")
        await eventually(lambda: goal(centre, str(number)) is not None, 20, "the fault is registered")
        fault, state = one(centre, f"SELECT number, state FROM faults WHERE product_id = {product}")
        assert state == "registered"
        said = (*prompts("falla-registrada-numero"), *digits(str(fault)), *prompts("falla-plazo"))
        await call.hears(*said)
    assert goal(centre, str(number)) == ("report_fault", "registered")
    async with visit(centre, str(number), "101", "1") as again:
        await again.hears(*prompts("falla-registrada", "falla-plazo"))
    assert goal(centre, str(number)) == ("fault_state", "told")


async def a_fault_that_is_open_is_reported_again(centre: RunningCentre) -> None:
    number, fault, times, key = one(
        centre,
        "SELECT t.number, f.number, f.repetitions,"
        " (SELECT count(*) FROM products q WHERE q.contract = p.contract AND q.id <= p.id)"
        " FROM faults f JOIN products p ON p.id = f.product_id JOIN contracts o ON o.number = p.contract"
        f" JOIN customer_telephones t ON t.customer_id = o.customer_id WHERE {ALONE} AND p.state = 'active'"
        " AND f.state = 'in_repair' ORDER BY f.number",
    )
    async with visit(centre, str(number), "101", "2") as call:
        await call.hears(then="troncal/falla-elegir-persona")
        await call.press(str(key))
        await call.hears(then="troncal/falla-reiterar")
        await call.press("1")
        said = (*prompts("falla-reiterada-numero"), *digits(str(fault)), *prompts("falla-plazo"))
        await call.hears(*said)
    assert goal(centre, str(number)) == ("report_fault", "reiterated")
    assert one(centre, f"SELECT repetitions FROM faults WHERE number = {fault}") == (int(str(times)) + 1,)


async def an_order_annulled_because_nobody_was_there_goes_to_a_person(centre: RunningCentre) -> None:
    cause = AnnulmentCause.SUBSCRIBER_ABSENT.value
    number, kind, product = one(
        centre,
        "SELECT t.number, w.kind, w.product FROM work_orders w JOIN contracts o ON o.number = w.contract"
        f" JOIN customer_telephones t ON t.customer_id = o.customer_id WHERE {ALONE} AND w.cause = '{cause}'"
        " ORDER BY w.number",
    )
    said = prompts(f"orden-{kind}", f"servicio-{str(product).replace('_', '-')}", "orden-anulada")
    async with visit(centre, str(number), "103", "1") as call:
        await call.reaches_a_person()
    assert goal(centre, str(number)) == ("order_state", "person")
    assert contains(call.heard.by(str(number)), [*said, "troncal/anulada-abonado-ausente"])


async def the_104_gives_the_number_of_a_name(centre: RunningCentre) -> None:
    number, said = STRANGER.format(3), telephone("44300003")
    async with visit(centre, number, "104", "1") as call:
        await call.hears(then="troncal/directorio-inicio")
        await call.press(f"{keys_of('Sotomayor Arce')}#")
        await call.hears("troncal/directorio-numero", *said)
    assert call.heard.by(number)[-len(said) - 3].startswith("troncal/said/")
    assert goal(centre, number) == ("directory", "told")


async def the_104_knows_nothing_of_a_number_in_reserve(centre: RunningCentre) -> None:
    number = STRANGER.format(4)
    async with visit(centre, number, "104", "1") as call:
        await call.hears(then="troncal/directorio-inicio")
        await call.press(f"{keys_of('Zambrana Vargas Norma')}#")
        await call.hears(*prompts("directorio-sin-registro"))
    assert goal(centre, number) == ("directory", "nothing")


async def the_109_says_the_balance_of_the_pocket(centre: RunningCentre) -> None:
    number, centavos, until = one(
        centre,
        "SELECT k.service_number, k.balance_centavos, k.valid_until FROM fijacom_pockets k"
        f" JOIN customer_telephones t ON t.number = k.service_number WHERE {ALONE} ORDER BY k.service_number",
    )
    valid = date.fromisoformat(str(until))
    verb, when = "fijacom-vencio" if valid < today() else "fijacom-vence", day(valid, year=valid.year != today().year)
    balance = bolivianos(Decimal(str(centavos)).scaleb(-2))
    async with visit(centre, str(number), "109", "1") as call:
        await call.hears(*prompts("fijacom-saldo"), *balance, *prompts(verb), *when, *prompts("fijacom-recarga"))
    assert goal(centre, str(number)) == ("fijacom_balance", "told")


# Calls take their time; those that do not meet are made at once.


async def test_each_service_says_what_the_back_office_has(centre: RunningCentre) -> None:
    await asyncio.gather(
        the_102_says_what_is_owed(centre),
        prepaid_expires_when_the_back_office_says(centre),
        an_order_annulled_because_nobody_was_there_goes_to_a_person(centre),
        the_104_gives_the_number_of_a_name(centre),
        the_104_knows_nothing_of_a_number_in_reserve(centre),
        the_109_says_the_balance_of_the_pocket(centre),
    )


async def test_only_an_identified_caller_hears_anything(centre: RunningCentre) -> None:
    await asyncio.gather(
        a_stranger_is_identified_by_contract_and_card(centre), three_wrong_tries_lead_to_a_person(centre)
    )


async def test_faults_are_registered_reported_again_and_said(centre: RunningCentre) -> None:
    await asyncio.gather(
        the_101_registers_a_fault_and_then_says_its_state(centre), a_fault_that_is_open_is_reported_again(centre)
    )


@contextmanager
def written_by_another(centre: RunningCentre) -> Iterator[None]:
    """The back office's database is being written and takes no other writer."""
    connection = sqlite3.connect(centre.state / "troncal.sqlite", isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


async def test_a_back_office_that_takes_longer_than_two_seconds_leads_to_a_person(centre: RunningCentre) -> None:
    number = str(centre.rows(f"{SOUND} LIMIT 2")[1][0])  # at once: given
    async with visit(centre, number, "101", "2") as call:
        await call.hears(then="troncal/falla-elegir-persona")
        with written_by_another(centre):
            await call.press("1")
            await eventually(lambda: goal(centre, number) is not None, 6, "the caller waits no longer")
        await call.reaches_a_person()
    assert goal(centre, number) == ("report_fault", "unavailable")
    assert "troncal/servicio-no-disponible" in call.heard.by(number)


async def test_a_process_that_freezes_in_a_conversation_keeps_its_caller_no_longer_than_the_step(
    centre: RunningCentre,
) -> None:
    number = str(centre.rows(f"{SOUND} LIMIT 3")[2][0])  # at once: given
    async with visit(centre, number, "101", "2") as call:
        await call.hears(then="troncal/falla-elegir-persona")
        with centre.frozen("agi"):
            await call.press("1")
            await call.hears(then="troncal/servicio-no-disponible")
            await call.reaches_a_person()
    assert goal(centre, number) == ("report_fault", "unavailable")


def contains(heard: list[str], wanted: list[str]) -> bool:
    """Whether these sounds were played one right after the other."""
    return any(heard[at : at + len(wanted)] == wanted for at in range(len(heard)))


async def test_no_list_of_channels_shows_the_secret_and_no_stranger_is_told_anything(centre: RunningCentre) -> None:
    lines = (centre.state / "secrets.env").read_text().splitlines()
    secret = next(line.partition("=")[2] for line in lines if line.startswith("TRONCAL_AGI_SECRET="))
    dialplan = (centre.state / "asterisk/etc/extensions.conf").read_text()
    (port,) = set(re.findall(r"agi://127\.0\.0\.1:(\d+)/", dialplan))
    async with visit(centre, STRANGER.format(7), "102", "1") as call:
        await call.heard.until(call.number, "troncal/identificar-contrato")
        name = centre.console("core show channels concise").partition("!")[0]
        shown = centre.console(f"core show channel {name}")
        assert re.search(r"GOSUB_RETVAL=[0-9a-f]{40}\n", shown), shown
        assert secret not in shown
        assert await answered_to(int(port), head("amount_owed", caller="70700001")) == b""
        assert await answered_to(int(port), head("amount_owed", caller="70700001", secret=secret)) != b""


async def answered_to(port: int, said: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    try:
        return await asyncio.wait_for(reader.readline(), 10)
    finally:
        writer.close()
