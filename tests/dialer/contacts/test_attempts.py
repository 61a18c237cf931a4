"""Attempts: begun once, by the rules, and what follows when they end."""

import asyncio
from dataclasses import replace

import pytest

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.centre.model import OpenSpan
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import AnsweredBy, OutgoingResult
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import CampaignState, DialMode
from dialer.contacts.agreements import KEPT_FOR_US
from dialer.contacts.attempts import DialOrder
from dialer.contacts.rows import StoredAttempt
from dialer.contacts.saying import NotTheirCall
from dialer.contacts.tally import day_tally
from dialer.pacing.situation import LEAST_RING_SECONDS, DayTally
from tests.dialer.campaign_rows import WEEK
from tests.dialer.contacts.conftest import FIXED, MOBILE, Dialled, at

HOUR = 3600
MINUTE_US = 60 * MICROSECONDS


def ended(result: OutgoingResult, **more: object) -> AttemptResult:
    return AttemptResult(result, is_over=True, **more)  # type: ignore[arg-type]


async def begin(dialled: Dialled, contact: int, *, agent: str | None = None) -> StoredAttempt | None:
    lease = None if agent else await dialled.lease()
    mode = DialMode.PREVIEW if agent else DialMode.PROGRESSIVE
    return await dialled.attempts.begin(DialOrder(contact, mode, agent), dialled.turns, lease, dialled.now_us)


async def begun(dialled: Dialled, contact: int, *, agent: str | None = None) -> StoredAttempt:
    made = await begin(dialled, contact, agent=agent)
    assert made is not None
    return made


async def close(dialled: Dialled, attempt: StoredAttempt, result: AttemptResult) -> None:
    await dialled.attempts.close(attempt, result, dialled.turns, dialled.now_us)


async def say(dialled: Dialled, attempt: StoredAttempt, outcome: CallOutcome, by: str | None = "1001") -> bool:
    try:
        await dialled.attempts.say(attempt.reference, outcome, dialled.turns, dialled.now_us, said_by=by)
    except NotTheirCall:
        return False
    return True


async def test_a_customer_is_called_once_however_many_ask(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    lease, order = await dialled.lease(), DialOrder(contact, DialMode.PROGRESSIVE)
    tries = [dialled.attempts.begin(order, dialled.turns, lease, dialled.now_us + n) for n in range(5)]
    made = [each for each in await asyncio.gather(*tries) if each is not None]
    assert [each.number for each in made] == [MOBILE]
    assert (await dialled.contact(contact)).state is ContactState.CALLING


async def test_a_number_that_rings_for_somebody_is_rung_for_nobody_else(dialled: Dialled) -> None:
    first, second = await dialled.add(MOBILE), await dialled.add(MOBILE)
    attempt = await begun(dialled, first)
    assert await begin(dialled, second) is None
    assert (await dialled.contact(second)).state is ContactState.WAITING
    await close(dialled, attempt, ended(OutgoingResult.BUSY))
    dialled.pass_seconds(31)
    assert await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us) == 1
    assert (await begun(dialled, second)).number == MOBILE


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.ENDED, CampaignState.READY])
async def test_nobody_is_called_by_a_campaign_that_does_not_run(dialled: Dialled, state: CampaignState) -> None:
    contact = await dialled.add()
    turns = dialled.turns  # of the moment before
    await dialled.set_state(state)
    lease, order = await dialled.lease(), DialOrder(contact, DialMode.PROGRESSIVE)
    assert await dialled.attempts.begin(order, turns, lease, dialled.now_us) is None
    assert (await dialled.contact(contact)).state is ContactState.READY


async def test_a_process_that_lost_the_lease_begins_nothing(dialled: Dialled) -> None:
    contact, lost = await dialled.add(), await dialled.lease()
    dialled.pass_seconds(60)
    assert await dialled.leases.take("another") is not None
    order = DialOrder(contact, DialMode.PROGRESSIVE)
    assert await dialled.attempts.begin(order, dialled.turns, lost, dialled.now_us) is None
    assert await dialled.references() == []


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [(at(25, 7, 59), False), (at(25, 8), True), (at(30, 19, 59), True), (at(30, 20), False), (at(24, 12), False)],
)
async def test_nobody_is_called_outside_the_hours_of_the_campaign(dialled: Dialled, moment: int, allowed: bool) -> None:
    contact = await dialled.add()
    dialled.now_us = moment
    assert (await begin(dialled, contact) is not None) is allowed


async def test_numbers_on_the_list_are_never_called(dialled: Dialled) -> None:
    contact, other = await dialled.add(MOBILE, FIXED), await dialled.add(MOBILE)
    await dialled.bar(MOBILE)
    assert (await begun(dialled, contact)).number == FIXED
    assert await begin(dialled, other) is None
    assert (await dialled.contact(other)).state is ContactState.OVER


async def test_a_busy_telephone_is_tried_again_after_a_quarter_of_an_hour_at_the_next_number(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE, FIXED)
    attempt = await begun(dialled, contact)
    dialled.pass_seconds(5)
    await close(dialled, attempt, ended(OutgoingResult.BUSY))
    waiting = await dialled.contact(contact)
    assert (waiting.state, waiting.due_us) == (ContactState.WAITING, attempt.begun_us + 900 * MICROSECONDS)
    dialled.pass_seconds(900)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    assert (await begun(dialled, contact)).number == FIXED


async def test_a_call_that_never_rang_does_not_count(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    attempt = await begun(dialled, contact)
    await close(dialled, attempt, ended(OutgoingResult.UNPLACED))
    waiting = await dialled.contact(contact)
    assert (waiting.state, waiting.attempts) == (ContactState.WAITING, 0)


async def test_attempts_end_with_the_rules(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    for _ in range(dialled.campaign.rules.number_a_day):
        await close(dialled, await begun(dialled, contact), ended(OutgoingResult.NO_ANSWER))
        dialled.pass_seconds(3 * HOUR)
        await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    waiting = await dialled.contact(contact)
    assert waiting.state is ContactState.WAITING and waiting.due_us == at(26, 8)


async def test_of_a_call_with_an_agent_the_agent_says_what_it_came_to(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    attempt = await begun(dialled, contact)
    talked = ended(OutgoingResult.ANSWERED, talked_us=dialled.now_us, member="1001")
    await close(dialled, attempt, talked)
    assert (await dialled.contact(contact)).state is ContactState.CALLING
    assert not await say(dialled, attempt, CallOutcome.PROMISED, by="1002")
    assert await say(dialled, attempt, CallOutcome.PROMISED)
    assert (await dialled.contact(contact)).state is ContactState.OVER


async def test_of_a_call_about_which_nobody_says_anything_the_dialer_knows_after_half_an_hour(dialled: Dialled) -> None:
    attempt = await begun(dialled, await dialled.add(MOBILE))
    await close(dialled, attempt, ended(OutgoingResult.ANSWERED, talked_us=dialled.now_us, member="1001"))
    assert await dialled.attempts.unsaid([dialled.campaign.id], dialled.now_us) == ()
    dialled.pass_seconds(HOUR / 2)
    assert [each.reference for each in await dialled.attempts.unsaid([dialled.campaign.id], dialled.now_us)] == [
        attempt.reference
    ]


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (ended(OutgoingResult.ANSWERED, left_alone=True), CallOutcome.ABANDONED),
        (ended(OutgoingResult.ANSWERED, answered_by=AnsweredBy.MACHINE), CallOutcome.MACHINE),
        (ended(OutgoingResult.REJECTED), CallOutcome.BUSY),
        (ended(OutgoingResult.CANCELLED), CallOutcome.FAILED),
        (ended(OutgoingResult.INTERRUPTED), CallOutcome.FAILED),
    ],
)
async def test_of_the_others_the_telephone_says_it(
    dialled: Dialled, result: AttemptResult, outcome: CallOutcome
) -> None:
    attempt = await begun(dialled, await dialled.add(MOBILE))
    left = await dialled.attempts.close(attempt, result, dialled.turns, dialled.now_us)
    assert left is not None and left.state is ContactState.WAITING
    assert left.due_us == attempt.begun_us + dialled.campaign.rules.pauses_seconds[outcome] * MICROSECONDS


async def test_a_telephone_that_we_left_while_it_rang_counts_for_nothing_and_rings_again_only_later(
    dialled: Dialled,
) -> None:
    contact, rules = await dialled.add(MOBILE), dialled.campaign.rules
    for _ in range(rules.number_a_day + 1):
        attempt = await begun(dialled, contact)
        await close(dialled, attempt, ended(OutgoingResult.CANCELLED))
        waiting = await dialled.contact(contact)
        pause_us = rules.pauses_seconds[CallOutcome.FAILED] * MICROSECONDS
        assert (waiting.attempts, waiting.due_us) == (0, attempt.begun_us + pause_us)
        dialled.now_us += pause_us
        await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)


async def test_a_telephone_that_we_left_is_left_alone_whatever_pauses_are_set(dialled: Dialled) -> None:
    await dialled.set_rules(pauses_seconds={})
    contact = await dialled.add(MOBILE)
    attempt = await begun(dialled, contact)
    await close(dialled, attempt, ended(OutgoingResult.CANCELLED))
    waiting = await dialled.contact(contact)
    assert waiting.due_us is not None and waiting.due_us >= attempt.begun_us + 15 * MINUTE_US


async def test_one_that_we_left_after_it_had_rung_long_enough_was_not_answered(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    attempt = await begun(dialled, contact)
    ended_us = attempt.begun_us + round(LEAST_RING_SECONDS * MICROSECONDS)
    await close(dialled, attempt, replace(ended(OutgoingResult.CANCELLED), ended_us=ended_us))
    assert (await dialled.contact(contact)).attempts == 1
    (kept,) = await dialled.attempts.last_of(dialled.campaign.id, 9)
    assert kept.outcome is CallOutcome.NO_ANSWER


async def test_one_that_an_agent_let_ring_and_gave_up_was_not_answered(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE)
    await close(dialled, await begun(dialled, contact, agent="1001"), ended(OutgoingResult.CANCELLED, member="1001"))
    assert (await dialled.contact(contact)).attempts == 1


@pytest.mark.parametrize(
    "result",
    [ended(OutgoingResult.ANSWERED, left_alone=True), ended(OutgoingResult.ANSWERED, answered_by=AnsweredBy.MACHINE)],
    ids=["abandoned", "machine"],
)
async def test_no_agent_says_what_a_call_came_to_that_none_had(dialled: Dialled, result: AttemptResult) -> None:
    attempt = await begun(dialled, await dialled.add(MOBILE))
    await close(dialled, attempt, result)
    assert not await say(dialled, attempt, CallOutcome.CONTACTED)


async def test_the_day_counts_every_person_who_answered_and_of_these_the_abandoned(dialled: Dialled) -> None:
    ends = (
        ended(OutgoingResult.ANSWERED, talked_us=dialled.now_us, member="1001"),
        ended(OutgoingResult.ANSWERED, left_alone=True),
        ended(OutgoingResult.ANSWERED),  # hung up before an agent was due
        ended(OutgoingResult.ANSWERED, answered_by=AnsweredBy.MACHINE),
        ended(OutgoingResult.CANCELLED),
        ended(OutgoingResult.NO_ANSWER),
    )
    for number, each in enumerate(ends):
        await close(dialled, await begun(dialled, await dialled.add(f"7070000{number}")), each)
    assert await day_tally(dialled.database, dialled.campaign.id, at(25, 0)) == DayTally(live_answers=3, abandoned=1)


async def test_who_pressed_for_an_agent_and_got_none_was_abandoned_although_the_message_was_heard(
    dialled: Dialled,
) -> None:
    contact, lease = await dialled.add(MOBILE), await dialled.lease()
    order = DialOrder(contact, DialMode.AGENTLESS)
    attempt = await dialled.attempts.begin(order, dialled.turns, lease, dialled.now_us)
    assert attempt is not None
    left = ended(OutgoingResult.ANSWERED, told="campana-sin-agente", pressed="1", left_alone=True)
    await close(dialled, attempt, left)
    assert (await dialled.contact(contact)).state is ContactState.WAITING


async def test_a_wrong_number_ends_that_number_alone(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE, FIXED)
    await close(dialled, await begun(dialled, contact), ended(OutgoingResult.WRONG_NUMBER))
    dialled.pass_seconds(1)
    assert (await begun(dialled, contact)).number == FIXED


async def test_who_asks_never_to_be_called_again_is_not_by_any_campaign(dialled: Dialled) -> None:
    contact = await dialled.add(MOBILE, FIXED)
    attempt = await begun(dialled, contact)
    await close(dialled, attempt, ended(OutgoingResult.ANSWERED, talked_us=dialled.now_us, member="1001"))
    assert await say(dialled, attempt, CallOutcome.NEVER_AGAIN)
    assert await dialled.barred() == [MOBILE]
    assert (await dialled.contact(contact)).state is ContactState.OVER


async def test_who_asks_to_be_called_at_an_hour_is_called_then_at_the_same_number_and_by_the_same_agent(
    dialled: Dialled,
) -> None:
    contact, other = await dialled.add(MOBILE, FIXED), await dialled.add("70000001")
    attempt = await begun(dialled, contact)
    await close(dialled, attempt, ended(OutgoingResult.ANSWERED, talked_us=dialled.now_us, member="1001"))
    await dialled.attempts.say(
        *(attempt.reference, CallOutcome.CALL_AGAIN, dialled.turns, dialled.now_us),
        said_by="1001",
        agreed_us=at(25, 15),
    )
    waiting = await dialled.contact(contact)
    assert (waiting.state, waiting.due_us, waiting.member) == (ContactState.WAITING, at(25, 15), "1001")
    dialled.now_us = at(25, 15)
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    assert await dialled.contacts.ready(dialled.campaign.id, 9, dialled.now_us) == (other,)
    assert await dialled.contacts.agreed(dialled.campaign.id, ["1002"], dialled.now_us) == {}
    assert await dialled.contacts.agreed(dialled.campaign.id, ["1002", "1001"], dialled.now_us) == {"1001": contact}
    assert await begin(dialled, contact) is None
    assert await begin(dialled, contact, agent="1002") is None
    assert (await begun(dialled, contact, agent="1001")).number == MOBILE


async def test_and_first_of_all_by_whoever_is_free_where_that_agent_is_not_there_in_time(dialled: Dialled) -> None:
    other, contact = await dialled.add("70000001"), await dialled.add(MOBILE)
    attempt = await begun(dialled, contact)
    await close(dialled, attempt, ended(OutgoingResult.ANSWERED, talked_us=dialled.now_us, member="1001"))
    told = (attempt.reference, CallOutcome.CALL_AGAIN, dialled.turns, dialled.now_us)
    await dialled.attempts.say(*told, said_by="1001", agreed_us=at(25, 15))
    dialled.now_us = at(25, 15) + KEPT_FOR_US
    await dialled.contacts.wake_due(dialled.campaign.id, dialled.now_us)
    assert await dialled.contacts.ready(dialled.campaign.id, 9, dialled.now_us) == (contact, other)
    assert (await begun(dialled, contact)).number == MOBILE


async def test_nobody_is_called_by_rules_that_are_not_the_campaigns_any_more(dialled: Dialled) -> None:
    contact, before = await dialled.add(), dialled.turns
    later = (OpenSpan.model_validate({"days": WEEK, "from": "16:00", "to": "20:00"}),)
    await dialled.set_rules(hours=later)
    lease, order = await dialled.lease(), DialOrder(contact, DialMode.PROGRESSIVE)
    assert await dialled.attempts.begin(order, before, lease, dialled.now_us) is None
    assert await begin(dialled, contact) is None
    assert (await dialled.contact(contact)).due_us == at(25, 16)
