"""A call with preview: its customer hears the notice, and it is recorded as any other of that queue."""

import asyncio
import wave
from array import array

import pytest

from callcenter.database.transactions import Database
from callcenter.recording_files import path_of
from dialer.campaigns.model import DialMode
from tests.telephony.api_session import session
from tests.telephony.campaigns.conftest import PREVIEWER, campaign_of
from tests.telephony.campaigns.network import Reaction, network
from tests.telephony.phones.duty import on_duty, settings_of
from tests.telephony.phones.heard import Heard
from tests.telephony.running_centre import RunningCentre
from tests.telephony.test_recordings import AGENT, CALLER, PART, Recorded, lasts
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(200)]

NUMBER, NOTICE = "70750001", "troncal/aviso-grabacion"


async def test_the_customer_hears_the_notice_and_both_are_recorded_and_found(
    open_centre: RunningCentre, outside_port: int, database: Database
) -> None:
    await campaign_of(database, [NUMBER], DialMode.PREVIEW)
    heard = Heard(open_centre)
    async with (
        network(open_centre, outside_port, {NUMBER: Reaction.ANSWERS}) as outside,
        on_duty(open_centre, PREVIEWER, "prepago") as agent,
        session(open_centre, PREVIEWER) as desk,
    ):
        # The desk knows of the log-in a moment after it.
        shown = await answered(lambda: desk.post("/api/agent/campaign/next"), lambda answer: answer.is_success, 20)
        contact = shown.json()["customer"]["contact"]
        (await desk.post("/api/agent/campaign/dial", json={"contact": contact})).raise_for_status()
        leg = await agent.offered(20)
        leg.sound.play(AGENT)
        await eventually(lambda: NUMBER in outside.answered, 20, "the customer answers")
        there = outside.answered[NUMBER]
        there.sound.play(CALLER)
        await eventually(lambda: there.sound.hears(AGENT) > 0.5, 20, "the customer hears the agent")
        assert NOTICE in heard.anybody()
        await lasts(there.sound, 2.0)
        await leg.hang_up()
    sound_file = await recorded(open_centre)
    assert sound_file.loudest_share(CALLER) > PART and sound_file.loudest_share(AGENT) > PART
    async with session(open_centre, "supervisor") as http:
        asked = {"number": NUMBER, "agent": PREVIEWER, "queue": "prepago"}
        (found,) = (await http.get("/api/recordings", params=asked)).json()["recordings"]
        page = (await http.get("/grabaciones", params={"numero": NUMBER})).text
    assert [(each["member"], each["queue"]) for each in found["conversations"]] == [(PREVIEWER, "prepago")]
    assert found["shown"] in page


async def recorded(centre: RunningCentre) -> Recorded:
    """The file, once the call was over and looked at."""
    query = (
        f"SELECT node, file, bytes FROM recordings JOIN outgoing_calls USING (node, uniqueid) WHERE number = '{NUMBER}'"
    )
    await eventually(lambda: [row[2] for row in centre.rows(query)] not in ([], [None]), 30, "it was looked at")
    ((node, file, _),) = await asyncio.to_thread(centre.rows, query)
    with wave.open(str(path_of(settings_of(centre).recordings_of(str(node)), str(file)))) as opened:
        return Recorded(array("h", opened.readframes(opened.getnframes())).tolist())
