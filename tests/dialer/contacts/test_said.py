"""What agents say of calls, whenever they say it: while the telephone is still at it, twice, late or never."""

import pytest
from sqlalchemy import select

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import DialMode
from dialer.contacts.attempts import SAID_WITHIN_US, DialOrder
from dialer.contacts.rows import StoredAttempt
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled

AGENT = "1001"
HOUR = 3600


async def begin(dialled: Dialled, contact: int) -> StoredAttempt | None:
    order = DialOrder(contact, DialMode.PROGRESSIVE)
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
    said = await dialled.attempts.say(attempt.reference, outcome, dialled.turns, dialled.now_us, said_by=by)
    return said is not None


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
    again = await begin(dialled, attempt.contact_id)
    assert again is not None and again.number == FIXED


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


async def test_a_number_that_is_never_to_be_called_stays_so_whatever_is_said_then(dialled: Dialled) -> None:
    attempt = await talked(dialled, MOBILE)
    assert await say(dialled, attempt, CallOutcome.NEVER_AGAIN)
    assert await say(dialled, attempt, CallOutcome.BUSY)
    assert await dialled.barred() == [MOBILE]
    assert (await dialled.contact(attempt.contact_id)).state is ContactState.OVER
