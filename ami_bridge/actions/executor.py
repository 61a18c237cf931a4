"""Carries out the commands, on an AMI session of its own. `_table` has which command is whose.

A command is carried out once or not at all. Where Asterisk's answer did not come the outcome is unknown, and
nothing is repeated: the live state shows what came of it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from ami_bridge.actions.action_session import ActionSession
from ami_bridge.actions.call_control import CallControl
from ami_bridge.actions.forms.allowed import BadCommand
from ami_bridge.actions.forms.answers import ActionOutcome, KnownOutcome, NotDone, Unconfirmed
from ami_bridge.actions.forms.calls import room_for_recordings
from ami_bridge.actions.forms.queue_log import clock_was_set
from ami_bridge.actions.new_calls import NewCalls
from ami_bridge.actions.queue_membership import NotUndone, QueueMembership
from ami_bridge.floor.phone_watch import DueAction, EndCalls, PauseMember, RequeueCaller, ResumeMember
from ami_bridge.ledger.clock_steps import ClockStep
from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import ActionRefused, BadAction, LinkDown, NotSent
from callcenter.messages.call_commands import (
    HangUp,
    Mute,
    Originate,
    RecordingPause,
    RecordingResume,
    Redirect,
    RedirectQueuedCall,
    Release,
    Spy,
    Transfer,
)
from callcenter.messages.commands import Command, LogIn, LogOut, Pause, Refusal, SetQueues, Unpause

_ANSWER_SECONDS = 3.0
_REMEMBERED = 2048

# Takes the kind of command beside which it stands in the table.
CarryOut = Callable[[Any], Awaitable[KnownOutcome]]


class Executor:
    """Carries out commands, each command_id once; repeats get the first outcome."""

    def __init__(self, link: AmiLink, *, now_us: Callable[[], int], answer_seconds: float = _ANSWER_SECONDS) -> None:
        self._now_us = now_us
        session = self._session = ActionSession(link, answer_seconds)
        self._members, self._calls = QueueMembership(session), CallControl(session)
        self._table = _table(self._members, self._calls, NewCalls(session))
        self._outcomes: OrderedDict[UUID, asyncio.Task[ActionOutcome]] = OrderedDict()

    @property
    def kinds(self) -> Collection[type[Command]]:
        """The commands that can be carried out here."""
        return self._table.keys()

    async def execute(self, command: Command) -> ActionOutcome:
        """The outcome of the command; never raises for what Asterisk or the network do."""
        task = self._outcomes.get(command.command_id)
        if task is None:
            task = asyncio.ensure_future(self._once(command))
            self._remember(command.command_id, task)
        return await asyncio.shield(task)

    async def do(self, action: DueAction) -> ActionOutcome:
        """The outcome of an action that the bridge itself found due; raises no more than `execute`."""
        return await _outcome_of(self._do(action))

    async def tell_room_for_recordings(self, there_is: bool) -> ActionOutcome:
        """The outcome of telling the dialplan whether to begin recordings; raises no more than `execute`."""
        return await _outcome_of(self._session.ask(room_for_recordings(there_is)))

    async def write_clock_was_set(self, step: ClockStep) -> ActionOutcome:
        """The outcome of writing into the queue log that the wall clock was set; raises no more than `execute`."""
        return await _outcome_of(self._session.ask(clock_was_set(step)))

    def _remember(self, command_id: UUID, task: "asyncio.Task[ActionOutcome]") -> None:
        self._outcomes[command_id] = task
        while len(self._outcomes) > _REMEMBERED and next(iter(self._outcomes.values())).done():
            self._outcomes.popitem(last=False)

    async def _once(self, command: Command) -> ActionOutcome:
        if self._now_us() >= command.expires_us:
            return NotDone(Refusal.EXPIRED, "the command came too late")
        carry_out = self._table.get(type(command))
        if carry_out is None:
            return NotDone(Refusal.INVALID, f"{command.kind} is no command of the bridge")
        return await _outcome_of(carry_out(command))

    async def _do(self, action: DueAction) -> KnownOutcome:
        match action:
            case PauseMember(interface=phone, reason=reason):
                return await self._members.pause_phone(phone, reason)
            case ResumeMember(interface=phone):
                return await self._members.unpause_phone(phone)
            case RequeueCaller(agent_channel=channel):
                return await self._calls.requeue(channel)
            case EndCalls(interface=phone):
                return await self._calls.end_calls(phone)


def _table(members: QueueMembership, calls: CallControl, new_calls: NewCalls) -> Mapping[type[Command], CarryOut]:
    """Where a command becomes AMI actions."""
    return {
        LogIn: members.log_in,
        LogOut: members.log_out,
        SetQueues: members.set_queues,
        Pause: members.pause,
        Unpause: members.unpause,
        Release: calls.on_own_call,
        Transfer: calls.on_own_call,
        Mute: calls.on_own_call,
        RecordingPause: calls.on_own_call,
        RecordingResume: calls.on_own_call,
        RedirectQueuedCall: calls.redirect_queued_call,
        Redirect: calls.redirect,
        HangUp: calls.hang_up,
        Originate: new_calls.originate,
        Spy: new_calls.spy,
    }


async def _outcome_of(work: Awaitable[KnownOutcome]) -> ActionOutcome:
    """What Asterisk answered or, where it did not, what is known of the outcome."""
    try:
        return await work
    except (BadCommand, BadAction) as failure:
        return NotDone(Refusal.INVALID, str(failure))
    except ActionRefused as refused:
        return NotDone(Refusal.ASTERISK_REFUSED, str(refused))
    except NotUndone as half:
        return Unconfirmed(str(half))
    except NotSent:
        return NotDone(Refusal.ASTERISK_AWAY, "no session with Asterisk")
    except LinkDown:
        return Unconfirmed("the session with Asterisk was lost before it answered")
    except TimeoutError:
        return Unconfirmed("Asterisk did not answer in time")
