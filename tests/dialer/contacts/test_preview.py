"""Whom an agent is shown before dialling."""

from datetime import date

from backoffice.smartflex.customers import ProductKind
from callcenter.campaign_outcomes import ContactState
from dialer.campaigns.model import DialMode
from dialer.contacts.attempts import DialOrder
from dialer.contacts.model import SkipReason
from dialer.contacts.store import SHOWN_FOR_US
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled


async def test_each_agent_is_shown_another_customer_and_the_same_one_again(dialled: Dialled) -> None:
    later = await dialled.add(MOBILE, expires=date(2026, 12, 31))
    sooner = await dialled.add(FIXED)
    first = await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
    second = await dialled.contacts.show_next("1002", dialled.turns, dialled.now_us)
    again = await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
    assert [each.id for each in (first, second, again) if each] == [sooner, later, sooner]
    assert await dialled.contacts.show_next("1003", dialled.turns, dialled.now_us) is None


async def test_lists_are_shared_out_by_service(dialled: Dialled) -> None:
    await dialled.add(MOBILE)
    cable = await dialled.add(FIXED, service=ProductKind.CABLE_TV)
    shown = await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us, services=("cable_tv",))
    assert shown is not None and shown.id == cable


async def test_only_the_agent_who_was_shown_a_customer_dials_them(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
    wrong, right = (DialOrder(contact, DialMode.PREVIEW, member) for member in ("1002", "1001"))
    assert await dialled.attempts.begin(wrong, dialled.turns, None, dialled.now_us) is None
    assert await dialled.attempts.begin(right, dialled.turns, None, dialled.now_us) is not None


async def test_a_customer_who_was_looked_at_for_too_long_is_anybodys(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
    dialled.now_us += SHOWN_FOR_US
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    shown = await dialled.contacts.show_next("1002", dialled.turns, dialled.now_us)
    assert shown is not None and shown.id == contact


async def test_who_is_skipped_comes_again_later_unless_there_is_nothing_to_say(dialled: Dialled) -> None:
    contacts = [await dialled.add(number) for number in (MOBILE, FIXED)]
    for reason in (SkipReason.NOT_NOW, SkipReason.ALREADY_PAID):
        shown = await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
        assert shown is not None
        assert await dialled.contacts.skip(shown.id, "1001", reason, dialled.turns, dialled.now_us)
    states = [(await dialled.contact(each)).state for each in contacts]
    assert states == [ContactState.WAITING, ContactState.OVER]


async def test_nobody_skips_a_customer_of_another_agent(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
    assert not await dialled.contacts.skip(contact, "1002", SkipReason.OTHER, dialled.turns, dialled.now_us)
