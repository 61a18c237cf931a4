"""What services ask of the bridge, and how it answers.

A command goes to `troncal/{node}/command/{kind}` with a response topic and correlation data (MQTT 5), and is
answered there by exactly one of Accepted, Refused or OutcomeUnknown. It is worthless after `expires_us`.
"""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from callcenter.messages.envelope import (
    Count,
    Extension,
    Interface,
    Message,
    MessagePart,
    Name,
    Note,
    Service,
    Shown,
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
    """Put the member into these queues at that phone. Produced by the API."""

    kind = "log_in"
    path = "command/log_in"

    member: Name
    interface: Interface
    queues: Annotated[tuple[QueuePenalty, ...], Field(min_length=1)]


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


class Originate(Command):
    """Ring `interface`; when it answers, send it to `exten`. Produced by the API, the dialer and the IVR.

    `reference` is the issuer's own (a contact attempt); it comes back with the records of the call. `awaited`: the
    answer says whether the phone was answered; else only that it rings.
    """

    kind = "originate"
    path = "command/originate"
    producers = frozenset({Service.API, Service.DIALER, Service.IVR})

    interface: Interface
    exten: Extension
    caller_id: Shown
    ring_seconds: Annotated[int, Field(ge=5, le=120)]
    reference: Note = ""
    awaited: bool = True


class Redirect(Command):
    """Send the caller of that uniqueid to an extension. Produced by the API."""

    kind = "redirect"
    path = "command/redirect"

    uniqueid: Name
    exten: Extension


class HangUp(Command):
    """End that call. Produced by the API and the dialer."""

    kind = "hang_up"
    path = "command/hang_up"
    producers = frozenset({Service.API, Service.DIALER})

    uniqueid: Name


class Release(Command):
    """Hang up at the member's phone, as if it was done there. Produced by the API. `uniqueid` as for `Transfer`."""

    kind = "release"
    path = "command/release"

    member: Name
    interface: Interface
    uniqueid: Name | None = None


class Transfer(Command):
    """Send the caller connected to the member at that phone to an extension, and free the member. Produced by the API.

    `uniqueid`: the caller's; null for whoever is on that phone's line, if it has just one call.
    """

    kind = "transfer"
    path = "command/transfer"

    member: Name
    interface: Interface
    exten: Extension
    uniqueid: Name | None = None


class Mute(Command):
    """What the member says at that phone is not heard, or is heard again. Produced by the API."""

    kind = "mute"
    path = "command/mute"

    member: Name
    interface: Interface
    muted: bool
    uniqueid: Name | None = None


class SpyMode(StrEnum):
    """Who hears the supervisor: nobody, the agent alone, or agent and caller."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


class Spy(Command):
    """Ring `interface`, a supervisor's phone, and let it hear the call of an extension. Produced by the API."""

    kind = "spy"
    path = "command/spy"

    interface: Interface
    extension: Extension
    mode: SpyMode


class RecordingPause(Command):
    """Silence in the recording of the member's call, for what must not be kept. Produced by the API."""

    kind = "recording_pause"
    path = "command/recording_pause"

    member: Name
    interface: Interface
    uniqueid: Name


class RecordingResume(Command):
    """The call is recorded again. Produced by the API."""

    kind = "recording_resume"
    path = "command/recording_resume"

    member: Name
    interface: Interface
    uniqueid: Name


class SetQueues(Command):
    """The member serves exactly these queues from now on, in their present state. Produced by the API."""

    kind = "set_queues"
    path = "command/set_queues"

    member: Name
    interface: Interface
    queues: Annotated[tuple[QueuePenalty, ...], Field(min_length=1)]


class RedirectQueuedCall(Command):
    """Send a caller who waits to another queue, or ring an extension for them. Produced by the API.

    The caller keeps the time already waited. Where the extension does not answer the caller goes back to the head of
    the queue.
    """

    kind = "redirect_queued_call"
    path = "command/redirect_queued_call"

    uniqueid: Name
    queue: Name | None = None
    exten: Extension | None = None

    @model_validator(mode="after")
    def _one_goal(self) -> Self:
        if (self.queue is None) == (self.exten is None):
            raise ValueError("either a queue or an extension")
        return self


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
    """It was sent to Asterisk and no reply came: it may have been done. Produced by the bridge."""

    kind = "outcome_unknown"

    text: Note
