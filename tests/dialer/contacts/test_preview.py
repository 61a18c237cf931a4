"""Whom an agent is shown before dialling."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection

from backoffice.smartflex.customers import ProductKind
from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.outgoing_calls import OutgoingResult
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import DialMode
from dialer.contacts.attempts import DialOrder
from dialer.contacts.model import SkipReason
from dialer.contacts.store import LOOKED_AT, SHOWN_FOR_US
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled, at


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


async def test_customers_who_are_never_to_be_called_are_passed_over_without_holding_others_up(dialled: Dialled) -> None:
    barred = [str(70000000 + each) for each in range(2 * LOOKED_AT)]
    for number in barred:
        await dialled.add(number)
        await dialled.bar(number)
    last, writes = await dialled.add(MOBILE), 0
    write = dialled.database.write

    async def counted(work: Callable[[Connection], Any]) -> Any:
        nonlocal writes
        writes += 1
        return await write(work)

    dialled.database.write = counted  # type: ignore[method-assign]
    shown = await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us)
    assert shown is not None and (shown.id, writes) == (last, 3)


async def test_nobody_is_shown_and_nothing_is_written_while_the_campaign_may_not_call(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    dialled.now_us = at(25, 21)
    assert await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us) is None
    assert (await dialled.contact(contact)).state is ContactState.READY


async def test_a_customer_whom_nobody_can_read_is_shown_to_nobody(dialled: Dialled) -> None:
    unreadable, shown_before, other = [await dialled.add(number) for number in ("70000001", "70000002", "70000003")]
    await dialled.spoil(unreadable)
    assert (await dialled.shown()).id == shown_before
    await dialled.spoil(shown_before)
    assert await dialled.contacts.shown_to("1001", dialled.campaign.id) is None
    assert (await dialled.shown()).id == other
    assert await dialled.contacts.find(unreadable) is None


async def test_who_has_paid_stays_out_whatever_is_said_of_a_call_before(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    order = DialOrder(contact, DialMode.PROGRESSIVE)
    attempt = await dialled.attempts.begin(order, dialled.turns, await dialled.lease(), dialled.now_us)
    assert attempt is not None
    talked = AttemptResult(OutgoingResult.ANSWERED, is_over=True, talked_us=dialled.now_us, member="1001")
    await dialled.attempts.close(attempt, talked, dialled.turns, dialled.now_us)
    told = (dialled.turns, dialled.now_us)
    await dialled.attempts.say(attempt.reference, CallOutcome.BUSY, *told, said_by="1001")
    dialled.now_us = at(25, 12)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    assert await dialled.contacts.show_next("1001", dialled.turns, dialled.now_us) is not None
    await dialled.contacts.skip(contact, "1001", SkipReason.ALREADY_PAID, dialled.turns, dialled.now_us)
    await dialled.attempts.say(attempt.reference, CallOutcome.NO_ANSWER, *told, said_by="1001")
    assert (await dialled.contact(contact)).state is ContactState.OVER
