"""What services ask of the bridge, and how it answers.

A command goes to `troncal/{node}/command/{kind}` with a response topic and correlation data (MQTT 5), and is
answered there by exactly one of Accepted, Refused or OutcomeUnknown. It is worthless after `expires_us`.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from callcenter.messages.envelope import (
    Count,
    Interface,
    Message,
    MessagePart,
    Name,
    Note,
    Service,
    Us,
    matches,
)


class Refusal(StrEnum):
    """Why a command was not carried out."""

    EXPIRED = "expired"
    INVALID = "invalid"
    BUSY = "busy"
    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_QUEUE = "unknown_queue"
    UNKNOWN_CALL = "unknown_call"
    WRONG_STATE = "wrong_state"
    PHONE_AWAY = "phone_away"
    ASTERISK_AWAY = "asterisk_away"
    ASTERISK_REFUSED = "asterisk_refused"

    NO_ANSWER = "no_answer"
    LINE_BUSY = "line_busy"
    CONGESTION = "congestion"
    HUNG_UP = "hung_up"
    NOT_REACHED = "not_reached"


# How a phone or a line that was rung did not answer.
UNREACHED = frozenset({Refusal.NO_ANSWER, Refusal.LINE_BUSY, Refusal.CONGESTION, Refusal.HUNG_UP, Refusal.NOT_REACHED})


class Command(Message):
    """Something to do. Produced by the API (for a person), the dialer or the IVR, done by the bridge."""

    producers = frozenset({Service.API})
    consumers = frozenset({Service.BRIDGE})

    command_id: UUID
    issued_us: Us
    expires_us: Us
    issued_by: Name


class QueuePenalty(MessagePart):
    """A queue an agent serves; members of a lower penalty are rung first."""

    queue: Name
    penalty: Count


class LogIn(Command):
    """Put the member into these queues at that phone, paused from the first moment on where `pause_reason` says why.

    Produced by the API.
    """

    kind = "log_in"
    path = "command/log_in"

    member: Name
    interface: Interface
    queues: Annotated[tuple[QueuePenalty, ...], Field(min_length=1)]
    pause_reason: Name | None = None


class LogOut(Command):
    """Take the member out of every queue. Produced by the API."""

    kind = "log_out"
    path = "command/log_out"

    member: Name
    interface: Interface


class Pause(Command):
    """No more offers for this member, in one queue or (queue null) in all. Produced by the API."""

    kind = "pause"
    path = "command/pause"

    member: Name
    interface: Interface
    reason: Name
    queue: Name | None = None


class Unpause(Command):
    """Offers again, in one queue or (queue null) in all. Produced by the API."""

    kind = "unpause"
    path = "command/unpause"

    member: Name
    interface: Interface
    queue: Name | None = None


class SetQueues(Command):
    """The member serves exactly these queues from now on, in their present state. Produced by the API."""

    kind = "set_queues"
    path = "command/set_queues"

    member: Name
    interface: Interface
    queues: Annotated[tuple[QueuePenalty, ...], Field(min_length=1)]


class PhoneLost(Command):
    """The page with the member's phone was closed in mid-call: the caller goes back at once. Produced by the API."""

    kind = "phone_lost"
    path = "command/phone_lost"

    member: Name
    interface: Interface


class CommandAnswer(Message):
    """What became of a command. Produced by the bridge, on the topic the command asked for."""

    path = "answer/{service}/{instance}"
    producers = frozenset({Service.BRIDGE})
    consumers = frozenset({Service.API, Service.DIALER, Service.IVR})

    command_id: UUID
    at_us: Us

    def belongs_on(self, topic: str) -> bool:
        """True on any answer topic of its node; the asker also compares the correlation data."""
        return matches(self.topic_filter(self.node), topic)


class Accepted(CommandAnswer):
    """Asterisk did it. Produced by the bridge."""

    kind = "accepted"


class Refused(CommandAnswer):
    """It was not done, and nothing changed. Produced by the bridge. The text is for logs: programs go by the reason."""

    kind = "refused"

    reason: Refusal
    text: Note


class OutcomeUnknown(CommandAnswer):
    """It may have been done, or a part of it: no reply came from Asterisk, or what was begun could not be undone.

    Produced by the bridge.
    """

    kind = "outcome_unknown"

    text: Note
