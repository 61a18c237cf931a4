"""Transfers, redirects, feature codes: conversations that end or go on elsewhere."""

from tests.telephony.outcomes.stage import MEMBERS, Stage, pause
from tests.telephony.phones.sip_leg import Leg
from tests.telephony.phones.sip_phone import SipPhone

ANA, BEATRIZ = MEMBERS["1001"], MEMBERS["1002"]


async def _picked_up(phone: SipPhone) -> Leg:
    leg = await phone.offered()
    await pause(0.3)
    await leg.answer()
    return leg


async def blind_transfer(stage: Stage) -> None:
    """The agent's phone sends the caller on (REFER)."""
    await stage.agent("1001", "101")
    colleague = await stage.phone("1002")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(1.1)
    await agent.transfer("1002")
    ended = stage.say("1001 transfers to 1002")
    await _picked_up(colleague)
    await pause(1)
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "1002")


async def blind_transfer_by_key(stage: Stage) -> None:
    """The same with the feature code #1."""
    await stage.agent("1001", "101")
    colleague = await stage.phone("1002")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(0.5)
    await agent.sound.press("#1")
    await pause(1)
    await agent.sound.press("1002")
    ended = stage.say("1001 has pressed #1 1002")
    await _picked_up(colleague)
    await pause(1)
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "1002")


async def attended_transfer(stage: Stage) -> None:
    """The agent asks a colleague first, then joins the two (REFER with Replaces)."""
    phone = await stage.agent("1001", "101")
    colleague = await stage.phone("1002")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await agent.hold()
    consultation = await phone.call("1002")
    await _picked_up(colleague)
    await consultation.until(consultation.answered)
    await pause(0.8)
    await agent.transfer_to(consultation)
    ended = stage.say("1001 joins 70000001 with 1002")
    await pause(1)
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "1002")


async def attended_transfer_by_key(stage: Stage) -> None:
    """The same with the feature code *2."""
    await stage.agent("1001", "101")
    colleague = await stage.phone("1002")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(0.3)
    await agent.sound.press("*2")
    await pause(1)
    await agent.sound.press("1002")
    await _picked_up(colleague)
    await pause(0.8)
    ended = stage.say("1001 hangs up and so joins 70000001 with 1002")
    await agent.hang_up()
    await pause(1)
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "1002")


async def attended_transfer_into_queue(stage: Stage) -> None:
    """The agent calls another queue's line and joins the caller with that wait (REFER with Replaces)."""
    phone = await stage.agent("1001", "101")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await agent.hold()
    waiting = await phone.call("102")
    await waiting.until(waiting.answered)
    entered = stage.say("1001 waits in 102")
    await pause(1.2)
    await agent.transfer_to(waiting)
    ended = stage.say("1001 joins 70000001 with the wait")
    await pause(0.6)
    other = await stage.agent("1002", "102")
    leg = await _picked_up(other)
    picked = stage.say("1002 answers")
    await pause(1)
    over = stage.say("1002 hangs up")
    await leg.hang_up()
    await caller.until(caller.ended)
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "102")
    stage.saw("102", "70000001", "answered", entered, picked, over, BEATRIZ, "agent")


async def attended_transfer_into_queue_abandoned(stage: Stage) -> None:
    """The same, and the caller hangs up before anybody answers."""
    phone = await stage.agent("1001", "101")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await agent.hold()
    waiting = await phone.call("102")
    await waiting.until(waiting.answered)
    entered = stage.say("1001 waits in 102")
    await pause(1.1)
    await agent.transfer_to(waiting)
    ended = stage.say("1001 joins 70000001 with the wait")
    await pause(1.1)
    over = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "102")
    stage.saw("102", "70000001", "abandoned", entered, None, over, ended_by="caller")


async def blind_transfer_by_caller(stage: Stage) -> None:
    """A colleague who called the queue sends the agent on (REFER on the caller's side)."""
    phone = await stage.agent("1001", "101")
    colleague = await stage.phone("1002")
    caller, joined = await _from_inside(stage, "1003", "101")
    leg = await phone.offered()
    await pause(0.4)
    await leg.answer()
    answered = stage.say("1001 answers 1003")
    await pause(1.1)
    await caller.transfer("1002")
    ended = stage.say("1003 transfers to 1002")
    await _picked_up(colleague)
    await pause(1)
    await leg.hang_up()
    stage.saw("101", "1003", "answered", joined, answered, ended, ANA, "transfer", "1002")


async def attended_transfer_by_caller(stage: Stage) -> None:
    """The same after asking the other colleague first (REFER with Replaces): who got the agent is in no row."""
    phone = await stage.agent("1001", "101")
    colleague = await stage.phone("1002")
    caller, joined = await _from_inside(stage, "1003", "101")
    leg = await phone.offered()
    await pause(0.4)
    await leg.answer()
    answered = stage.say("1001 answers 1003")
    await caller.hold()
    consultation = await stage.phones["1003"].call("1002")
    await _picked_up(colleague)
    await consultation.until(consultation.answered)
    await pause(0.8)
    await caller.transfer_to(consultation)
    ended = stage.say("1003 joins 1001 with 1002")
    await pause(1)
    await leg.hang_up()
    stage.saw("101", "1003", "answered", joined, answered, ended, ANA, "transfer", None)


async def _from_inside(stage: Stage, user: str, extension: str) -> tuple[Leg, float]:
    leg = await (await stage.phone(user)).call(extension)
    await leg.until(leg.answered)
    return leg, stage.say(f"{user} calls {extension} and waits")


async def blind_transfer_into_queue(stage: Stage) -> None:
    """The agent sends the caller to another queue's line."""
    await stage.agent("1001", "101")
    other = await stage.agent("1002", "102")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(0.6)
    await agent.transfer("102")
    ended = stage.say("1001 transfers to 102")
    await _picked_up(other)
    picked = stage.say("1002 answers")
    await pause(1)
    over = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", "102")
    stage.saw("102", "70000001", "answered", ended, picked, over, BEATRIZ, "caller")


async def agent_ends_by_key(stage: Stage) -> None:
    """The agent hangs up with the feature code *0."""
    await stage.agent("1001", "101")
    caller, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(0.5)
    await agent.sound.press("*0")
    ended = stage.say("1001 has pressed *0")
    await agent.until(agent.ended)
    await pause(1.2)
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "agent")


async def redirected_talking(stage: Stage) -> None:
    """A supervisor sends the connected caller to a colleague (AMI Redirect)."""
    await stage.agent("1001", "101")
    colleague = await stage.phone("1002")
    caller, _, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(0.6)
    await _redirect(stage, "1002")
    ended = stage.say("70000001 is redirected to 1002")
    await _picked_up(colleague)
    await pause(1.3)
    await caller.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "transfer", None)


async def redirected_waiting(stage: Stage) -> None:
    """A supervisor sends the waiting caller to a colleague (AMI Redirect)."""
    colleague = await stage.phone("1002")
    caller, joined = await stage.call("70000001", "101")
    await pause(1.1)
    await _redirect(stage, "1002")
    ended = stage.say("70000001 is redirected to 1002")
    await _picked_up(colleague)
    await pause(1)
    await caller.hang_up()
    stage.saw("101", "70000001", "abandoned", joined, None, ended)


async def redirected_into_queue(stage: Stage) -> None:
    """A supervisor sends the waiting caller to another queue (AMI Redirect)."""
    caller, joined = await stage.call("70000001", "101")
    await pause(1.1)
    await _redirect(stage, "102")
    moved = stage.say("70000001 is redirected to 102")
    await pause(1)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("101", "70000001", "abandoned", joined, None, moved)
    stage.saw("102", "70000001", "abandoned", moved, None, ended, ended_by="caller")


async def _redirect(stage: Stage, extension: str) -> None:
    channel = stage.channel_of("PJSIP/red-publica-")
    await stage.order("Redirect", Channel=channel, Context="troncal-agents", Exten=extension, Priority="1")


async def withdrawn(stage: Stage) -> None:
    """A supervisor takes the caller out of the queue."""
    caller, joined = await stage.call("70000001", "101")
    await pause(1.1)
    channel = stage.channel_of("PJSIP/red-publica-")
    await stage.order("QueueWithdrawCaller", Queue="101", Caller=channel, WithdrawInfo="atendida|por otra via")
    ended = stage.say("70000001 is withdrawn")
    await caller.until(caller.ended)
    stage.saw("101", "70000001", "withdrawn", joined, None, ended, slack_seconds=1.2)
