"""The terms of an AMI link: its settings, its states, its errors, and what may be sent."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ami_bridge.wire.items import AmiEvent, AmiResponse

AmiAnswer = AmiResponse | AmiEvent
Completion = Callable[[list[AmiAnswer]], bool]

_LINE_BYTES_AT_MOST = 1000
_HEADERS_AT_MOST = 120
_NO_RIGHTS = "Permission denied"


class LinkDown(ConnectionError):
    """There is no session, or it was lost before the answer came. The action may have been carried out."""


class NotSent(LinkDown):
    """There is no session: the action was certainly not carried out."""


class BadAction(ValueError):
    """An action that must not be sent: a value that could be read as another header, or is too long."""


class ActionRefused(Exception):
    """Asterisk does not let this user do that, or answers with an error instead of a list: nothing is known by it.

    The message has the action and Asterisk's words.
    """


class LinkStatus(Enum):
    """The state of the session."""

    CONNECTING = "connecting"
    UP = "up"
    LOST = "lost"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LinkState:
    """The status, since when (microseconds UTC), and why. `session` counts the logins of this link."""

    status: LinkStatus
    since_us: int
    session: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """One AMI user on one Asterisk. A lost peer is noticed within ping + limit seconds.

    `awaits_boot` is for users who may read class system: only they are sent FullyBooted.
    """

    host: str
    port: int
    username: str
    secret: str
    tls: ssl.SSLContext | None = None
    events: bool = True
    awaits_boot: bool = True
    ping_seconds: float = 2.0
    limit_seconds: float = 2.0
    connect_seconds: float = 5.0
    boot_seconds: float = 60.0
    retry_at_most_seconds: float = 5.0
    refused_wait_seconds: float = 30.0


def checked(action: Mapping[str, str]) -> dict[str, str]:
    """The action, if each header is one line of printable text within Asterisk's limits. Raises BadAction."""
    if "Action" not in action or len(action) > _HEADERS_AT_MOST or "ActionID" in action:
        raise BadAction("an action has a name, its ActionID is made here, and its headers are limited")
    for name, value in action.items():
        _check(name, value)
    return dict(action)


def _check(name: Any, value: Any) -> None:
    if not isinstance(value, str) or not isinstance(name, str):
        raise BadAction(f"{name!r} is not text")
    if not (name.isascii() and name.replace("-", "").isalnum() and value.isprintable()):
        raise BadAction(f"{name!r} holds characters that are not printable")
    if len(f"{name}: {value}".encode()) > _LINE_BYTES_AT_MOST:
        raise BadAction(f"{name!r} is too long")


def believed(action: Mapping[str, str], answers: list[AmiAnswer], *, as_list: bool) -> list[AmiAnswer]:
    """The answers. Raises ActionRefused: no rights and no list must never pass for an empty answer."""
    last = answers[-1]
    if isinstance(last, AmiResponse) and not last.succeeded:
        message = last.get("Message")
        if as_list or message == _NO_RIGHTS:
            raise ActionRefused(f"Asterisk refuses {action['Action']}: {message or last.status}")
    return answers


def completion(as_list: bool) -> Completion:
    """What ends an answer: its response, or the end of its list."""
    return _whole_list if as_list else _one_response


def _one_response(answers: list[AmiAnswer]) -> bool:
    return isinstance(answers[-1], AmiResponse)


def _whole_list(answers: list[AmiAnswer]) -> bool:
    """A list ends with an event that says so; an error answers for the whole list."""
    last = answers[-1]
    if isinstance(last, AmiResponse):
        return not last.succeeded
    return last.get("EventList") in ("Complete", "complete") or last.name.endswith("Complete")
