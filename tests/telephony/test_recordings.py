"""Real calls that are recorded: what is heard in the file, and what is not."""

import wave
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from callcenter.messages.facts import AgentState, BridgeState, Link, RecordingStatus
from callcenter.recording_files import path_of
from tests.telephony.api_session import session
from tests.telephony.bus_connection import bus_connection
from tests.telephony.phones import a_law
from tests.telephony.phones.duty import STRAIGHT_HOST, caller, on_duty, settings_of
from tests.telephony.phones.heard import Heard
from tests.telephony.phones.sip_leg import Leg, Manner
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.phones.sip_sound import Sound
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered, eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]

WAITING, CALLER, AGENT, COLLEAGUE, ASIDE = 700, 440, 1000, 1500, 2200
# Of a second in which two tones are heard together, or one that was there for a part of it.
PART = 0.15
# The agent's phone numbers its packets higher than whoever takes the call over: those would be taken for late ones.
FIRST_PACKET = 30_000


@dataclass
class Recorded:
    """What a file holds."""

    samples: list[int]

    @property
    def seconds(self) -> float:
        return len(self.samples) / 8000

    def share(self, hertz: int, second: float = 0.0, length: float = 0.0) -> float:
        """A tone's share of the energy from that second on, to the end if no length is said."""
        first = round(second * 8000)
        return a_law.share(self.samples[first : first + round(length * 8000) or None], hertz)

    def loudest_share(self, hertz: int) -> float:
        """The largest share of a tone in any half second."""
        halves = range(0, max(1, len(self.samples) - 4000), 2000)
        return max((a_law.share(self.samples[at : at + 4000], hertz) for at in halves), default=0.0)

    def silent_seconds(self) -> float:
        """How long there is nothing at all, counted by tenths of a second."""
        tenths = (self.samples[at : at + 800] for at in range(0, len(self.samples), 800))
        return sum(max(map(abs, tenth)) < 50 for tenth in tenths) / 10


def rows(centre: RunningCentre, number: str) -> list[tuple[object, ...]]:
    """The recordings of a number's calls: node, uniqueid, file, queue, bytes, deleted."""
    return centre.rows(
        "SELECT r.node, r.uniqueid, r.file, r.queue, r.bytes, r.deleted_us FROM recordings r"
        f" JOIN calls c USING (node, uniqueid) WHERE c.caller = '{number}' ORDER BY r.started_us"
    )


def path(centre: RunningCentre, number: str) -> Path:
    """The file of a number's only recorded call."""
    ((node, _, file, *_rest),) = rows(centre, number)
    return path_of(settings_of(centre).recordings_of(str(node)), str(file))


async def recorded(centre: RunningCentre, number: str) -> Recorded:
    """The file after the call was over and looked at."""
    await eventually(lambda: [row[4] for row in rows(centre, number)] not in ([], [None]), 60, "it was looked at")
    with wave.open(str(path(centre, number))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return Recorded(array("h", file.readframes(file.getnframes())).tolist())


@asynccontextmanager
async def put_in_queue(centre: RunningCentre, number: str, line: str) -> AsyncIterator[Leg]:
    """A caller who hums while they wait for a person."""
    heard, phone = Heard(centre), await caller(centre, number)
    leg = await phone.call(line)
    await leg.until(leg.answered)
    try:
        await heard.until(number, f"troncal/bienvenida-{line}")
        await leg.sound.press("0")
        leg.sound.play(WAITING)
        yield leg
    finally:
        await phone.close()


async def lasts(sound: Sound, seconds: float) -> None:
    """Until so much more was heard."""
    enough = sound.received + round(seconds * 50)
    await eventually(lambda: sound.received >= enough, seconds + 10, f"{seconds:g} s of sound")


async def conversation(leg: Leg, agent: SipPhone, seconds: float = 3.0) -> Leg:
    """The agent lets it ring for a while, answers, and both sound for a while."""
    taken = await agent.offered(60)
    await lasts(leg.sound, 1.0)
    leg.sound.hush()
    taken.sound.count_from(FIRST_PACKET)
    await taken.answer()
    leg.sound.play(CALLER)
    taken.sound.play(AGENT)
    await lasts(taken.sound, seconds)
    return taken


async def test_both_sides_are_recorded_from_the_answer_on_and_nothing_of_before(centre: RunningCentre) -> None:
    number = "70740001"
    async with on_duty(centre, "1003", "102", manner=Manner.RING) as agent, put_in_queue(centre, number, "102") as leg:
        taken = await conversation(leg, agent, 4.0)
        await taken.hang_up()
        leg.sound.play(WAITING)
        await Heard(centre).until(number, "troncal/encuesta-atencion")
        await leg.hang_up()
    sound_file = await recorded(centre, number)
    assert 3.5 < sound_file.seconds < 9
    assert sound_file.loudest_share(CALLER) > PART
    assert sound_file.loudest_share(AGENT) > PART
    assert sound_file.loudest_share(WAITING) < 0.2


async def test_a_supervisor_hears_the_same_sound_by_the_interface_and_it_is_written_down(centre: RunningCentre) -> None:
    number = "70740002"
    async with on_duty(centre, "1003", "102", manner=Manner.RING) as agent, put_in_queue(centre, number, "102") as leg:
        await (await conversation(leg, agent, 1.5)).hang_up()
    sound_file = await recorded(centre, number)
    async with session(centre, "supervisor") as http:
        (shown,) = (await http.get("/api/recordings", params={"number": number, "agent": "1003"})).json()["recordings"]
        address = "/api/recordings/{node}/{uniqueid}/{started_us}/sound".format(**shown)
        answer = await http.get(address)
    assert answer.content[44:] == array("h", sound_file.samples).tobytes()
    who = f"SELECT who FROM audit_log WHERE what = 'recording.played' AND details LIKE '%{shown['uniqueid']}%'"
    await eventually(lambda: centre.rows(who) == [("supervisor",)], 10, "who heard it is written down")


async def shown_at(desk: httpx.AsyncClient, status: str | None) -> None:
    """Until the desk of the transfer target shows that of its recording, and no recording once it is over."""

    async def state() -> tuple[str | None, bool]:
        agent = (await desk.get("/api/agent/state")).json()["agent"]
        return agent["recording"], agent["transferred"] is not None

    await answered(state, lambda shown: shown == (status, status is not None), what=f"the desk shows {status}")


async def left_out(desk: httpx.AsyncClient, leg: Leg, seconds: float) -> None:
    """The transfer target keeps what the caller says out of the recording for a while."""
    await shown_at(desk, "on")
    assert (await desk.post("/api/call/recording/pause")).status_code == 200
    await shown_at(desk, "paused")
    leg.sound.play(ASIDE)
    await lasts(leg.sound, seconds)
    leg.sound.play(CALLER)
    assert (await desk.post("/api/call/recording/resume")).status_code == 200
    await shown_at(desk, "on")


async def a_bridge_that_comes_in_mid_call_knows_it(centre: RunningCentre, desk: httpx.AsyncClient) -> None:
    """That the recording of the transferred call is paused, and later goes on."""
    assert (await desk.post("/api/call/recording/pause")).status_code == 200
    await shown_at(desk, "paused")
    async with bus_connection(centre) as bus:
        bus.forget()
        centre.bridge().kill()
        await bus.until(BridgeState, state=Link.LOST)
        bus.forget()
        await bus.until(BridgeState, state=Link.UP)
        state = await bus.until(AgentState, member="1004", recording=RecordingStatus.PAUSED)
        assert state.transferred is not None
    assert (await desk.post("/api/call/recording/resume")).status_code == 200
    await shown_at(desk, "on")


async def test_a_blind_transfer_takes_the_recording_along_and_its_command(centre: RunningCentre) -> None:
    number = "70740003"
    async with (
        on_duty(centre, "1003", "102", manner=Manner.RING) as agent,
        on_duty(centre, "1004", "103") as colleague,
        put_in_queue(centre, number, "102") as leg,
        session(centre, "1004") as desk,
        session(centre, "1003") as first,
    ):
        taken = await conversation(leg, agent)
        assert (await first.post("/api/call/recording/pause")).status_code == 200
        assert (await taken.transfer("1004")).status == 202
        passed = await colleague.offered(20)
        passed.sound.play(COLLEAGUE)
        await left_out(desk, leg, 2.0)
        await a_bridge_that_comes_in_mid_call_knows_it(centre, desk)
        assert (await first.post("/api/call/recording/pause")).status_code == 409
        await lasts(passed.sound, 3.0)
        await leg.hang_up()
        await shown_at(desk, None)
    sound_file = await recorded(centre, number)
    assert len(rows(centre, number)) == 1  # at once: settled
    assert sound_file.loudest_share(ASIDE) < 0.05
    assert sound_file.share(AGENT, 0.5, 2) > PART
    assert sound_file.share(COLLEAGUE, sound_file.seconds - 2, 1.5) > PART
    assert sound_file.share(CALLER, sound_file.seconds - 2, 1.5) > PART


async def test_an_attended_transfer_takes_it_along_but_not_what_agents_say_to_each_other(centre: RunningCentre) -> None:
    number = "70740004"
    async with (
        on_duty(centre, "1003", "102", manner=Manner.RING) as agent,
        on_duty(centre, "1004", "103") as colleague,
        put_in_queue(centre, number, "102") as leg,
        session(centre, "1004") as desk,
    ):
        taken = await conversation(leg, agent)
        await taken.hold()
        taken.sound.hush()
        consulted = await agent.call("1004")
        passed = await colleague.offered(20)
        await consulted.until(consulted.answered)
        consulted.sound.play(ASIDE)
        passed.sound.play(COLLEAGUE)
        await lasts(passed.sound, 2.0)
        passed.sound.hush()
        assert (await taken.transfer_to(consulted)).status == 202
        passed.sound.play(COLLEAGUE)
        await left_out(desk, leg, 1.0)
        await a_bridge_that_comes_in_mid_call_knows_it(centre, desk)
        await lasts(leg.sound, 3.0)
        await passed.hang_up()
        await shown_at(desk, None)
        await leg.hang_up()
    sound_file = await recorded(centre, number)
    assert len(rows(centre, number)) == 1  # at once: settled
    assert sound_file.share(AGENT, 0.5, 2) > PART
    assert sound_file.share(COLLEAGUE, sound_file.seconds - 2, 1.5) > PART
    assert sound_file.share(CALLER, sound_file.seconds - 2, 1.5) > PART
    assert sound_file.loudest_share(ASIDE) < 0.05
    async with session(centre, "supervisor") as http:
        (shown,) = (await http.get("/api/recordings", params={"number": number})).json()["recordings"]
        sound = await http.get("/api/recordings/{node}/{uniqueid}/{started_us}/sound".format(**shown))
        found = await http.get("/api/recordings", params={"number": number, "agent": "1004"})
    assert [each["uniqueid"] for each in found.json()["recordings"]] == [shown["uniqueid"]]
    assert [(conversation["member"], conversation["transferred_to"]) for conversation in shown["conversations"]] == [
        ("1003", "1004"),
        ("1004", ""),
    ]
    assert sound.content[44:] == array("h", sound_file.samples).tobytes()


async def test_while_it_is_paused_there_is_silence_and_then_both_sides_again(centre: RunningCentre) -> None:
    number = "70740005"
    async with (
        on_duty(centre, "1003", "102", manner=Manner.RING) as agent,
        put_in_queue(centre, number, "102") as leg,
        session(centre, "1003") as desk,
    ):
        taken = await conversation(leg, agent)
        assert (await desk.post("/api/call/recording/pause")).status_code == 200
        leg.sound.play(ASIDE)
        await lasts(taken.sound, 3.0)
        leg.sound.play(CALLER)
        assert (await desk.post("/api/call/recording/resume")).status_code == 200
        await lasts(taken.sound, 3.0)
        await taken.hang_up()
    sound_file = await recorded(centre, number)
    assert sound_file.seconds > 8
    assert 2.5 < sound_file.silent_seconds() < 4.5
    assert sound_file.loudest_share(ASIDE) < 0.05
    assert sound_file.share(CALLER, 0.5, 1.5) > PART
    assert sound_file.share(CALLER, sound_file.seconds - 2, 1.5) > PART


async def test_of_a_caller_whom_nobody_answered_no_file_is_left(centre: RunningCentre) -> None:
    number = "70740006"
    async with put_in_queue(centre, number, "102") as leg:
        await eventually(lambda: bool(rows(centre, number)), 40, "the caller waits")
        file = path(centre, number)
        await lasts(leg.sound, 1.0)
        await leg.hang_up()
    await eventually(lambda: rows(centre, number)[0][4:] != (None, None), 60, "it was looked at")
    assert (file.exists(), rows(centre, number)[0][4]) == (False, 0)  # at once: settled


async def test_a_caller_who_heard_no_notice_is_not_recorded(centre: RunningCentre) -> None:
    number = "70740007"
    async with on_duty(centre, "1003", "102") as agent:
        phone = await caller(centre, number, host=STRAIGHT_HOST)
        leg = await phone.call("102")
        taken = await agent.offered(40)
        leg.sound.play(CALLER)
        await lasts(taken.sound, 1.0)
        await leg.hang_up()
        await phone.close()
    ended = f"SELECT 1 FROM calls WHERE caller = '{number}' AND ended_us IS NOT NULL"
    await eventually(lambda: bool(centre.rows(ended)), 20, "the call is recorded in the records")
    assert rows(centre, number) == []  # at once: settled
