"""What a campaign's call came to, by the agent who had it."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from agent_api.routes import agent_campaigns as said
from callcenter.audit import AuditAction
from callcenter.database.leases import Leases
from callcenter.messages.facts import AgentStatus, CallAnswered, CallEnded, CallEndedBy, CallOffered
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_contacts, campaigns
from callcenter.records.contacts import contact_notes
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.users import audit_log
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import CampaignState, DialMode
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.store import ContactStore
from tests.agent_api.api_site import NODE
from tests.agent_api.campaigns.conftest import AGENT, COLLEAGUE, FIXED, MOBILE, QUEUE, CampaignSite
from tests.waiting import answered

pytestmark = pytest.mark.database

ANSWERED = AttemptResult(OutgoingResult.ANSWERED, is_over=True)
UNIQUEID = "1790000000.7"


async def test_the_outcome_of_a_call_is_kept_and_settles_the_customer(desk: CampaignSite) -> None:
    contact = await desk.add(MOBILE)
    reference = await desk.dialled()
    answer = await desk.order("outcome", reference=reference, outcome="promised", note="Paga el viernes")
    assert answer.json()["detail"] == "Anotado: Promete pagar."
    (attempt,) = await desk.attempts()
    assert (attempt.outcome, attempt.said_by, attempt.note) == ("promised", AGENT, "Paga el viernes")
    await desk.closed(reference, ANSWERED)
    assert await state_of(desk, contact) == "over"
    async with desk.database.reading() as connection:
        query = select(audit_log.c.details).where(audit_log.c.what == AuditAction.CAMPAIGN_OUTCOME.value)
        details = (await connection.execute(query)).scalar_one()
    assert (details["attempt"], details["outcome"]) == (reference, "promised")


async def test_the_outcome_of_a_call_is_kept_and_written_down_where_nobody_can_read_the_customer(
    desk: CampaignSite,
) -> None:
    await desk.add(MOBILE)
    reference = await desk.dialled()
    await desk.closed(reference, ANSWERED)
    await desk.write(update(campaign_contacts), numbers="{")
    answer = await desk.order("outcome", reference=reference, outcome="promised")
    assert answer.json()["detail"] == "Anotado: Promete pagar."
    async with desk.database.reading() as connection:
        query = select(audit_log.c.details).where(audit_log.c.what == AuditAction.CAMPAIGN_OUTCOME.value)
        details = (await connection.execute(query)).scalar_one()
    assert (details["attempt"], details["outcome"]) == (reference, "promised")


async def test_the_outcome_is_asked_for_until_it_is_said(desk: CampaignSite) -> None:
    await desk.add(MOBILE)
    reference = await desk.dialled()
    assert (await desk.get())["attempt"]["stage"] == "live"
    await desk.closed(reference, ANSWERED)
    desk.sessions[AGENT] = await desk.site.token(AGENT)
    asked = (await desk.get())["attempt"]
    assert (asked["unsaid"], asked["stage"], asked["attempt"]["reference"]) == (True, "over", reference)
    assert asked["customer"]["name"] == "Ana Quispe"


async def test_what_the_telephone_has_said_is_not_asked_for(desk: CampaignSite) -> None:
    await desk.add(MOBILE)
    await desk.closed(await desk.dialled(), AttemptResult(OutgoingResult.BUSY, is_over=True))
    attempt = (await desk.get())["attempt"]
    assert (attempt["unsaid"], attempt["attempt"]["text"]) == (False, "Ocupado")


async def test_an_outcome_is_corrected_on_the_same_day_only(desk: CampaignSite) -> None:
    await desk.add(MOBILE)
    reference = await desk.dialled()
    await desk.closed(reference, ANSWERED)
    for outcome in ("contacted", "refused"):
        assert (await desk.order("outcome", reference=reference, outcome=outcome)).status_code == 200
    desk.clock.pass_seconds(15 * 3600)
    desk.sessions[AGENT] = await desk.site.token(AGENT)
    assert (await desk.order("outcome", reference=reference, outcome="busy")).json()["detail"] == said.NOT_THEIRS
    (attempt,) = await desk.attempts()
    assert attempt.outcome == "refused"


async def test_nobody_says_the_outcome_of_a_colleagues_call(desk: CampaignSite) -> None:
    await desk.add(MOBILE)
    reference = await desk.dialled()
    for sent in (reference, "campaign-1-1"):
        answer = await desk.order("outcome", COLLEAGUE, reference=sent, outcome="never_again")
        assert (answer.status_code, answer.json()["detail"]) == (409, said.NOT_THEIRS)


@pytest.mark.parametrize("outcome", ["abandoned", "failed", "otro"])
async def test_what_only_the_dialer_says_no_agent_does(desk: CampaignSite, outcome: str) -> None:
    await desk.add(MOBILE)
    reference = await desk.dialled()
    assert (await desk.order("outcome", reference=reference, outcome=outcome)).status_code == 422


@pytest.mark.parametrize(
    ("day", "hour", "text"),
    [
        ("2036-11-25", "09:00", "ya pasó"),
        ("2036-11-26", "22:00", "fuera del horario"),
        ("2036-12-01", "10:00", "llama hasta el 30/11/2036"),
        ("9999-12-31", "23:59", "llama hasta el 30/11/2036"),
        (None, "10:00", "Elija el día y la hora"),
        ("2036-11-26", None, "Elija el día y la hora"),
    ],
)
async def test_nobody_agrees_to_call_when_the_campaign_does_not(
    desk: CampaignSite, day: str | None, hour: str | None, text: str
) -> None:
    await desk.add(MOBILE)
    order: dict[str, Any] = {"reference": await desk.dialled(), "outcome": "call_again", "day": day, "hour": hour}
    answer = await desk.order("outcome", **order)
    assert answer.status_code == 422 and text in answer.json()["detail"]
    assert (await desk.get())["attempt"]["unsaid"]


async def test_who_asked_to_be_called_again_comes_to_the_same_agent_at_that_hour(desk: CampaignSite) -> None:
    contact = await desk.add(MOBILE)
    await desk.add(FIXED)
    reference = await desk.dialled()
    await desk.closed(reference, ANSWERED)
    await desk.set_state(CampaignState.PAUSED)
    order = {"reference": reference, "outcome": "call_again", "day": "2036-11-25", "hour": "15:30"}
    assert (await desk.order("outcome", **order)).status_code == 200
    await desk.set_state(CampaignState.RUNNING)
    desk.clock.pass_seconds(5.6 * 3600)
    await ContactStore(desk.database).wake_due(desk.campaign.id, desk.clock.now_us)
    assert await desk.shown(COLLEAGUE) != contact
    assert await desk.shown() == contact
    shown = (await desk.get())["customer"]
    assert shown["agreed"] == "25/11/2036 a las 15:30"
    assert [each["text"] for each in shown["attempts"]] == ["Volver a llamar"]


# -- calls that the dialer placed ------------------------------------------------------------------


async def test_a_call_of_the_dialer_is_shown_with_its_customer_and_said_by_who_took_it(desk: CampaignSite) -> None:
    reference = await placed(desk)
    offered = await took(desk)
    shown = await answered(desk.get, lambda now: now["attempt"] and now["attempt"]["unsaid"])
    assert (shown["attempt"]["attempt"]["reference"], shown["attempt"]["stage"]) == (reference, "live")
    assert "vence el 30/11/2026" in shown["attempt"]["customer"]["script"]
    assert (await desk.get(COLLEAGUE))["attempt"] is None
    assert (await desk.order("outcome", COLLEAGUE, reference=reference, outcome="busy")).status_code == 409
    assert (await desk.order("outcome", reference=reference, outcome="contacted")).status_code == 200
    (attempt,) = await desk.attempts()
    assert (attempt.member, attempt.said_by) == (AGENT, AGENT)
    await desk.closed(reference, ANSWERED)
    ended(desk, offered)
    assert not (await desk.get())["attempt"]["unsaid"]


async def test_a_call_that_only_rings_is_shown_and_not_yet_the_agents(desk: CampaignSite) -> None:
    reference = await placed(desk)
    offer(desk)
    shown = (await answered(desk.get, lambda now: now["attempt"] is not None))["attempt"]
    assert (shown["stage"], shown["unsaid"], shown["customer"]["name"]) == ("offered", False, "Ana Quispe")
    assert (await desk.order("outcome", reference=reference, outcome="busy")).status_code == 409


async def test_a_call_is_found_by_its_channel_after_its_end_too(desk: CampaignSite) -> None:
    """Whoever has not yet heard that it is over: the engine writes the agent down when it is."""
    reference = await placed(desk)
    row = {"uniqueid": UNIQUEID, "node": NODE, "purpose": "campaign", "reference": reference, "number": MOBILE}
    await desk.write(insert(outgoing_calls), **row, dialled_us=desk.clock(), rang=True)
    note = {"uniqueid": UNIQUEID, "member": AGENT, "node": NODE, "queue": QUEUE, "saved_us": desk.clock()}
    await desk.write(insert(contact_notes), **note)
    assert (await desk.get())["attempt"]["attempt"]["reference"] == reference
    assert (await desk.order("outcome", reference=reference, outcome="contacted")).status_code == 200
    async with desk.database.reading() as connection:
        closed_us = (await connection.execute(select(contact_notes.c.closed_us))).scalar_one()
    assert closed_us is not None


async def test_what_a_call_came_to_that_no_agent_got_is_said_by_none(desk: CampaignSite) -> None:
    """Although a colleague's notes are of that very call, say, and of whoever wrote them nothing else is known."""
    reference = await placed(desk)
    row = {"uniqueid": UNIQUEID, "node": NODE, "purpose": "campaign", "reference": reference, "number": MOBILE}
    await desk.write(insert(outgoing_calls), **row, dialled_us=desk.clock(), rang=True)
    note = {"uniqueid": UNIQUEID, "member": AGENT, "node": NODE, "queue": QUEUE, "saved_us": desk.clock()}
    await desk.write(insert(contact_notes), **note)
    await desk.closed(reference, AttemptResult(OutgoingResult.ANSWERED, is_over=True, left_alone=True))
    assert (await desk.get())["attempt"] is None
    answer = await desk.order("outcome", reference=reference, outcome="contacted")
    assert (answer.status_code, answer.json()["detail"]) == (409, said.NOT_THEIRS)
    (attempt,) = await desk.attempts()
    assert (attempt.outcome, attempt.member) == ("abandoned", None)


async def placed(desk: CampaignSite) -> str:
    """The dialer calls a customer."""
    await desk.write(update(campaigns), mode=DialMode.PROGRESSIVE.value)
    order = DialOrder(await desk.add(MOBILE), DialMode.PROGRESSIVE)
    lease = await Leases(desk.database, "dialer", desk.clock).take("dialer")
    begun = await AttemptStore(desk.database).begin(order, desk.turns, lease, desk.clock())
    assert begun is not None
    return begun.reference


def offer(desk: CampaignSite) -> CallOffered:
    named = {"node": NODE, "member": AGENT, "uniqueid": UNIQUEID, "linkedid": UNIQUEID, "queue": QUEUE}
    moments = {"joined_us": desk.clock(), "offered_us": desk.clock()}
    made = CallOffered.model_validate({**named, **moments, "line": "", "caller": MOBILE})
    desk.site.bridge.bus.publish(made)
    desk.state(AGENT, AgentStatus.RINGING, QUEUE, uniqueid=UNIQUEID)
    return made


async def took(desk: CampaignSite) -> CallOffered:
    made = offer(desk)
    of = {"node": NODE, "member": AGENT, "uniqueid": UNIQUEID, "queue": QUEUE, "linkedid": UNIQUEID}
    moments = {"joined_us": made.joined_us, "answered_us": desk.clock()}
    desk.site.bridge.bus.publish(CallAnswered.model_validate({**of, **moments}))
    desk.state(AGENT, AgentStatus.ON_CALL, QUEUE, uniqueid=UNIQUEID)
    return made


def ended(desk: CampaignSite, offered: CallOffered) -> None:
    of: dict[str, Any] = {"node": NODE, "member": AGENT, "uniqueid": offered.uniqueid, "queue": QUEUE}
    desk.site.bridge.bus.publish(CallEnded(**of, at_us=desk.clock(), ended_by=CallEndedBy.CALLER))
    desk.state(AGENT, AgentStatus.WRAP_UP, QUEUE)


async def state_of(desk: CampaignSite, contact_id: int) -> str:
    async with desk.database.reading() as connection:
        query = select(campaign_contacts.c.state).where(campaign_contacts.c.id == contact_id)
        return str((await connection.execute(query)).scalar_one())
