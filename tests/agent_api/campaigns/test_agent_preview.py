"""Preview at the desk: whom an agent is shown, and that nobody else is dialled."""

import pytest
from sqlalchemy import select

from agent_api.routes import agent_campaigns as said
from backoffice.smartflex.customers import ProductKind
from callcenter.audit import AuditAction
from callcenter.messages.call_commands import Originate
from callcenter.messages.commands import Refusal
from callcenter.messages.facts import AgentStatus
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.users import audit_log
from dialer.attempt_results import AttemptResult
from dialer.campaigns.model import CampaignState, DialMode
from dialer.contacts.store import SHOWN_FOR_US, ContactStore
from tests.agent_api.campaigns.conftest import AGENT, COLLEAGUE, FIXED, MOBILE, PATH, QUEUE, CampaignSite
from tests.agent_api.web.browser_like import BrowserLike
from tests.dialer.campaign_rows import add_contact, make_campaign
from tests.waiting import eventually

pytestmark = pytest.mark.database


async def test_the_customer_is_shown_with_all_that_the_agent_says(desk: CampaignSite) -> None:
    contact = await desk.add(MOBILE, FIXED)
    shown = (await desk.order("next")).json()["customer"]
    assert (shown["contact"], shown["name"]) == (contact, "Ana Quispe")
    assert [(each["shown"], each["next"]) for each in shown["numbers"]] == [("707 12345", True), ("4 412 3456", False)]
    assert shown["services"] == [{"service": "Internet", "contract": "", "expires": "30/11/2026", "amount": ""}]
    assert shown["script"].startswith("Buenos días, Ana Quispe: su Internet vence el 30/11/2026 por [monto].")
    assert shown["script"].endswith("{otro}")


async def test_the_look_up_is_written_down(desk: CampaignSite) -> None:
    await desk.add(MOBILE)
    await desk.shown()
    query = select(audit_log).where(audit_log.c.what == AuditAction.CAMPAIGN_CUSTOMER_SHOWN.value)
    async with desk.database.reading() as connection:
        (row,) = (await connection.execute(query)).all()
    assert (row.who, row.details["campaign"]) == (AGENT, desk.campaign.name)


async def test_marcar_rings_the_agents_phone_and_then_the_number_whose_turn_it_is(desk: CampaignSite) -> None:
    answer = await desk.order("dial", contact=await add_and_show(desk))
    assert answer.json()["detail"] == said.DIALLED.format(shown="707 12345")
    (sent,) = desk.site.bridge.carried_out
    assert isinstance(sent, Originate)
    (attempt,) = await desk.attempts()
    assert (sent.interface, sent.exten, sent.caller_id) == (f"PJSIP/{AGENT}", MOBILE, MOBILE)
    assert (sent.reference, attempt.member, attempt.mode) == (attempt.reference, AGENT, "preview")


@pytest.mark.parametrize("name", ["number", "exten", "telephone", "numbers"])
async def test_no_number_of_a_request_is_dialled(desk: CampaignSite, name: str) -> None:
    contact = await add_and_show(desk)
    await desk.order("dial", contact=contact, **{name: "0013055551234"})
    (sent,) = desk.site.bridge.carried_out
    assert isinstance(sent, Originate) and sent.exten == MOBILE


async def test_who_is_shown_to_nobody_or_to_a_colleague_is_not_dialled(desk: CampaignSite) -> None:
    mine, another = await desk.add(MOBILE), await desk.add(FIXED)
    assert await desk.shown() == mine
    assert (await desk.order("dial", contact=another)).json()["detail"] == said.NOT_SHOWN
    assert (await desk.order("dial", COLLEAGUE, contact=mine)).status_code == 409
    assert desk.site.bridge.carried_out == [] and await desk.attempts() == []


async def test_anothers_page_makes_nobodys_browser_dial(desk: CampaignSite) -> None:
    contact = await add_and_show(desk)
    browser = BrowserLike(desk.site)
    await browser.enter(AGENT)
    foreign = {**browser.held, "Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    for what in ("next", "dial", "skip", "outcome"):
        answer = await desk.site.http.post(f"{PATH}/{what}", headers=foreign, json={"contact": contact})
        assert answer.status_code == 403
    assert desk.site.bridge.carried_out == []
    assert (await browser.send("POST", f"{PATH}/dial", json={"contact": contact})).status_code == 200


async def test_who_serves_no_campaign_is_shown_nobody(desk: CampaignSite) -> None:
    contact = await desk.add(MOBILE)
    await desk.serves("1001", "101")
    assert await desk.get("1001") == {"campaigns": [], "customer": None, "attempt": None}
    assert (await desk.order("next", "1001")).json()["detail"] == said.NOT_SERVED
    assert (await desk.order("dial", "1001", contact=contact)).status_code == 409


async def test_a_phone_that_cannot_be_rung_leaves_no_attempt_open(desk: CampaignSite) -> None:
    contact = await add_and_show(desk)
    desk.site.bridge.refusal = Refusal.PHONE_AWAY
    answer = await desk.order("dial", contact=contact)
    assert answer.status_code == 409 and "No se llamó al cliente" in answer.json()["detail"]
    (attempt,) = await desk.attempts()
    assert (attempt.result, attempt.closed_us) == ("unplaced", desk.clock.now_us)
    desk.site.bridge.refusal = None
    desk.clock.pass_seconds(31)
    await ContactStore(desk.database).wake_due(desk.campaign.id, desk.clock.now_us)
    assert await desk.shown() == contact


async def test_while_a_call_rings_or_goes_on_nobody_is_dialled(desk: CampaignSite) -> None:
    contact = await add_and_show(desk)
    for state in (AgentStatus.RINGING, AgentStatus.ON_CALL):
        desk.state(AGENT, state, QUEUE, uniqueid="1790000000.7")
        await is_known(desk, state)
        assert (await desk.order("dial", contact=contact)).json()["detail"] == said.IN_A_CALL
    assert (await desk.get())["customer"]["contact"] == contact


async def test_a_skipped_customer_is_off_the_desk(desk: CampaignSite) -> None:
    first, second = await desk.add(MOBILE), await desk.add(FIXED)
    assert await desk.shown() == first
    assert (await desk.order("skip", contact=first, reason="already_paid")).json()["detail"] == said.SKIPPED
    assert (await desk.order("skip", contact=first, reason="other")).status_code == 409
    assert await desk.shown() == second


async def test_who_is_looked_at_for_too_long_is_anybodys_and_not_dialled(desk: CampaignSite) -> None:
    contact = await add_and_show(desk)
    desk.clock.pass_seconds(SHOWN_FOR_US / 1_000_000)
    await ContactStore(desk.database).wake_due(desk.campaign.id, desk.clock.now_us)
    assert (await desk.get())["customer"] is None
    assert (await desk.order("dial", contact=contact)).json()["detail"] == said.NOT_SHOWN
    assert await desk.shown(COLLEAGUE) == contact


async def test_of_two_campaigns_the_customer_who_is_shown_stays(desk: CampaignSite) -> None:
    first, other = desk.campaign, await make_campaign(desk.database, desk.campaign.window, mode=DialMode.PREVIEW)
    contact = await add_contact(desk.database, other, FIXED)
    assert await desk.shown() == contact
    await add_contact(desk.database, first, MOBILE)
    assert await desk.shown() == contact
    assert [each["id"] for each in (await desk.get())["campaigns"]] == [first.id, other.id]


async def test_customers_are_shared_out_by_service_and_agent(desk: CampaignSite) -> None:
    await desk.add(MOBILE)
    cable = await desk.add(FIXED, service=ProductKind.CABLE_TV)
    await desk.share(AGENT, "cable_tv")
    assert await desk.shown() == cable
    assert (await desk.order("next", COLLEAGUE)).json()["detail"] == said.NOT_SERVED


@pytest.mark.parametrize(
    ("state", "text"), [(CampaignState.PAUSED, "está en pausa"), (CampaignState.READY, "todavía no empezó")]
)
async def test_a_campaign_that_does_not_run_says_why(desk: CampaignSite, state: CampaignState, text: str) -> None:
    await desk.add(MOBILE)
    await desk.set_state(state)
    (standing,) = (await desk.get())["campaigns"]
    assert text in standing["reason"]
    assert (await desk.order("next")).json()["detail"] == standing["reason"]


async def test_outside_the_calling_hours_the_desk_says_so(desk: CampaignSite) -> None:
    contact = await add_and_show(desk)
    desk.clock.pass_seconds(11 * 3600)
    (standing,) = (await desk.get())["campaigns"]
    assert standing["reason"] == "Ahora está fuera del horario de llamadas."
    assert (await desk.order("dial", contact=contact)).status_code == 409
    assert desk.site.bridge.carried_out == []


async def test_when_nobody_is_left_the_desk_says_so(desk: CampaignSite) -> None:
    assert (await desk.order("next")).json()["detail"] == said.NOBODY


async def test_the_next_customer_waits_for_the_last_outcome(desk: CampaignSite) -> None:
    reference = await add_and_dial(desk)
    await desk.add(FIXED)
    await desk.closed(reference, AttemptResult(OutgoingResult.ANSWERED, is_over=True))
    assert (await desk.order("next")).json()["detail"] == said.MISSING
    assert (await desk.order("outcome", reference=reference, outcome="contacted")).status_code == 200
    assert (await desk.order("next")).status_code == 200


async def add_and_show(desk: CampaignSite) -> int:
    await desk.add(MOBILE, FIXED)
    return await desk.shown()


async def add_and_dial(desk: CampaignSite) -> str:
    await desk.add(MOBILE)
    return await desk.dialled()


async def is_known(desk: CampaignSite, state: AgentStatus) -> None:
    agents = desk.site.app.state.parts.live_state.agents
    await eventually(lambda: agents[AGENT].state is state, what="the API knows the agent's state")
