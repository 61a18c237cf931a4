"""What only the live state follows: the queue log says too little of it."""

from tests.telephony.outcomes.stage import MEMBERS, Stage, pause
from tests.telephony.phones.sip_leg import Manner

ANA, BEATRIZ = MEMBERS["1001"], MEMBERS["1002"]


async def replaced_waiting(stage: Stage) -> None:
    """Another call from outside takes the waiting one's place (INVITE with Replaces), as after a transfer out there."""
    other = await stage.phone("70000002")
    caller, joined = await stage.call("70000001", "101")
    await pause(1.1)
    taken = await other.call("101", instead_of=caller)
    await taken.until(taken.answered)
    stage.say("70000002 takes the place of 70000001")
    phone = await stage.agent("1001", "101")
    leg = await phone.offered()
    await pause(0.3)
    await leg.answer()
    picked = stage.say("1001 answers")
    await pause(1)
    over = stage.say("1001 hangs up")
    await leg.hang_up()
    await taken.until(taken.ended)
    stage.saw("101", "70000001", "answered", joined, picked, over, ANA, "agent")


async def picked_up_elsewhere(stage: Stage) -> None:
    """A colleague's phone picks up the call that rings at the member's (PickupChan, which other exchanges have)."""
    await stage.order("ModuleLoad", Module="app_directed_pickup.so", LoadType="load")
    phone = await stage.agent("1001", "101")
    colleague = await stage.phone("1002", Manner.ANSWER)
    caller, joined = await stage.call("70000001", "101")
    await phone.offered()
    await pause(0.5)
    ringing = stage.channel_of("PJSIP/1001-")
    await stage.order("Originate", Channel="PJSIP/1002", Application="PickupChan", Data=ringing, Async="true")
    leg = await colleague.offered()
    picked = stage.say("1002 picks up")
    await pause(1.2)
    over = stage.say("70000001 hangs up")
    await caller.hang_up()
    await leg.until(leg.ended)
    stage.saw("101", "70000001", "answered", joined, picked, over, ANA, "caller")


async def attended_transfer_by_key_into_queue(stage: Stage) -> None:
    """The agent calls another queue's line by the feature code *2 and joins the caller with that wait."""
    await stage.agent("1001", "101")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(0.3)
    await agent.sound.press("*2")
    await pause(1)
    await agent.sound.press("102")
    entered = stage.say("1001 has pressed *2 102 and waits in 102")
    await pause(4.5)
    ended = stage.say("1001 hangs up and so joins 70000001 with the wait")
    await agent.hang_up()
    await pause(1)
    other = await stage.agent("1002", "102")
    leg = await other.offered()
    await pause(0.3)
    await leg.answer()
    picked = stage.say("1002 answers")
    await pause(1.3)
    over = stage.say("1002 hangs up")
    await leg.hang_up()
    await caller.until(caller.ended)
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "102")
    stage.saw("102", "70000001", "answered", entered, picked, over, BEATRIZ, "agent")


async def attended_transfer_into_queue_ringing(stage: Stage) -> None:
    """The agent joins the caller with a wait in another queue, which rings a colleague already."""
    phone = await stage.agent("1001", "101")
    other = await stage.agent("1002", "102")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await agent.hold()
    waiting = await phone.call("102")
    await waiting.until(waiting.answered)
    entered = stage.say("1001 waits in 102")
    leg = await other.offered()
    await pause(0.6)
    await agent.transfer_to(waiting)
    ended = stage.say("1001 joins 70000001 with the wait")
    await pause(0.6)
    await leg.answer()
    picked = stage.say("1002 answers")
    await pause(1)
    over = stage.say("1002 hangs up")
    await leg.hang_up()
    await caller.until(caller.ended)
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "102")
    stage.saw("102", "70000001", "answered", entered, picked, over, BEATRIZ, "agent")
