"""Commands from the bus as actions for Asterisk, and what came of them as the bus' answers."""

from ami_bridge import actions
from ami_bridge.actions import Done, Executor, Outcome
from callcenter.clock import now_us
from callcenter.messages import (
    Accepted,
    Answer,
    Command,
    HangUp,
    LogIn,
    LogOut,
    Originate,
    OutcomeUnknown,
    Pause,
    Redirect,
    Refusal,
    Refused,
    Unpause,
)

KINDS: tuple[type[Command], ...] = (LogIn, LogOut, Pause, Unpause, Originate, Redirect, HangUp)
# Where the dialplan lets a moved or originated call go: colleagues and lines, nothing else.
CONTEXT = "troncal-agents"
# What a call to the outside is for: its extension says it, and leads to the one context made for that.
_OUTSIDE = {"callback": "troncal-callback"}


class Orders:
    """The handler that the bridge serves commands with."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def carry_out(self, command: Command) -> Answer:
        """Do it once; say what came of it."""
        wanted = action_for(command)
        if wanted is None:
            return answer_to(command, actions.Refused(Refusal.INVALID, "not a command of the bridge"))
        return answer_to(command, await self._executor.execute(wanted))


def action_for(command: Command) -> actions.Command | None:
    """The action that a command asks for; None for a kind that is not known here."""
    name, expires_at_us = str(command.command_id), command.expires_us
    match command:
        case LogIn(interface=phone, member=member, queues=queues):
            places = tuple((place.queue, place.penalty) for place in queues)
            return actions.LogIn(
                command_id=name, expires_at_us=expires_at_us, interface=phone, member_name=member, queues=places
            )
        case LogOut(interface=phone):
            return actions.LogOut(command_id=name, expires_at_us=expires_at_us, interface=phone)
        case Pause(interface=phone, reason=reason, queue=queue):
            return actions.Pause(
                command_id=name, expires_at_us=expires_at_us, interface=phone, reason=reason, queue=queue
            )
        case Unpause(interface=phone, queue=queue):
            return actions.Unpause(command_id=name, expires_at_us=expires_at_us, interface=phone, queue=queue)
        case _:
            return _call_action(command, name, expires_at_us)


def _call_action(command: Command, name: str, expires_at_us: int) -> actions.Command | None:
    match command:
        case Originate():
            return actions.Originate(
                command_id=name,
                expires_at_us=expires_at_us,
                interface=command.interface,
                context=_OUTSIDE.get(command.exten, CONTEXT),
                exten=command.exten,
                caller_id=command.caller_id,
                ring_seconds=command.ring_seconds,
                variables={"TRONCAL_REFERENCE": command.reference} if command.reference else {},
            )
        case Redirect(uniqueid=uniqueid, exten=exten):
            return actions.Redirect(
                command_id=name, expires_at_us=expires_at_us, channel=uniqueid, context=CONTEXT, exten=exten
            )
        case HangUp(uniqueid=uniqueid):
            return actions.HangUp(command_id=name, expires_at_us=expires_at_us, channel=uniqueid)
        case _:
            return None


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
