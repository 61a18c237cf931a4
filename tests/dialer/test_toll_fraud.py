"""Every door by which a number comes to be dialled: none lets through what is not fixed or mobile in Bolivia.

Also that nothing of a list, a page, a program or a stored row reaches the dialplan that is more than text to it.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ami_bridge.actions.forms.allowed import OUTSIDE_EXTENSION, BadCommand
from ami_bridge.actions.forms.originates import place
from backoffice.extracts.prepaid_report import PrepaidRow
from backoffice.smartflex.customers import ProductKind
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.callbacks.rules import CallbackReason, QueuePosition, Rules, may_be_dialled, own_numbers
from callcenter.callbacks.store import CallbackRequest, CallbackStore
from callcenter.campaign_outcomes import ContactState
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.messages.call_commands import Originate
from callcenter.messages.envelope import Service
from callcenter.messages.facts import AgentStatus
from callcenter.numbers import Number, NumberKind
from callcenter.outgoing_calls import PLACED, OutgoingPurpose
from dialer.campaigns.model import DialMode
from dialer.campaigns.settings import refusals
from dialer.campaigns.window import prepaid_window
from dialer.contacts.attempts import DialOrder
from dialer.contacts.store import ContactStore
from dialer.do_not_call import DoNotCallList, NotCallable
from dialer.engine.placing import OutboundRoute, OutsideCall, Placer, Placing
from dialer.lists.listed import listed
from tests.conftest import SqliteDatabases
from tests.dialer.campaign_rows import add_contact, make_campaign
from tests.dialer.campaigns.kept import moment, settings
from tests.dialer.contacts.conftest import Dialled
from tests.dialer.engine.stage import CENTRE, dialing, looked
from tests.dialer.engine.test_campaigns import running_campaign

pytestmark = pytest.mark.database

GOOD = "70712345"
OWN = own_numbers((line.number for line in CENTRE.lines), CENTRE.about.area_code)
# Other countries, dear and toll-free numbers, short lines, prefixes of carriers, and what a dialplan would read.
COSTLY = ("0015551234567", "+15551234567", "+59170712345", "0070712345", "01070712345", "80013131", "900123456", "1900")
HOSTILE = (
    *(*COSTLY, "800131313", "110", "102", "", "7071234", "707123456", "40712345", "١٢٣٤٥٦٧٨", "７０７１２３４５"),
    *("70712345@otra", "70712345&PJSIP/001", "70712345^x", "70712345,x", "70712345)x", "${EXTEN}", "70712345 ", "\n"),
    *(
        "70712345;ext=9",
        "70712345\r\nAction: Originate",
        "*72",
        "#31#70712345",
        "p70712345",
        "7071-2345",
        "70712345\x00",
    ),
)
TEXT = st.text(max_size=20) | st.text("0123456789+*#^,@&${}();|\r\n ", max_size=20)


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """A SQLite file: what is asked here is not what a database does."""
    return sqlite_databases.migrated()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """That file."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def dialled(database: Database) -> Dialled:
    return Dialled(database, await make_campaign(database, prepaid_window(date(2026, 11, 30))))


def is_harmless(number: str) -> bool:
    return OUTSIDE_EXTENSION.fullmatch(number) is not None


# -- what may be dialled is the same for everybody ----------------------------------------------------


@given(TEXT | st.from_regex(OUTSIDE_EXTENSION, fullmatch=True))
def test_the_rule_is_that_of_the_bridge(text: str) -> None:
    assert may_be_dialled(text) is is_harmless(text)


@pytest.mark.parametrize("number", HOSTILE)
def test_none_of_these_may_be_dialled(number: str) -> None:
    assert not may_be_dialled(number) and not is_harmless(number)


# -- lists --------------------------------------------------------------------------------------------


def report_row(*telephones: Number) -> PrepaidRow:
    said = (2, "customer_code:1", "1", "", "JUANA")
    return PrepaidRow(*said, telephones, ProductKind.INTERNET, date(2026, 11, 30), None, None, "")


@given(st.lists(st.builds(Number, TEXT, st.sampled_from(NumberKind)), max_size=5))
def test_a_list_brings_in_no_other_number_whatever_its_reader_let_through(telephones: list[Number]) -> None:
    found = list(listed(report_row(*telephones), OWN))
    numbers = [number for each in found for number in getattr(each, "numbers", ())]
    assert all(is_harmless(number) and number not in OWN for number in numbers)


@pytest.mark.parametrize("number", sorted(OWN))
def test_a_list_never_has_the_centre_call_itself(number: str) -> None:
    assert not any(hasattr(each, "numbers") for each in listed(report_row(Number(number, NumberKind.FIXED)), OWN))


# -- rows that stand in the table, whoever wrote them -------------------------------------------------


@pytest.mark.parametrize("mode", [DialMode.PROGRESSIVE, DialMode.PREVIEW])
async def test_no_attempt_begins_at_another_number_that_stands_in_the_table(dialled: Dialled, mode: DialMode) -> None:
    agent = "1001" if mode is DialMode.PREVIEW else None
    lease, now = (None if agent else await dialled.lease()), dialled.now_us
    for number in HOSTILE:
        order = DialOrder(await dialled.add(number), mode, agent)
        assert await dialled.attempts.begin(order, dialled.turns, lease, now) is None
        assert (await dialled.contact(order.contact_id)).state is ContactState.OVER
    beside = DialOrder(await dialled.add(*HOSTILE, GOOD), mode, agent)
    begun = await dialled.attempts.begin(beside, dialled.turns, lease, now)
    assert begun is not None and begun.number == GOOD


async def test_no_agent_is_shown_a_customer_with_no_other_number(dialled: Dialled) -> None:
    for number in HOSTILE:
        await dialled.add(number)
    assert await ContactStore(dialled.database).show_next("1001", dialled.turns, dialled.now_us) is None


async def test_the_dialer_outlives_such_rows_and_calls_the_others(database: Database) -> None:
    campaign = await running_campaign(database, "+15551234567", "70712345 ", "70712345^x")
    await add_contact(database, campaign, GOOD)
    store, at_us = CallbackStore(database, "central", Rules()), now_us()
    for place_, number in enumerate(("+15551234567", "00 155")):
        position = QueuePosition(0, at_us)
        await store.ask(CallbackRequest(number, "102", "102", f"c{place_}", position, CallbackReason.KEY), at_us)
    async with dialing(database) as bridge:
        bridge.publish_agent("1003", AgentStatus.AVAILABLE, "prepago")
        bridge.publish_queue("102", available=6)
        command = await bridge.next_command()
        await looked(database, bridge)
        assert bridge.commands.empty()
    assert command.interface == f"PJSIP/{GOOD}@red-publica"


# -- commands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", PLACED)
@pytest.mark.parametrize("number", HOSTILE)
async def test_no_command_goes_out_for_another_number(number: str, purpose: OutgoingPurpose) -> None:
    placer = Placer(MemoryBus(MemoryBroker(), Service.DIALER, "central"), OutboundRoute("central", "trunk"), now_us)
    assert await placer.place(OutsideCall(purpose, "campaign-1-1", number, "102", 25, now_us())) is Placing.REFUSED


def ordered(**changes: Any) -> dict[str, str]:
    """The AMI action of an order. Raises ValidationError where it is none, BadCommand where it is not allowed."""
    at_us = now_us()
    values: dict[str, Any] = {
        **{
            "node": "central",
            "command_id": uuid4(),
            "issued_us": at_us,
            "expires_us": at_us + 1,
            "issued_by": "dialer",
        },
        **{"interface": f"PJSIP/{GOOD}@trunk", "exten": "campaign", "caller_id": "102", "ring_seconds": 25},
        **{"reference": "campaign-1-1", "queue": "prepago"},
    }
    return place(Originate(**(values | changes)))


FIELDS = st.sampled_from(["interface", "exten", "caller_id", "reference", "queue"])


@given(FIELDS, TEXT | TEXT.map(lambda text: f"PJSIP/{GOOD}@trunk{text}") | TEXT.map(lambda text: f"campaign{text}"))
def test_a_bridge_that_is_told_anything_writes_one_action_with_one_value_a_variable(field: str, text: str) -> None:
    try:
        action = ordered(**{field: text})
    except (ValidationError, BadCommand):
        return
    assert not any(letter in value for value in action.values() for letter in "\r\n^$(){}|;&")
    assert is_harmless(action["Variable"].split("TRONCAL_DIALLED=")[1].split(",")[0])
    assert all("=" in each for each in action["Variable"].split(","))


@pytest.mark.parametrize("number", HOSTILE)
def test_a_bridge_refuses_another_number_whoever_orders_it(number: str) -> None:
    with pytest.raises((ValidationError, BadCommand)):
        ordered(interface=f"PJSIP/{number}@trunk")


# -- what people and programs write -------------------------------------------------------------------


@given(TEXT.filter(lambda text: text not in {each.name for each in CENTRE.outbound}))
def test_a_campaign_has_no_queue_that_the_centre_does_not_call_from(text: str) -> None:
    assert refusals(settings(queue=text), CENTRE, moment(2026, 11, 20, 10))


@given(TEXT.filter(lambda text: text not in CENTRE.lines_by_number))
def test_a_campaign_shows_no_line_that_is_not_the_centres(text: str) -> None:
    assert refusals(settings(line=text), CENTRE, moment(2026, 11, 20, 10))


async def test_the_do_not_call_list_has_only_numbers_that_would_be_called(database: Database) -> None:
    kept = DoNotCallList(database, "4", now_us)
    for number in HOSTILE:
        try:
            added, _ = await kept.add(number, "jefa")
        except NotCallable:
            continue
        assert is_harmless(added)
    assert all(is_harmless(each.number) for each in await kept.search(""))
