"""Every Python process dead or frozen: callers still hear the menus, and still reach agents."""

from collections.abc import Iterator

import httpx
import psutil
import pytest

from tests.telephony.phones.duty import caller, on_duty
from tests.telephony.phones.heard import Heard
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]
SERVICES = ("bridge", "api", "agi")


@pytest.fixture(scope="module")
def own_centre() -> Iterator[RunningCentre]:
    """A centre for these tests to do harm to."""
    with centre_open() as running:
        yield running


async def test_with_python_dead_the_menus_play_and_the_agent_is_reached(own_centre: RunningCentre) -> None:
    heard = Heard(own_centre)
    async with on_duty(own_centre, "1001", "102") as agent:
        assert own_centre.process is not None
        supervisor = psutil.Process(own_centre.process.pid)
        supervisor.suspend()  # or it would start them again
        try:
            for process in [own_centre.child("troncal.cli", name) for name in SERVICES]:
                process.kill()
            phone = await caller(own_centre, "70700001")
            leg = await phone.call("102")
            await leg.until(leg.answered)
            await heard.until("70700001", "troncal/bienvenida-102")
            await leg.sound.press("1")
            conversation = await agent.offered(20)
            await leg.hang_up()
            await conversation.until(conversation.ended)
            await phone.close()
        finally:
            supervisor.resume()
        await eventually(lambda: _is_well(own_centre), 60, "the services are back")
    played = heard.by("70700001")
    assert played.index("troncal/servicio-no-disponible") < played.index("troncal/aviso-grabacion")
    answered = "SELECT outcome FROM queue_entries WHERE caller = '70700001'"
    await eventually(lambda: own_centre.rows(answered) == [("answered",)], 20, "the call is recorded")
    steps = own_centre.rows(  # at once: settled
        "SELECT step, detail FROM call_steps JOIN calls USING (node, uniqueid)"
        " WHERE caller = '70700001' AND step IN ('routed', 'goal')"
    )
    assert [str(detail).split("|")[-1] for step, detail in steps if step == "goal"] == ["unavailable"]
    assert [str(detail).split("|")[1] for step, detail in steps if step == "routed"] == ["no_answer"]


async def test_a_frozen_process_keeps_nobody_from_the_agent(own_centre: RunningCentre) -> None:
    heard = Heard(own_centre)
    async with on_duty(own_centre, "1001", "102") as agent:
        with own_centre.frozen("agi"):
            phone = await caller(own_centre, "70700002")
            leg = await phone.call("102")
            await leg.until(leg.answered)
            await heard.until("70700002", "troncal/bienvenida-102")
            await leg.sound.press("0")
            await agent.offered(20)
            await leg.hang_up()
            await phone.close()


def _is_well(centre: RunningCentre) -> bool:
    assert centre.where is not None
    try:
        return httpx.get(f"{centre.where.http}/api/health", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
