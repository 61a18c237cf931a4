"""Commands from the bus as actions for Asterisk, and what came of them as the bus' answers."""

from collections.abc import Callable, Iterable
from typing import TypedDict

from ami_bridge import actions
from ami_bridge.actions import Executor
from ami_bridge.outcomes import Done, Outcome
from callcenter.clock import now_us
from callcenter.messages.commands import (
    Accepted,
    Answer,
    Command,
    HangUp,
    LogIn,
    LogOut,
    MoveWaiting,
    Mute,
    Originate,
    OutcomeUnknown,
    Pause,
    PhoneLost,
    QueuePenalty,
    RecordingPause,
    RecordingResume,
    Redirect,
    Refusal,
    Refused,
    Release,
    SetQueues,
    Spy,
    Transfer,
    Unpause,
)

KINDS: tuple[type[Command], ...] = (
    *(LogIn, LogOut, SetQueues, Pause, Unpause, PhoneLost),
    *(Originate, Redirect, HangUp, Release, Transfer, Mute, Spy, MoveWaiting, RecordingPause, RecordingResume),
)
# Where the dialplan lets a moved or originated call go: colleagues, lines and numbers of the country, nothing else.
CONTEXT = "troncal-agents"
_SPIES = "troncal-spy"
_SPY_RINGS_SECONDS = 30
_SPY_NAME = "troncal-"
# What a call to the outside is for: its extension says it, and leads to the one context made for that.
_OUTSIDE = {"callback": "troncal-callback"}


class Orders:
    """The handler that the bridge serves commands with. `phone_lost` takes the word of a page that was closed."""

    def __init__(self, executor: Executor, phone_lost: Callable[[str], bool]) -> None:
        self._executor, self._phone_lost = executor, phone_lost

    async def carry_out(self, command: Command) -> Answer:
        """Do it once; say what came of it."""
        if isinstance(command, PhoneLost):
            talked = self._phone_lost(command.interface)
            return answer_to(command, Done() if talked else actions.Refused(Refusal.UNKNOWN_CALL, "no call there"))
        wanted = action_for(command)
        if wanted is None:
            return answer_to(command, actions.Refused(Refusal.INVALID, "not a command of the bridge"))
        return answer_to(command, await self._executor.execute(wanted))


def action_for(command: Command) -> actions.Command | None:
    """The action that a command asks for; None for a kind that is not known here."""
    head: _Head = {"command_id": str(command.command_id), "expires_at_us": command.expires_us}
    return _seat_action(command, head) or _own_call_action(command, head) or _call_action(command, head)


class _Head(TypedDict):
    command_id: str
    expires_at_us: int


def _seat_action(command: Command, head: _Head) -> actions.Command | None:
    """An agent in the queues."""
    match command:
        case LogIn(interface=phone, member=member, queues=queues):
            return actions.LogIn(interface=phone, member_name=member, queues=_places(queues), **head)
        case SetQueues(interface=phone, member=member, queues=queues):
            return actions.SetQueues(interface=phone, member_name=member, queues=_places(queues), **head)
        case LogOut(interface=phone):
            return actions.LogOut(interface=phone, **head)
        case Pause(interface=phone, reason=reason, queue=queue):
            return actions.Pause(interface=phone, reason=reason, queue=queue, **head)
        case Unpause(interface=phone, queue=queue):
            return actions.Unpause(interface=phone, queue=queue, **head)
    return None


def _places(queues: Iterable[QueuePenalty]) -> tuple[tuple[str, int], ...]:
    return tuple((place.queue, place.penalty) for place in queues)


def _own_call_action(command: Command, head: _Head) -> actions.Command | None:
    """An agent's own call."""
    match command:
        case Release(interface=phone, uniqueid=caller):
            return actions.Release(interface=phone, caller=caller, **head)
        case Transfer(interface=phone, uniqueid=caller, exten=exten):
            return actions.Transfer(interface=phone, caller=caller, context=CONTEXT, exten=exten, **head)
        case Mute(interface=phone, uniqueid=caller, muted=muted):
            return actions.Mute(interface=phone, caller=caller, muted=muted, **head)
        case RecordingPause(interface=phone, uniqueid=caller):
            return actions.Recording(interface=phone, caller=caller, paused=True, **head)
        case RecordingResume(interface=phone, uniqueid=caller):
            return actions.Recording(interface=phone, caller=caller, paused=False, **head)
    return None


def _call_action(command: Command, head: _Head) -> actions.Command | None:
    """Any call, and new ones."""
    match command:
        case Originate():
            return actions.Originate(
                interface=command.interface,
                context=_OUTSIDE.get(command.exten, CONTEXT),
                exten=command.exten,
                caller_id=command.caller_id,
                ring_seconds=command.ring_seconds,
                variables={"TRONCAL_REFERENCE": command.reference} if command.reference else {},
                awaited=command.awaited,
                **head,
            )
        case Spy():
            return _spy_action(command, head)
        case MoveWaiting(uniqueid=caller, queue=queue, exten=exten):
            return actions.MoveWaiting(caller=caller, goal=f"queue-{queue}" if queue else f"phone-{exten}", **head)
        case Redirect(uniqueid=uniqueid, exten=exten):
            return actions.Redirect(channel=uniqueid, context=CONTEXT, exten=exten, **head)
        case HangUp(uniqueid=uniqueid):
            return actions.HangUp(channel=uniqueid, **head)
    return None


def _spy_action(command: Spy, head: _Head) -> actions.Originate:
    """The supervisor's phone rings, and hears when it is answered. The caller's name tells the phone what for."""
    return actions.Originate(
        interface=command.interface,
        context=_SPIES,
        exten=f"{command.mode}-{command.extension}",
        caller_id=command.extension,
        caller_name=f"{_SPY_NAME}{command.mode}",
        ring_seconds=_SPY_RINGS_SECONDS,
        variables={},
        awaited=False,
        **head,
    )


def answer_to(command: Command, outcome: Outcome) -> Answer:
    """The bus' answer for what came of a command."""
    head = {"node": command.node, "command_id": command.command_id, "at_us": now_us()}
    match outcome:
        case Done():
            return Accepted.model_validate(head)
        case actions.Refused(reason=reason, text=text):
            return Refused.model_validate({**head, "reason": reason, "text": text[:300]})
        case actions.Unknown(text=text):
            return OutcomeUnknown.model_validate({**head, "text": text[:300]})
