"""The campaign's places on the desk."""

from collections.abc import Sequence

import pytest

from agent_api.campaigns.agent_desk import CampaignDesk
from agent_api.campaigns.agent_model import CampaignsNow
from agent_api.contacts.store import ContactKey, Contacts
from backoffice.demo.customers import Situation
from backoffice.smartflex.customers import CustomerView
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.numbers import Number, normalise
from callcenter.outgoing_calls import OutgoingResult
from dialer.attempt_results import AttemptResult
from tests.agent_api.api_site import NODE
from tests.agent_api.campaigns.conftest import AGENT, FIXED, MOBILE, QUEUE, CampaignSite

pytestmark = pytest.mark.database


async def part(desk: CampaignSite, name: str, member: str = AGENT) -> str:
    answer = await desk.site.http.get(f"/escritorio/parte/{name}", headers=desk.sessions[member])
    assert answer.status_code == 200
    return answer.text


async def test_the_customer_to_call_is_shown_with_the_panel_of_the_pop(
    desk: CampaignSite, customers: Sequence[CustomerView]
) -> None:
    known = customers[list(Situation).index(Situation.OWES)]
    number = normalise(known.telephones[-1], "4")
    assert isinstance(number, Number)
    await desk.add(number.digits)
    await desk.shown()
    page = await part(desk, "campana")
    assert f'<span class="customer-name">{known.name}</span>' in page and "Debe Bs" in page
    assert "Marcar" in page and "se marca este" in page and "vence el 30/11/2026" in page


async def test_what_lists_say_is_text_and_no_page(desk: CampaignSite) -> None:
    await desk.add(MOBILE)
    await desk.rename("<script>alert(1)</script>")
    await desk.shown()
    page = await part(desk, "campana")
    assert "<script>" not in page and "&lt;script&gt;" in page


async def test_each_outcome_is_a_button_with_its_key(desk: CampaignSite) -> None:
    await desk.add(MOBILE)
    reference = await desk.dialled()
    await desk.closed(reference, AttemptResult(OutgoingResult.ANSWERED, is_over=True))
    page = await part(desk, "resultado")
    assert all(f'data-key="{key}"' in page for key in "0123456789") and f'data-attempt="{reference}"' in page
    assert "Siguiente cliente" not in await part(desk, "campana")
    await desk.order("outcome", reference=reference, outcome="promised")
    assert "Promete pagar" in await part(desk, "resultado") and "Siguiente cliente" in await part(desk, "campana")


async def test_why_nobody_is_called_is_on_the_desk(desk: CampaignSite) -> None:
    await desk.add(FIXED)
    desk.clock.pass_seconds(11 * 3600)
    assert "Ahora está fuera del horario de llamadas." in await part(desk, "campana")


@pytest.mark.parametrize("name", ["campana", "resultado"])
async def test_whoever_serves_no_campaign_has_nothing_there(desk: CampaignSite, name: str) -> None:
    await desk.serves("1001", "101")
    assert (await part(desk, name, "1001")).strip() == ""


async def test_of_a_campaigns_call_no_disposition_is_asked_for(desk: CampaignSite, centre: Centre) -> None:
    queues = tuple(each.model_copy(update={"disposition_required": True}) for each in centre.queues)
    contacts = Contacts(desk.database, centre.model_copy(update={"queues": queues}), desk.clock)
    await contacts.begin(ContactKey(NODE, "1790000000.7", AGENT), QUEUE, desk.clock())
    assert not await contacts.has_pending_disposition(AGENT)
    assert "contacto-ninguno" in await part(desk, "contactos")
    await contacts.begin(ContactKey(NODE, "1790000000.9", AGENT), "102", desk.clock())
    assert await contacts.has_pending_disposition(AGENT)
    assert "contacto-ninguno" not in await part(desk, "contactos")


async def test_for_an_agent_of_lines_alone_nothing_is_looked_up(desk: CampaignSite, centre: Centre) -> None:
    await desk.serves("1001", "101")
    parts = desk.site.app.state.parts
    without = CampaignDesk(
        Database("sqlite:///nowhere/troncal.sqlite"), centre, parts.live_state, parts.desks, desk.clock
    )
    assert await without.now("1001") == CampaignsNow()
