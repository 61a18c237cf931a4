"""`troncal call`: a caller who can be heard, for somebody at a desk to answer."""

import signal

import pytest

from tests.telephony.phones.duty import on_duty
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]


async def test_one_call_is_answered_and_heard(centre: RunningCentre) -> None:
    async with on_duty(centre, "1006", "109") as agent:
        command = centre.begin("call", "109", "--number", "70770001", "--seconds", "60")
        leg = await agent.offered(30)
        await eventually(lambda: leg.sound.loudest > 1000, 20, "the caller speaks")
        await leg.hang_up()
        await eventually(lambda: command.poll() is not None, 20, "the command ends with the call")
    assert command.returncode == 0
    asked = "SELECT count(*) FROM calls WHERE caller = '70770001' AND line = '109'"
    await eventually(lambda: centre.rows(asked) == [(1,)], 10, "the call is recorded")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_who_ends_the_command_hangs_up(centre: RunningCentre, number: signal.Signals) -> None:
    async with on_duty(centre, "1006", "109") as agent:
        command = centre.begin("call", "109", "--number", "70770002")
        leg = await agent.offered(30)
        await eventually(lambda: leg.sound.loudest > 1000, 20, "the caller speaks")
        command.send_signal(number)
        await leg.until(leg.ended)
        await eventually(lambda: command.poll() is not None, 20, "the command ends")
    assert "Traceback" not in command.communicate()[1]


@pytest.mark.parametrize(
    ("words", "expected"), [(("999",), "is no line"), (("102", "--number", "70'; x"), "digits only")]
)
def test_a_call_that_cannot_be_is_refused(centre: RunningCentre, words: tuple[str, ...], expected: str) -> None:
    done = centre.troncal("call", *words)
    assert done.returncode != 0
    assert expected in done.stderr
