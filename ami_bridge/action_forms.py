"""Commands, and the AMI actions that they become. Pure.

Every value is on a list of what is allowed: an AMI action is text that Asterisk may execute.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_INTERFACE = re.compile(r"PJSIP/[0-9A-Za-z_-]{1,60}")
# A call to the outside goes to a fixed or mobile number of Bolivia and nowhere else: any other costs somebody's money.
_OUTSIDE = re.compile(r"PJSIP/(?:[234][2-9][0-9]{6}|[67][0-9]{7})@[a-z][a-z0-9-]{0,30}")
OUTSIDE_CONTEXTS = frozenset({"troncal-callback"})
_NAME = re.compile(r"[0-9A-Za-z_-]{1,60}")
_EXTENSION = re.compile(r"[0-9A-Za-z*#+_-]{1,40}")
_NUMBER = re.compile(r"[0-9+*#]{1,40}")
_CHANNEL = re.compile(r"[0-9A-Za-z._/@;+*#-]{1,150}")
_VALUE = re.compile(r"[0-9A-Za-z._ /:+*#-]{0,200}")
_TEXT_AT_MOST = 80
_PENALTY_AT_MOST = 1000


class BadCommand(ValueError):
    """A value that is not allowed in an AMI action; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What all commands have. Worthless from `expires_at_us` (microseconds UTC) on."""

    command_id: str
    expires_at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn(Command):
    """Put a phone into queues, each with its penalty, under the agent's name."""

    interface: str
    member_name: str
    queues: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOut(Command):
    """Take a phone out of these queues; without queues, out of all that it is in."""

    interface: str
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Command):
    """No more calls for this phone, in one queue or (None) in all."""

    interface: str
    reason: str
    queue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpause(Command):
    """Calls again, in one queue or (None) in all."""

    interface: str
    queue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Originate(Command):
    """Ring a phone; when it answers, send it to an extension."""

    interface: str
    context: str
    exten: str
    caller_id: str
    ring_seconds: int
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(Command):
    """Send a channel (its name or its Uniqueid) to an extension."""

    channel: str
    context: str
    exten: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp(Command):
    """End a channel (its name or its Uniqueid)."""

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLog(Command):
    """Add a row to Asterisk's queue log: a verb of our own, such as a wrap-up or a disposition."""

    queue: str
    event: str
    interface: str = ""
    uniqueid: str = ""
    data: tuple[str, ...] = ()


def queue_adds(command: LogIn) -> list[dict[str, str]]:
    """One QueueAdd for each queue."""
    if not command.queues:
        raise BadCommand("no queue")
    return [_queue_add(command, queue, penalty) for queue, penalty in command.queues]


def _queue_add(command: LogIn, queue: str, penalty: int) -> dict[str, str]:
    if not 0 <= penalty <= _PENALTY_AT_MOST:
        raise BadCommand(f"penalty {penalty}")
    return {
        "Action": "QueueAdd",
        "Queue": _allowed(_NAME, queue, "queue"),
        "Interface": _allowed(_INTERFACE, command.interface, "interface"),
        "MemberName": _text(command.member_name, "member name"),
        "Penalty": str(penalty),
        "Paused": "false",
    }


def queue_removes(interface: str, queues: tuple[str, ...]) -> list[dict[str, str]]:
    """One QueueRemove for each queue."""
    return [
        {
            "Action": "QueueRemove",
            "Queue": _allowed(_NAME, queue, "queue"),
            "Interface": _allowed(_INTERFACE, interface, "interface"),
        }
        for queue in queues
    ]


def memberships(interface: str) -> dict[str, str]:
    """Asks for the queues that a phone is in."""
    return {"Action": "QueueStatus", "Member": _allowed(_INTERFACE, interface, "interface")}


def queue_pause(command: Pause | Unpause) -> dict[str, str]:
    """QueuePause, on or off."""
    paused = isinstance(command, Pause)
    action = {
        "Action": "QueuePause",
        "Interface": _allowed(_INTERFACE, command.interface, "interface"),
        "Paused": "true" if paused else "false",
    }
    if command.queue is not None:
        action["Queue"] = _allowed(_NAME, command.queue, "queue")
    if isinstance(command, Pause):
        action["Reason"] = _text(command.reason, "reason")
    return action


def originate(command: Originate) -> dict[str, str]:
    """Originate, always asynchronous: a synchronous one stops the session's events while the phone rings."""
    if not 1 <= command.ring_seconds <= 300:
        raise BadCommand(f"ring_seconds {command.ring_seconds}")
    rung = _OUTSIDE if command.context in OUTSIDE_CONTEXTS else _INTERFACE
    action = {
        "Action": "Originate",
        "Channel": _allowed(rung, command.interface, "interface"),
        "Context": _allowed(_NAME, command.context, "context"),
        "Exten": _allowed(_EXTENSION, command.exten, "exten"),
        "Priority": "1",
        "CallerID": _allowed(_NUMBER, command.caller_id, "caller_id"),
        "Timeout": str(command.ring_seconds * 1000),
        "Async": "true",
    }
    if command.variables:
        action["Variable"] = ",".join(_variable(name, value) for name, value in command.variables.items())
    return action


def _variable(name: str, value: str) -> str:
    return f"{_allowed(_NAME, name, 'variable')}={_allowed(_VALUE, value, 'value of a variable')}"


def redirect(command: Redirect) -> dict[str, str]:
    """Redirect to the first priority of an extension."""
    return {
        "Action": "Redirect",
        "Channel": _allowed(_CHANNEL, command.channel, "channel"),
        "Context": _allowed(_NAME, command.context, "context"),
        "Exten": _allowed(_EXTENSION, command.exten, "exten"),
        "Priority": "1",
    }


def hang_up(command: HangUp) -> dict[str, str]:
    """Hangup with the cause of an ordinary end."""
    return {"Action": "Hangup", "Channel": _allowed(_CHANNEL, command.channel, "channel"), "Cause": "16"}


def queue_log(command: QueueLog) -> dict[str, str]:
    """QueueLog; the data columns are parted by bars."""
    action = {
        "Action": "QueueLog",
        "Queue": _allowed(_NAME, command.queue, "queue"),
        "Event": _allowed(_NAME, command.event, "event"),
    }
    if command.interface:
        action["Interface"] = _text(command.interface, "interface")
    if command.uniqueid:
        action["Uniqueid"] = _allowed(_CHANNEL, command.uniqueid, "uniqueid")
    if command.data:
        action["Message"] = "|".join(_text(each, "data") for each in command.data)
    return action


def _allowed(pattern: re.Pattern[str], value: str, what: str) -> str:
    if not pattern.fullmatch(value):
        raise BadCommand(f"{what} {value[:60]!r} is not allowed")
    return value


def _text(value: str, what: str) -> str:
    """Text for people: printable, short, and without the bar that parts the columns of the queue log."""
    if not value or len(value) > _TEXT_AT_MOST or not value.isprintable() or "|" in value:
        raise BadCommand(f"{what} {value[:60]!r} is not allowed")
    return value
