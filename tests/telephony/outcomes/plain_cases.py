"""Waiting, ringing, answers and their ends, and the exits of a queue."""

from tests.telephony.outcomes.stage import MEMBERS, Stage, pause
from tests.telephony.phones.sip_leg import Manner

ANA, BEATRIZ = MEMBERS["1001"], MEMBERS["1002"]


async def answered_caller_ends(stage: Stage) -> None:
    """An agent answers, the caller hangs up."""
    await stage.agent("1001", "101")
    caller, _, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(1.3)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "caller")


async def answered_agent_ends(stage: Stage) -> None:
    """An agent answers and hangs up."""
    await stage.agent("1001", "101")
    _, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(1.3)
    ended = stage.say("1001 hangs up")
    await agent.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "agent")


async def abandoned_waiting(stage: Stage) -> None:
    """Nobody is there; the caller gives up."""
    caller, joined = await stage.call("70000001", "101")
    await pause(1.6)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "abandoned", joined, None, ended, ended_by="caller")


async def abandoned_ringing(stage: Stage) -> None:
    """The caller gives up while the agent's phone rings."""
    phone = await stage.agent("1001", "101")
    caller, joined = await stage.call("70000001", "101")
    await phone.offered()
    await pause(1.1)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "abandoned", joined, None, ended, ended_by="caller")


async def no_answer_then_next(stage: Stage) -> None:
    """The first agent lets it ring, the second answers."""
    first = await stage.agent("1001", "101")
    second = await stage.agent("1002", "101")
    caller, joined = await stage.call("70000001", "101")
    await first.offered()
    stage.say("1001 rings, nobody answers")
    await stage.order("QueuePause", Interface="PJSIP/1001", Paused="true", Reason="Descanso")
    leg = await second.offered()
    await pause(0.4)
    await leg.answer()
    answered = stage.say("1002 answers")
    await pause(1.1)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, BEATRIZ, "caller")


async def busy_then_next(stage: Stage) -> None:
    """The first agent's phone refuses (486), the second answers."""
    await stage.agent("1001", "101", manner=Manner.REFUSE)
    second = await stage.agent("1002", "101")
    caller, joined = await stage.call("70000001", "101")
    await stage.order("QueuePenalty", Interface="PJSIP/1001", Penalty="5", Queue="101")
    leg = await second.offered()
    await leg.answer()
    answered = stage.say("1002 answers")
    await pause(1.1)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, BEATRIZ, "caller")


async def timed_out(stage: Stage) -> None:
    """The queue's patience ends before the caller's."""
    caller, joined = await stage.call("70000001", "103")
    await caller.until(caller.ended)
    stage.say("70000001 has heard the goodbye")
    stage.saw("breve", "70000001", "timeout", joined, None, joined + 2)


async def key_exit(stage: Stage) -> None:
    """The caller presses 3 and leaves."""
    caller, joined = await stage.call("70000001", "101")
    await pause(1.2)
    await caller.sound.press("3")
    ended = stage.say("70000001 has pressed 3")
    await caller.until(caller.ended)
    stage.saw("101", "70000001", "key_exit", joined, None, ended)


async def left_empty(stage: Stage) -> None:
    """The only agent logs out while a caller waits."""
    await stage.agent("1001", "abandona", manner=Manner.REFUSE)
    caller, joined = await stage.call("70000001", "107")
    await pause(1.2)
    await stage.order("QueueRemove", Queue="abandona", Interface="PJSIP/1001")
    ended = stage.say("1001 logs out")
    await caller.until(caller.ended)
    stage.saw("abandona", "70000001", "left_empty", joined, None, ended, slack_seconds=1.2)


async def full(stage: Stage) -> None:
    """Two callers for a queue that takes one (maxlen)."""
    first, joined = await stage.call("70000001", "105")
    second, refused = await stage.call("70000002", "105")
    await second.until(second.ended)
    ended = stage.say("70000001 hangs up")
    await first.hang_up()
    stage.saw("pequena", "70000001", "abandoned", joined, None, ended, ended_by="caller")
    stage.saw("pequena", "70000002", "full", None, None, refused)


async def join_refused(stage: Stage) -> None:
    """A queue that takes nobody while no agent is there."""
    caller, refused = await stage.call("70000001", "106")
    await caller.until(caller.ended)
    stage.saw("exigente", "70000001", "join_refused", None, None, refused)


async def moved_by_timeout(stage: Stage) -> None:
    """Out of one queue by time-out, answered in the next."""
    phone = await stage.agent("1001", "102")
    caller, joined = await stage.call("70000001", "104")
    leg = await phone.offered()
    moved = stage.say("the second queue rings 1001")
    await pause(0.7)
    await leg.answer()
    answered = stage.say("1001 answers")
    await pause(1)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("pasa", "70000001", "timeout", joined, None, moved)
    stage.saw("102", "70000001", "answered", moved, answered, ended, ANA, "caller")


async def entered_again_at_once(stage: Stage) -> None:
    """Out by a key and into the same queue within the same second, twice."""
    caller, joined = await stage.call("70000001", "101")
    await pause(0.8)
    await caller.sound.press("2")
    again = stage.say("70000001 has pressed 2")
    await caller.sound.press("2")
    third = stage.say("70000001 has pressed 2")
    await pause(0.5)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "key_exit", joined, None, again)
    stage.saw("101", "70000001", "key_exit", again, None, third)
    stage.saw("101", "70000001", "abandoned", third, None, ended, ended_by="caller")


async def moved_by_key(stage: Stage) -> None:
    """Out by a key into another queue, answered there."""
    phone = await stage.agent("1001", "102")
    caller, joined = await stage.call("70000001", "101")
    await pause(0.8)
    await caller.sound.press("1")
    moved = stage.say("70000001 has pressed 1")
    leg = await phone.offered()
    await leg.answer()
    answered = stage.say("1001 answers")
    await pause(1)
    ended = stage.say("1001 hangs up")
    await leg.hang_up()
    await caller.until(caller.ended)
    stage.saw("101", "70000001", "key_exit", joined, None, moved)
    stage.saw("102", "70000001", "answered", moved, answered, ended, ANA, "agent")
