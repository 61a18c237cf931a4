"""What agents say of calls, whenever they say it: while the telephone is still at it, twice, late or never."""

import pytest
from sqlalchemy import select

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.calls import queue_entries
from callcenter.records.campaigns import campaign_attempts
from callcenter.records.outgoing_calls import outgoing_calls
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import DialMode
from dialer.contacts.agreements import NotAgreeable
from dialer.contacts.attempts import SAID_WITHIN_US, DialOrder
from dialer.contacts.rows import StoredAttempt
from dialer.contacts.saying import NotTheirCall
from dialer.do_not_call import DoNotCallList
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled

AGENT = "1001"
HOUR = 3600


async def begin(dialled: Dialled, contact: int, member: str | None = None) -> StoredAttempt | None:
    order = DialOrder(contact, DialMode.PROGRESSIVE, member)
    return await dialled.attempts.begin(order, dialled.turns, await dialled.lease(), dialled.now_us)


async def begun(dialled: Dialled, *numbers: str) -> StoredAttempt:
    made = await begin(dialled, await dialled.add(*numbers))
    assert made is not None
    return made


async def talked(dialled: Dialled, *numbers: str) -> StoredAttempt:
    """A call with an agent, which is over."""
    attempt = await begun(dialled, *numbers)
    await close(dialled, attempt)
    return attempt


async def close(dialled: Dialled, attempt: StoredAttempt) -> None:
    over = AttemptResult(OutgoingResult.ANSWERED, is_over=True, talked_us=dialled.now_us, member=AGENT)
    await dialled.attempts.close(attempt, over, dialled.turns, dialled.now_us)


async def say(dialled: Dialled, attempt: StoredAttempt, outcome: CallOutcome, by: str | None = AGENT) -> bool:
    told = (attempt.reference, outcome, dialled.turns, dialled.now_us)
    agreed = dialled.now_us + HOUR * MICROSECONDS if outcome is CallOutcome.CALL_AGAIN else None
    try:
        await dialled.attempts.say(*told, said_by=by, agreed_us=agreed)
    except NotTheirCall:
        return False
    return True


async def outcome_of(dialled: Dialled, attempt: StoredAttempt) -> str | None:
    query = select(campaign_attempts.c.outcome).where(campaign_attempts.c.reference == attempt.reference)
    async with dialled.database.reading() as connection:
        found: str | None = (await connection.execute(query)).scalar_one()
    return found


@pytest.mark.parametrize("outcome", [CallOutcome.WRONG_NUMBER, CallOutcome.CALL_AGAIN, CallOutcome.BUSY])
async def test_nobody_is_called_at_their_other_number_while_an_agent_still_talks(
    dialled: Dialled, outcome: CallOutcome
) -> None:
    attempt = await begun(dialled, MOBILE, FIXED)
    assert await say(dialled, attempt, outcome)
    dialled.pass_seconds(HOUR)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    assert (await dialled.contact(attempt.contact_id)).state is ContactState.CALLING
    assert await begin(dialled, attempt.contact_id) is None
    await close(dialled, attempt)
    dialled.pass_seconds(1)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    again = await begin(dialled, attempt.contact_id, AGENT)
    assert again is not None and again.number == (MOBILE if outcome is CallOutcome.CALL_AGAIN else FIXED)


async def test_the_dialer_says_nothing_of_a_call_of_which_the_agent_has_just_said_something(dialled: Dialled) -> None:
    attempt = await talked(dialled)
    dialled.now_us += SAID_WITHIN_US
    (found,) = await dialled.attempts.unsaid([dialled.campaign.id], dialled.now_us)
    assert await say(dialled, attempt, CallOutcome.PROMISED)
    assert not await say(dialled, found, CallOutcome.CONTACTED, by=None)
    assert await outcome_of(dialled, attempt) == CallOutcome.PROMISED


async def test_and_says_it_of_one_that_ended_long_before_it_was_up_again(dialled: Dialled) -> None:
    attempt = await talked(dialled)
    dialled.pass_seconds(15 * HOUR)
    (found,) = await dialled.attempts.unsaid([dialled.campaign.id], dialled.now_us)
    assert await say(dialled, found, CallOutcome.CONTACTED, by=None)
    assert (await dialled.contact(attempt.contact_id)).state is ContactState.OVER
    assert await dialled.attempts.unsaid([dialled.campaign.id], dialled.now_us) == ()


async def test_an_agent_who_says_it_twice_is_believed_the_second_time(dialled: Dialled) -> None:
    attempt = await talked(dialled)
    assert await say(dialled, attempt, CallOutcome.PROMISED)
    assert await say(dialled, attempt, CallOutcome.NO_ANSWER)
    contact = await dialled.contact(attempt.contact_id)
    assert contact.state is ContactState.WAITING
    assert contact.due_us == attempt.begun_us + 3 * HOUR * MICROSECONDS


async def test_a_number_that_an_outcome_barred_may_be_called_where_the_outcome_is_corrected(dialled: Dialled) -> None:
    attempt = await talked(dialled, MOBILE)
    assert await say(dialled, attempt, CallOutcome.NEVER_AGAIN)
    assert (await dialled.contact(attempt.contact_id)).state is ContactState.OVER
    assert await say(dialled, attempt, CallOutcome.BUSY)
    assert await dialled.barred() == []
    assert (await dialled.contact(attempt.contact_id)).state is ContactState.WAITING


async def test_but_not_one_that_somebody_barred_before(dialled: Dialled) -> None:
    attempt = await talked(dialled, MOBILE)
    await dialled.bar(MOBILE)
    for outcome in (CallOutcome.NEVER_AGAIN, CallOutcome.BUSY):
        assert await say(dialled, attempt, outcome)
    assert await dialled.barred() == [MOBILE]


async def test_nor_one_that_somebody_barred_since(dialled: Dialled) -> None:
    attempt = await talked(dialled, MOBILE)
    assert await say(dialled, attempt, CallOutcome.NEVER_AGAIN)
    barred = DoNotCallList(dialled.database, "4", lambda: dialled.now_us)
    assert await barred.add(MOBILE, "jefa", "por carta") == (MOBILE, False)
    assert await say(dialled, attempt, CallOutcome.BUSY)
    assert [(each.number, each.added_by) for each in await barred.search("")] == [(MOBILE, "jefa")]


async def test_nor_one_of_which_another_call_says_the_same(dialled: Dialled) -> None:
    first, second = await talked(dialled, MOBILE), await talked(dialled, MOBILE)
    for attempt in (first, second):
        assert await say(dialled, attempt, CallOutcome.NEVER_AGAIN)
    assert await say(dialled, first, CallOutcome.BUSY)
    assert await dialled.barred() == [MOBILE]
    assert await say(dialled, second, CallOutcome.BUSY)
    assert await dialled.barred() == []


async def test_nobody_says_what_a_call_came_to_that_came_to_nobody(dialled: Dialled) -> None:
    attempt = await begun(dialled, MOBILE)
    left = AttemptResult(OutgoingResult.ANSWERED, is_over=True, left_alone=True)
    await dialled.attempts.close(attempt, left, dialled.turns, dialled.now_us)
    assert not await say(dialled, attempt, CallOutcome.CONTACTED)
    assert await outcome_of(dialled, attempt) == CallOutcome.ABANDONED


@pytest.mark.parametrize(
    ("entry", "may"),
    [
        ({"answered_us": 3, "member": "1001", "outcome": "answered"}, True),
        ({"answered_us": 3, "member": "1002", "outcome": "open"}, False),
        ({"outcome": "abandoned"}, False),
        ({"outcome": "open"}, True),
        (None, True),
    ],
    ids=["theirs", "a-colleagues", "nobodys", "it-waits", "not-recorded"],
)
async def test_of_a_call_that_goes_on_the_records_know_whose_it_is(
    dialled: Dialled, entry: dict[str, object] | None, may: bool
) -> None:
    attempt = await begun(dialled, MOBILE)
    call = {"uniqueid": "c1", "node": "central", "purpose": "campaign", "reference": attempt.reference}
    async with dialled.database.transaction() as connection:
        await connection.execute(outgoing_calls.insert(), call | {"number": MOBILE, "dialled_us": 1, "rang": True})
        if entry is not None:
            row = {"uniqueid": "c1", "node": "central", "entered_us": 2, "ordinal": 1, "queue": "prepago", "boot_us": 1}
            row |= {"call": "c1", "line": "", "caller": MOBILE, "ended_by": "", "wait_min_us": 1, "wait_max_us": 1}
            await connection.execute(queue_entries.insert(), row | entry)
    assert await say(dialled, attempt, CallOutcome.PROMISED) is may


@pytest.mark.parametrize("agreed", [None, -1, 11 * HOUR, 40 * 24 * HOUR], ids=["none", "past", "at-night", "too-late"])
async def test_nobody_agrees_on_an_hour_at_which_the_campaign_does_not_call(
    dialled: Dialled, agreed: float | None
) -> None:
    attempt = await talked(dialled)
    agreed_us = None if agreed is None else dialled.now_us + round(agreed * MICROSECONDS)
    told = (attempt.reference, CallOutcome.CALL_AGAIN, dialled.turns, dialled.now_us)
    with pytest.raises(NotAgreeable):
        await dialled.attempts.say(*told, said_by=AGENT, agreed_us=agreed_us)
    assert await outcome_of(dialled, attempt) is None


async def test_an_agreed_hour_is_kept_where_the_telephone_was_not_rung_and_gone_once_it_was(dialled: Dialled) -> None:
    attempt = await talked(dialled, MOBILE)
    assert await say(dialled, attempt, CallOutcome.CALL_AGAIN)
    agreed_us = dialled.now_us + HOUR * MICROSECONDS
    dialled.pass_seconds(HOUR)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    for result in (OutgoingResult.UNPLACED, OutgoingResult.BUSY):
        again = await begin(dialled, attempt.contact_id, AGENT)
        assert again is not None
        over = AttemptResult(result, is_over=True)
        await dialled.attempts.close(again, over, dialled.turns, dialled.now_us)
        contact = await dialled.contact(attempt.contact_id)
        kept = result is OutgoingResult.UNPLACED
        assert (contact.agreed_us, contact.member) == ((agreed_us, AGENT) if kept else (None, None))
        dialled.pass_seconds(31)
        await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)


async def test_what_is_said_of_an_earlier_call_leaves_an_hour_that_was_agreed_since(dialled: Dialled) -> None:
    first = await talked(dialled, MOBILE)
    assert await say(dialled, first, CallOutcome.WRONG_NUMBER)
    assert await say(dialled, first, CallOutcome.NO_ANSWER)
    dialled.pass_seconds(4 * HOUR)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    second = await begin(dialled, first.contact_id)
    assert second is not None
    await close(dialled, second)
    assert await say(dialled, second, CallOutcome.CALL_AGAIN)
    assert await say(dialled, first, CallOutcome.BUSY)
    assert (await dialled.contact(first.contact_id)).agreed_us == dialled.now_us + HOUR * MICROSECONDS


async def test_of_a_call_with_a_customer_whom_nobody_can_read_it_is_said_what_it_came_to(dialled: Dialled) -> None:
    attempt = await talked(dialled, MOBILE)
    await dialled.spoil(attempt.contact_id)
    assert await say(dialled, attempt, CallOutcome.PROMISED)
    assert await outcome_of(dialled, attempt) == CallOutcome.PROMISED
    assert not await say(dialled, attempt, CallOutcome.REFUSED, by="1002")
    assert await outcome_of(dialled, attempt) == CallOutcome.PROMISED
