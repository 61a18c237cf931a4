"""Command in, AMI actions out, one answer back; on an AMI session of its own.

A command is carried out once or not at all. Where Asterisk's answer did not come the outcome is unknown, and
nothing is repeated: whoever asked sees in the floor's facts what came of it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ami_bridge import action_forms as forms
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
    Unpause,
)
from ami_bridge.link import AmiLink, Answer, BadAction, LinkDown, NotSent
from ami_bridge.wire import AmiResponse
from callcenter.commands import Refusal

__all__ = [
    "Command",
    "Done",
    "Executor",
    "HangUp",
    "LogIn",
    "LogOut",
    "Originate",
    "Outcome",
    "Pause",
    "QueueLog",
    "Redirect",
    "Refused",
    "Unknown",
    "Unpause",
]

_ANSWER_SECONDS = 3.0
_REMEMBERED = 2048
_AS_IT_WAS = ("already there", "not there")
_REFUSALS = (
    ("no such queue", Refusal.UNKNOWN_QUEUE),
    ("interface not found", Refusal.UNKNOWN_MEMBER),
    ("not dynamic", Refusal.WRONG_STATE),
    ("no such channel", Refusal.UNKNOWN_CALL),
    ("channel not existent", Refusal.UNKNOWN_CALL),
    ("channel does not exist", Refusal.UNKNOWN_CALL),
    ("not up", Refusal.WRONG_STATE),
)
# OriginateResponse tells an AST_CONTROL code as its reason.
_NOT_ANSWERED = {"1": "hung up", "3": "no answer", "5": "busy", "8": "congestion"}


@dataclass(frozen=True, slots=True)
class Done:
    """Asterisk did it; `headers` of its last answer."""

    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done, and nothing changed."""

    reason: Refusal
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was sent, and no answer came: it may have been done."""

    text: str


Outcome = Done | Refused | Unknown


class Executor:
    """Carries out commands, each command_id once; repeats get the first outcome."""

    def __init__(self, link: AmiLink, *, now_us: Callable[[], int], answer_seconds: float = _ANSWER_SECONDS) -> None:
        self._link = link
        self._now_us = now_us
        self._answer_seconds = answer_seconds
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
            case LogIn():
                return await self._log_in(command)
            case LogOut():
                return await self._log_out(command)
            case Pause() | Unpause():
                return await self._one(forms.queue_pause(command))
            case Originate():
                return await self._originate(command)
            case Redirect():
                return await self._one(forms.redirect(command))
            case HangUp():
                return await self._one(forms.hang_up(command))
            case QueueLog():
                return await self._one(forms.queue_log(command))
        raise BadCommand(f"{type(command).__name__} is no command of the bridge")

    async def _one(self, action: Mapping[str, str]) -> Outcome:
        (answer,) = await self._link.send(action, timeout_seconds=self._answer_seconds)
        return _outcome(answer)

    async def _log_in(self, command: LogIn) -> Outcome:
        """All queues or none: what was added before a refusal is taken back."""
        added: list[str] = []
        outcome: Outcome = Done()
        for action in forms.queue_adds(command):
            try:
                outcome = await self._one(action)
            except NotSent as lost:
                if not added:
                    raise
                raise LinkDown(str(lost)) from lost
            if isinstance(outcome, Done):
                added.append(action["Queue"])
            elif not _is_as_it_was(outcome):
                await self._take_back(command.interface, tuple(added))
                return outcome
        return Done() if _is_as_it_was(outcome) else outcome

    async def _take_back(self, interface: str, queues: tuple[str, ...]) -> None:
        for action in forms.queue_removes(interface, queues):
            await self._one(action)

    async def _log_out(self, command: LogOut) -> Outcome:
        queues = command.queues or await self._queues_of(command.interface)
        outcome: Outcome = Refused(Refusal.UNKNOWN_MEMBER, "this phone is in no queue")
        for at, action in enumerate(forms.queue_removes(command.interface, queues)):
            try:
                outcome = await self._one(action)
            except NotSent as lost:
                if at == 0:
                    raise
                raise LinkDown(str(lost)) from lost
            if not isinstance(outcome, Done) and not _is_as_it_was(outcome):
                return outcome
        return Done() if _is_as_it_was(outcome) else outcome

    async def _queues_of(self, interface: str) -> tuple[str, ...]:
        seconds = self._answer_seconds
        answers = await self._link.send(forms.memberships(interface), as_list=True, timeout_seconds=seconds)
        rows = (each for each in answers if each.get("Event") == "QueueMember")
        return tuple(row.get("Queue") for row in rows if row.get("Location") == interface)

    async def _originate(self, command: Originate) -> Outcome:
        """The response only says that Asterisk will try; OriginateResponse says what came of it."""
        answers = await self._link.send(
            forms.originate(command),
            timeout_seconds=command.ring_seconds + self._answer_seconds,
            complete=_originate_ended,
        )
        last = answers[-1]
        if isinstance(last, AmiResponse):
            return _outcome(last)
        if last.get("Response") == "Success":
            return Done(last.headers)
        why = _NOT_ANSWERED.get(last.get("Reason"), "failed")
        return Refused(Refusal.ASTERISK_REFUSED, f"the phone was not reached: {why}")


def _originate_ended(answers: list[Answer]) -> bool:
    last = answers[-1]
    return not last.succeeded if isinstance(last, AmiResponse) else last.name == "OriginateResponse"


def _outcome(answer: Answer) -> Outcome:
    if not isinstance(answer, AmiResponse) or answer.succeeded:
        return Done(answer.headers)
    message = answer.get("Message")
    for words, reason in _REFUSALS:
        if words in message.lower():
            return Refused(reason, message)
    return Refused(Refusal.ASTERISK_REFUSED, message)


def _is_as_it_was(outcome: Outcome) -> bool:
    """Already in the queue, or already out of it: what was asked for is so."""
    return isinstance(outcome, Refused) and any(words in outcome.text.lower() for words in _AS_IT_WAS)
