"""Which of an agent's phones rings, and on whose behalf a supervisor's order is."""

import pytest

from agent_api.live.live_state import LiveState
from callcenter.bus.presence import BusState, Presence
from callcenter.clock import now_us
from callcenter.messages.commands import LogIn
from callcenter.messages.facts import PhoneState
from tests.agent_api.api_site import NODE, Site


def phone(endpoint: str, *, registered: bool = True) -> PhoneState:
    return PhoneState(node=NODE, endpoint=endpoint, registered=registered, since_us=now_us())


@pytest.mark.parametrize(
    ("phones", "rung"),
    [
        ((), "1001"),
        ((phone("1001"),), "1001"),
        ((phone("1001"), phone("1001-web")), "1001-web"),
        ((phone("1001"), phone("1001-web", registered=False)), "1001"),
        ((phone("1002-web"),), "1001"),
    ],
)
def test_the_browsers_phone_rings_if_it_is_open_else_the_other_one(phones: tuple[PhoneState, ...], rung: str) -> None:
    live_state = LiveState(NODE, BusState(Presence.CONNECTED, 0))
    for each in phones:
        live_state.apply(each)
    assert live_state.endpoint("1001") == rung


@pytest.mark.database
async def test_an_agent_serves_at_the_phone_that_is_open_in_the_browser(site: Site) -> None:
    headers = await site.agent()
    site.bridge.bus.publish(phone("1001-web"))
    async with site.screen(headers) as screen:
        site.bridge.link()
        await screen.next("bridge")
        await site.http.post("/api/agent/log-in", headers=headers)
        assert (await screen.next("state")) is not None
    (sent,) = site.bridge.carried_out
    assert isinstance(sent, LogIn)
    assert sent.interface == "PJSIP/1001-web"
