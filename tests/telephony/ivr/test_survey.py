"""The survey with a real call: asked after the agent hung up, tied to the call and the agent."""

import pytest

from tests.telephony.phones.duty import caller, on_duty
from tests.telephony.phones.heard import Heard
from tests.telephony.running_centre import RunningCentre
from tests.waiting import eventually

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(200)]

NUMBER = "70714001"


async def test_what_callers_answer_is_written_with_the_call_and_its_agent(centre: RunningCentre) -> None:
    heard = Heard(centre)
    async with on_duty(centre, "1003", "102") as agent:
        phone = await caller(centre, NUMBER)
        leg = await phone.call("102")
        await leg.until(leg.answered)
        await heard.until(NUMBER, "troncal/bienvenida-102")
        await leg.sound.press("0")
        conversation = await agent.offered(40)
        await conversation.hang_up()
        await heard.until(NUMBER, "troncal/encuesta-atencion")
        await leg.sound.press("4")
        await heard.until(NUMBER, "troncal/encuesta-solucion")
        await leg.sound.press("9")
        await heard.until(NUMBER, "troncal/encuesta-otra-vez")
        await leg.sound.press("2")
        await heard.until(NUMBER, "troncal/encuesta-gracias")
        await leg.until(leg.ended, 20)
        await phone.close()
    query = (
        "SELECT s.queuename, s.agent, s.data1, s.data2 FROM queue_log s JOIN queue_log a ON a.callid = s.callid"
        f" WHERE s.event = 'SURVEYED' AND a.event = 'ARRIVED' AND a.data2 = '{NUMBER}' ORDER BY s.id"
    )
    wanted = [("102", "1003", "atencion", "4"), ("102", "1003", "solucion", "2")]
    await eventually(lambda: centre.ledger(query) == wanted, 10, "the answers are in the ledger")
    await eventually(lambda: len(answers(centre)) == 2, 10, "the answers are recorded")
    assert answers(centre) == [("atencion", 4, "102", "1003"), ("solucion", 2, "102", "1003")]


def answers(centre: RunningCentre) -> list[tuple[object, ...]]:
    return centre.rows(
        "SELECT s.question, s.answer, s.queue, s.member FROM survey_answers s JOIN calls c ON c.uniqueid = s.uniqueid"
        f" WHERE c.caller = '{NUMBER}' ORDER BY s.question"
    )
