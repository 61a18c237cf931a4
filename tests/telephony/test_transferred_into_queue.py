"""An attended transfer into another queue: the board shows the caller waiting, and the colleague's desk their pop."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.telephony.api_session import session
from tests.telephony.phones.duty import STRAIGHT_HOST, caller, on_duty
from tests.telephony.phones.sip_leg import Leg, Manner
from tests.telephony.running_centre import RunningCentre
from tests.waiting import answered

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(240)]

AGENT, COLLEAGUE = "1003", "1004"


async def board_shows(board: httpx.AsyncClient, queue: str, *digits: str) -> list[dict[str, Any]]:
    """Until these numbers (the ends of them), and no others, wait in the queue."""

    async def waiting() -> list[dict[str, Any]]:
        queues = (await board.get("/api/floor")).json()["queues"]
        return next((each["waiting"] for each in queues if each["queue"] == queue), [])

    def as_wanted(shown: list[dict[str, Any]]) -> bool:
        read = ["".join(filter(str.isdigit, each["caller"])) for each in shown]
        return len(read) == len(digits) and all(map(str.endswith, read, digits))

    return await answered(waiting, as_wanted, what=f"{digits} in {queue}")


async def consulted(centre: RunningCentre, number: str, board: httpx.AsyncClient) -> Leg:
    """The caller, connected to the agent of 102, who then waits in 103 and passes the wait on."""
    leg = await (await caller(centre, number, host=STRAIGHT_HOST)).call("102")
    async with on_duty(centre, AGENT, "102", manner=Manner.RING) as agent:
        taken = await agent.offered(40)
        await taken.answer()
        await taken.hold()
        waits = await agent.call("103")
        await waits.until(waits.answered)
        await board_shows(board, "103", "")
        assert (await taken.transfer_to(waits)).status == 202
        await board_shows(board, "103", number)
    return leg


async def test_the_caller_waits_on_the_board_and_is_the_pop_of_the_colleague_who_answers(centre: RunningCentre) -> None:
    number = "70750001"
    async with session(centre, "supervisor") as board, session(centre, COLLEAGUE) as desk:
        leg = await consulted(centre, number, board)
        async with on_duty(centre, COLLEAGUE, "103", manner=Manner.RING) as colleague:
            taken = await colleague.offered(40)
            await taken.answer()

            async def call() -> Any:
                found = await desk.get("/api/agent/call")
                return found.json() if found.status_code == 200 else None

            shown = await answered(call, lambda found: found and found["stage"] == "talking", what="a connected call")
            assert number in str(shown["pop"]["caller"])
            await board_shows(board, "103")
            await leg.hang_up()
            await answered(call, lambda found: found is None, what="no call after it")


async def test_the_supervisor_moves_the_transferred_caller(centre: RunningCentre) -> None:
    number = "70750002"
    async with session(centre, "supervisor") as board:
        leg = await consulted(centre, number, board)
        (waiting,) = await board_shows(board, "103", number)
        moved = await board.post(f"/api/supervision/waiting/{waiting['uniqueid']}/move", json={"queue": "102"})
        assert moved.is_success, moved.text
        await asyncio.gather(board_shows(board, "103"), board_shows(board, "102", number))
        await leg.hang_up()
        await board_shows(board, "102")


ORIGINS = "SELECT internal, line FROM queue_entries WHERE queue = '{queue}' ORDER BY entered_us DESC LIMIT 1"


async def test_an_agent_who_calls_a_line_is_not_of_the_public(centre: RunningCentre) -> None:
    async with on_duty(centre, AGENT, "102", manner=Manner.RING) as agent:
        waits = await agent.call("104")
        await waits.until(waits.answered)
        await recorded(centre, "104", (1, "104"))
        await waits.hang_up()


async def test_the_caller_whom_an_agent_passes_into_a_queue_is(centre: RunningCentre) -> None:
    async with session(centre, "supervisor") as board:
        leg = await consulted(centre, "70750003", board)
        await leg.hang_up()
        await recorded(centre, "103", (0, "102"))


async def recorded(centre: RunningCentre, queue: str, expected: tuple[int, str]) -> None:
    """Until the last entry of that queue is of a caller from inside, or not, and of that line."""

    async def last() -> list[tuple[object, ...]]:
        return centre.rows(ORIGINS.format(queue=queue))

    await answered(last, lambda rows: rows == [expected], what=f"{expected} in {queue}")
