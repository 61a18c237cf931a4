"""Commands, and the AMI actions that they become. Pure.

Every value is on a list of what is allowed: an AMI action is text that Asterisk may execute.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

INTERFACE = re.compile(r"PJSIP/[0-9A-Za-z_-]{1,60}")
# A call to the outside goes to a fixed or mobile number of Bolivia and nowhere else: any other costs somebody's money.
_OUTSIDE = re.compile(r"PJSIP/(?:[234][2-9][0-9]{6}|[67][0-9]{7})@[a-z][a-z0-9-]{0,30}")
OUTSIDE_CONTEXTS = frozenset({"troncal-callback"})
NAME = re.compile(r"[0-9A-Za-z_-]{1,60}")
EXTENSION = re.compile(r"[0-9A-Za-z*#+_-]{1,40}")
_NUMBER = re.compile(r"[0-9+*#]{1,40}")
CHANNEL = re.compile(r"[0-9A-Za-z._/@;+*#-]{1,150}")
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
class SetQueues(Command):
    """A phone that is in queues is to be in exactly these, each with its penalty, in the state it is in."""

    interface: str
    member_name: str
    queues: tuple[tuple[str, int], ...]


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
    """Ring a phone; when it answers, send it to an extension. Done when that answers or, not `awaited`, rings."""

    interface: str
    context: str
    exten: str
    caller_id: str
    ring_seconds: int
    variables: Mapping[str, str]
    awaited: bool = True
    caller_name: str = ""


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


def queue_adds(command: LogIn | SetQueues) -> list[dict[str, str]]:
    """One QueueAdd for each queue."""
    if not command.queues:
        raise BadCommand("no queue")
    return [_queue_add(command, queue, penalty) for queue, penalty in command.queues]


def _queue_add(command: LogIn | SetQueues, queue: str, penalty: int) -> dict[str, str]:
    return {
        "Action": "QueueAdd",
        **_seat(command.interface, queue),
        "MemberName": text(command.member_name, "member name"),
        "Penalty": _penalty(penalty),
        "Paused": "false",
    }


def queue_penalty(interface: str, queue: str, penalty: int) -> dict[str, str]:
    """QueuePenalty in one queue."""
    return {"Action": "QueuePenalty", **_seat(interface, queue), "Penalty": _penalty(penalty)}


def _seat(interface: str, queue: str) -> dict[str, str]:
    return {"Queue": allowed(NAME, queue, "queue"), "Interface": allowed(INTERFACE, interface, "interface")}


def _penalty(penalty: int) -> str:
    if not 0 <= penalty <= _PENALTY_AT_MOST:
        raise BadCommand(f"penalty {penalty}")
    return str(penalty)


def queue_removes(interface: str, queues: tuple[str, ...]) -> list[dict[str, str]]:
    """One QueueRemove for each queue."""
    return [{"Action": "QueueRemove", **_seat(interface, queue)} for queue in queues]


def memberships(interface: str) -> dict[str, str]:
    """Asks for the queues that a phone is in."""
    return {"Action": "QueueStatus", "Member": allowed(INTERFACE, interface, "interface")}


def queue_pause(command: Pause | Unpause) -> dict[str, str]:
    """QueuePause, on or off."""
    paused = isinstance(command, Pause)
    action = {
        "Action": "QueuePause",
        "Interface": allowed(INTERFACE, command.interface, "interface"),
        "Paused": "true" if paused else "false",
    }
    if command.queue is not None:
        action["Queue"] = allowed(NAME, command.queue, "queue")
    if isinstance(command, Pause):
        action["Reason"] = text(command.reason, "reason")
    return action


def device_state(interface: str) -> dict[str, str]:
    """Asks what Asterisk thinks that a phone does; one without contact and without calls is UNAVAILABLE."""
    return {"Action": "Getvar", "Variable": f"DEVICE_STATE({allowed(INTERFACE, interface, 'interface')})"}


def originate(command: Originate) -> dict[str, str]:
    """Originate, always asynchronous: a synchronous one stops the session's events while the phone rings."""
    if not 1 <= command.ring_seconds <= 300:
        raise BadCommand(f"ring_seconds {command.ring_seconds}")
    rung = _OUTSIDE if command.context in OUTSIDE_CONTEXTS else INTERFACE
    action = {
        "Action": "Originate",
        "Channel": allowed(rung, command.interface, "interface"),
        "Context": allowed(NAME, command.context, "context"),
        "Exten": allowed(EXTENSION, command.exten, "exten"),
        "Priority": "1",
        "CallerID": _caller(command),
        "Timeout": str(command.ring_seconds * 1000),
        "Async": "true",
    }
    if command.variables:
        action["Variable"] = ",".join(_variable(name, value) for name, value in command.variables.items())
    return action


def _caller(command: Originate) -> str:
    """`101`, or `"troncal-listen" <101>`."""
    number = allowed(_NUMBER, command.caller_id, "caller_id")
    return f'"{allowed(NAME, command.caller_name, "caller_name")}" <{number}>' if command.caller_name else number


def _variable(name: str, value: str) -> str:
    return f"{allowed(NAME, name, 'variable')}={allowed(_VALUE, value, 'value of a variable')}"


def redirect(command: Redirect) -> dict[str, str]:
    """Redirect to the first priority of an extension."""
    return {
        "Action": "Redirect",
        "Channel": allowed(CHANNEL, command.channel, "channel"),
        "Context": allowed(NAME, command.context, "context"),
        "Exten": allowed(EXTENSION, command.exten, "exten"),
        "Priority": "1",
    }


def queue_log(command: QueueLog) -> dict[str, str]:
    """QueueLog; the data columns are parted by bars."""
    action = {
        "Action": "QueueLog",
        "Queue": allowed(NAME, command.queue, "queue"),
        "Event": allowed(NAME, command.event, "event"),
    }
    if command.interface:
        action["Interface"] = text(command.interface, "interface")
    if command.uniqueid:
        action["Uniqueid"] = allowed(CHANNEL, command.uniqueid, "uniqueid")
    if command.data:
        action["Message"] = "|".join(text(each, "data") for each in command.data)
    return action


def allowed(pattern: re.Pattern[str], value: str, what: str) -> str:
    """The value, if all of it is of that pattern. Raises BadCommand, which says what it was to be."""
    if not pattern.fullmatch(value):
        raise BadCommand(f"{what} {value[:60]!r} is not allowed")
    return value


def text(value: str, what: str) -> str:
    """Text for people: printable, short, and without the bar that parts the columns of the queue log."""
    if not value or len(value) > _TEXT_AT_MOST or not value.isprintable() or "|" in value:
        raise BadCommand(f"{what} {value[:60]!r} is not allowed")
    return value
