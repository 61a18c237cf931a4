"""Several phones, several queues, and Asterisk's own ends."""

from tests.telephony.outcomes.stage import MEMBERS, Stage, pause
from tests.telephony.phones.sip_leg import Manner

ANA, BEATRIZ = MEMBERS["1001"], MEMBERS["1002"]


async def agent_day(stage: Stage) -> None:
    """Log in, pause with a reason, another reason, back, log out."""
    await stage.agent("1001", "101", "102")
    for paused, reason in (("true", "Descanso"), ("true", "Almuerzo"), ("false", "")):
        await stage.order("QueuePause", Interface="PJSIP/1001", Paused=paused, Reason=reason)
        stage.say(f"1001 paused={paused} {reason}")
        await pause(0.4)
    await stage.order("QueuePause", Interface="PJSIP/1001", Queue="102", Paused="true", Reason="Supervisión")
    for queue in ("101", "102"):
        await stage.order("QueueRemove", Queue=queue, Interface="PJSIP/1001")
    stage.say("1001 logs out")


async def ringall(stage: Stage) -> None:
    """Two phones ring, the second one answers."""
    first = await stage.agent("1001", "todos")
    await stage.agent("1002", "todos")
    caller, _, joined, answered = await stage.conversation("70000001", "108", "1002")
    assert first.incoming.qsize() == 1
    await pause(1)
    ended = stage.say("70000001 hangs up")
    await caller.hang_up()
    stage.saw("todos", "70000001", "answered", joined, answered, ended, BEATRIZ, "caller")


async def local_member(stage: Stage) -> None:
    """The member is a Local channel; the phone rings behind it."""
    await stage.agent("1001", "101", interface="Local/1001@troncal-agents")
    _, agent, joined, answered = await stage.conversation("70000001", "101", "1001")
    await pause(1.2)
    ended = stage.say("1001 hangs up")
    await agent.hang_up()
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "agent")


async def two_queues_one_agent(stage: Stage) -> None:
    """Calls in two queues at once; the one agent serves both, one after the other."""
    phone = await stage.agent("1001", "101", "102")
    first, _, joined, answered = await stage.conversation("70000001", "101", "1001")
    second, waiting = await stage.call("70000002", "102")
    await pause(1.2)
    ended = stage.say("70000001 hangs up")
    await first.hang_up()
    leg = await phone.offered()
    await pause(0.3)
    await leg.answer()
    picked = stage.say("1001 answers 70000002")
    await pause(1.1)
    over = stage.say("1001 hangs up")
    await leg.hang_up()
    await second.until(second.ended)
    stage.saw("101", "70000001", "answered", joined, answered, ended, ANA, "caller")
    stage.saw("102", "70000002", "answered", waiting, picked, over, ANA, "agent")


async def killed(stage: Stage) -> None:
    """Asterisk dies (-9) with one caller waiting and one connected, starts again, and serves."""
    await stage.agent("1001", "101")
    _, _, joined, answered = await stage.conversation("70000001", "101", "1001")
    _, waiting = await stage.call("70000002", "101")
    await pause(1.1)
    await stage.lab.kill()
    cut = stage.say("Asterisk is killed")
    await _again(stage)
    stage.saw("101", "70000001", "interrupted", joined, answered, cut, ANA, slack_seconds=2)
    stage.saw("101", "70000002", "interrupted", waiting, None, cut, slack_seconds=2)
    await _one_more(stage)


async def stopped(stage: Stage) -> None:
    """`core stop now` with one caller waiting and one connected; started again, and serves."""
    await stage.agent("1001", "101")
    _, _, joined, answered = await stage.conversation("70000001", "101", "1001")
    _, waiting = await stage.call("70000002", "101")
    await pause(1.1)
    cut = stage.say("Asterisk is stopped")
    await stage.orders.act(Action="Command", Command="core stop now")
    await stage.lab.ended()
    await _again(stage)
    stage.saw("101", "70000001", "interrupted", joined, answered, cut, ANA, slack_seconds=2)
    stage.saw("101", "70000002", "interrupted", waiting, None, cut, slack_seconds=2)
    await _one_more(stage)


async def _again(stage: Stage) -> None:
    """The phones of before forget their calls; Asterisk starts."""
    for phone in stage.phones.values():
        for leg in list(phone.legs.values()):
            leg.end()
    await stage.lab.start()
    await stage.reconnect()
    for user, phone in stage.phones.items():
        if user in MEMBERS:
            await phone.register(300)


async def _one_more(stage: Stage) -> None:
    """A caller after the restart."""
    await stage.agent("1002", "102", manner=Manner.RING)
    caller, _, joined, answered = await stage.conversation("70000003", "102", "1002")
    await pause(1.1)
    ended = stage.say("70000003 hangs up")
    await caller.hang_up()
    stage.saw("102", "70000003", "answered", joined, answered, ended, BEATRIZ, "caller")
