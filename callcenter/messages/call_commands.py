"""What services ask of the bridge about calls: new ones, and those that go on."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from callcenter.messages.commands import Command
from callcenter.messages.envelope import Extension, Interface, Name, Note, Service, Shown


class Originate(Command):
    """Ring `interface`; when it answers, send it to `exten`. Produced by the API, the dialer and the IVR.

    `reference` is the issuer's own (a contact attempt); it comes back with the records of the call. `awaited`: the
    answer says whether the phone was answered; else only that it rings. Of an outside telephone it says that Asterisk
    took the order, and `outgoing_calls` what came of it, by the reference: `exten` is its purpose, and `queue` gets it
    when it is answered, after a machine was looked for where `detects_machines`. Where the agent's phone is rung first,
    `queue` is the campaign's, and says whether the call is recorded. `agentless`: the customer hears a
    message first, and the queue only if they ask for it.
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
    queue: Name | None = None
    detects_machines: bool = False
    agentless: bool = False


class Redirect(Command):
    """Send the caller of that uniqueid to an extension. Produced by the API."""

    kind = "redirect"
    path = "command/redirect"

    uniqueid: Name
    exten: Extension


class HangUp(Command):
    """End that call. Produced by the API and the dialer. `unanswered`: only while nobody has answered it."""

    kind = "hang_up"
    path = "command/hang_up"
    producers = frozenset({Service.API, Service.DIALER})

    uniqueid: Name
    unanswered: bool = False


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
