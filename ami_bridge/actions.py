"""Command in, AMI actions out, one answer back; on an AMI session of its own.

A command is carried out once or not at all. Where Asterisk's answer did not come the outcome is unknown, and
nothing is repeated: whoever asked sees in the floor's facts what came of it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping

from ami_bridge import action_forms as forms
from ami_bridge import call_forms
from ami_bridge.action_forms import (
    BadCommand,
    Command,
    HangUp,
    LogIn,
    LogOut,
    Originate,
    Pause,
    QueueLog,
    Redirect,
    SetQueues,
    Unpause,
)
from ami_bridge.call_actions import CallActions
from ami_bridge.call_forms import GiveBack, HangUpPhone, MoveWaiting, Mute, OnCall, Recording, Release, Transfer
from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import Answer, BadAction, LinkDown, NotSent
from ami_bridge.outcomes import Done, Outcome, Refused, Unknown, outcome_of
from ami_bridge.seat_actions import SeatActions
from ami_bridge.wire.items import AmiResponse
from callcenter.messages.commands import Refusal

__all__ = [
    "Command",
    "Done",
    "Executor",
    "GiveBack",
    "HangUp",
    "HangUpPhone",
    "LogIn",
    "LogOut",
    "MoveWaiting",
    "Mute",
    "Originate",
    "Outcome",
    "Pause",
    "QueueLog",
    "Recording",
    "Redirect",
    "Refused",
    "Release",
    "SetQueues",
    "Transfer",
    "Unknown",
    "Unpause",
]

_ANSWER_SECONDS = 3.0
# A phone that cannot be rung at all is known within this; after it, it rings.
_RINGS_SECONDS = 0.5
_REMEMBERED = 2048
_AWAY = frozenset({"UNAVAILABLE", "INVALID"})
# OriginateResponse tells an AST_CONTROL code as its reason.
_NOT_ANSWERED = {"1": "hung up", "3": "no answer", "5": "busy", "8": "congestion"}


class Executor:
    """Carries out commands, each command_id once; repeats get the first outcome."""

    def __init__(self, link: AmiLink, *, now_us: Callable[[], int], answer_seconds: float = _ANSWER_SECONDS) -> None:
        self._link = link
        self._now_us = now_us
        self._answer_seconds = answer_seconds
        self._seats, self._calls = SeatActions(link, answer_seconds), CallActions(link, answer_seconds)
        self._outcomes: OrderedDict[str, asyncio.Task[Outcome]] = OrderedDict()

    async def execute(self, command: Command) -> Outcome:
        """What became of the command; never raises for what Asterisk or the network do."""
        task = self._outcomes.get(command.command_id)
        if task is None:
            task = asyncio.ensure_future(self._once(command))
            self._remember(command.command_id, task)
        return await asyncio.shield(task)

    def _remember(self, command_id: str, task: "asyncio.Task[Outcome]") -> None:
        self._outcomes[command_id] = task
        while len(self._outcomes) > _REMEMBERED and next(iter(self._outcomes.values())).done():
            self._outcomes.popitem(last=False)

    async def _once(self, command: Command) -> Outcome:
        if self._now_us() >= command.expires_at_us:
            return Refused(Refusal.EXPIRED, "the command came too late")
        try:
            return await self._carry_out(command)
        except (BadCommand, BadAction) as failure:
            return Refused(Refusal.INVALID, str(failure))
        except NotSent:
            return Refused(Refusal.ASTERISK_AWAY, "no session with Asterisk")
        except LinkDown:
            return Unknown("the session with Asterisk was lost before it answered")
        except TimeoutError:
            return Unknown("Asterisk did not answer in time")

    async def _carry_out(self, command: Command) -> Outcome:
        match command:
            case LogIn() | LogOut() | SetQueues():
                return await self._seats.carry_out(command)
            case OnCall() | MoveWaiting() | GiveBack() | HangUpPhone():
                return await self._calls.carry_out(command)
            case Pause() | Unpause():
                return await self._one(forms.queue_pause(command))
            case Originate():
                return await self._originate(command)
            case Redirect():
                return await self._one(forms.redirect(command))
            case HangUp():
                return await self._one(call_forms.hang_up(command.channel))
            case QueueLog():
                return await self._one(forms.queue_log(command))
        raise BadCommand(f"{type(command).__name__} is no command of the bridge")

    async def _one(self, action: Mapping[str, str]) -> Outcome:
        (answer,) = await self._link.send(action, timeout_seconds=self._answer_seconds)
        return outcome_of(answer)

    async def _originate(self, command: Originate) -> Outcome:
        """The response only says that Asterisk will try; OriginateResponse says what came of it."""
        if command.context not in forms.OUTSIDE_CONTEXTS and await self._is_away(command.interface):
            return Refused(Refusal.PHONE_AWAY, "the phone is not registered")
        attempt = _Attempt()
        longest = command.ring_seconds + self._answer_seconds
        try:
            answers = await self._link.send(
                forms.originate(command),
                timeout_seconds=longest if command.awaited else _RINGS_SECONDS,
                complete=attempt.is_over,
            )
        except TimeoutError:
            if command.awaited or not attempt.begun:
                raise
            return Done()
        last = answers[-1]
        if isinstance(last, AmiResponse):
            return outcome_of(last)
        if last.get("Response") == "Success":
            return Done(last.headers)
        why = _NOT_ANSWERED.get(last.get("Reason"), "failed")
        return Refused(Refusal.ASTERISK_REFUSED, f"the phone was not reached: {why}")

    async def _is_away(self, interface: str) -> bool:
        """Asterisk would find out too, and write it down as an error of its own."""
        asked = await self._one(forms.device_state(interface))
        return isinstance(asked, Done) and asked.headers.get("Value") in _AWAY


class _Attempt:
    """A call that Asterisk tries to make."""

    def __init__(self) -> None:
        self.begun = False

    def is_over(self, answers: list[Answer]) -> bool:
        """Refused at once, or told what came of it."""
        last = answers[-1]
        if isinstance(last, AmiResponse):
            self.begun = last.succeeded
            return not last.succeeded
        return last.name == "OriginateResponse"
