"""What is published on the bus.

Facts, in the past tense or as a state. Each has one producer; nearly all, the bridge.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from callcenter.messages.envelope import Count, Message, MessagePart, Name, Note, Service, Shown, Us

_EVERY_READER = frozenset({Service.API, Service.DIALER, Service.REPORTS, Service.IVR})
_LIVE_READERS = frozenset({Service.API, Service.DIALER})


class Link(StrEnum):
    """Whether the bridge follows its Asterisk: yes, not just now, or it stopped on purpose."""

    UP = "up"
    LOST = "lost"
    DOWN = "down"


class RecordsStatus(StrEnum):
    """Whether the records follow the queue log: yes; too slowly; not at all; or only its less exact copy."""

    FOLLOWING = "following"
    BEHIND = "behind"
    STALLED = "stalled"
    PLAIN_FILE_ONLY = "plain_file_only"


class AgentStatus(StrEnum):
    """What an agent is doing, as the queues see it."""

    LOGGED_OUT = "logged_out"
    AVAILABLE = "available"
    RINGING = "ringing"
    ON_CALL = "on_call"
    PAUSED = "paused"
    WRAP_UP = "wrap_up"
    UNREACHABLE = "unreachable"


class RecordingStatus(StrEnum):
    """Whether a call is being recorded."""

    ON = "on"
    PAUSED = "paused"
    OFF = "off"


class OfferEnd(StrEnum):
    """Why a ringing phone was not answered."""

    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    CALLER_LEFT = "caller_left"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    UNKNOWN = "unknown"


class CallEndedBy(StrEnum):
    """Who ended an answered call."""

    CALLER = "caller"
    AGENT = "agent"
    TRANSFER = "transfer"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class Fact(Message):
    """Something that is or has happened. Produced by the bridge.

    Sent once, without acknowledgement: what a broken connection loses is lost either way (a state is sent anew at the
    next connect), and the acknowledgements would cost as much again as the facts.
    """

    producers = frozenset({Service.BRIDGE})
    qos = 0


class BridgeState(Fact):
    """Whether a node's bridge follows its Asterisk. Produced by the bridge, and by the broker as its will."""

    kind = "bridge_state"
    path = "bridge"
    retained = True
    qos = 1
    consumers = _EVERY_READER

    state: Link
    since_us: Us
    asterisk_version: Note = ""
    boot_id: Note = ""
    reason: Note = ""


class RecordsState(Fact):
    """Whether a node's records follow its queue log, and how far they are behind. Produced by the bridge.

    Sent every few seconds, also when nothing changes: silence means that nobody records.
    """

    kind = "records_state"
    path = "records"
    retained = True
    consumers = _LIVE_READERS

    state: RecordsStatus
    since_us: Us
    reason: Note = ""
    rows_behind: Count
    oldest_us: Us | None = None
    as_of_us: Us


class DiskState(Fact):
    """The room on a node's disks: of its queue log or its recordings, whichever has less. Produced by the bridge."""

    kind = "disk_state"
    path = "disk"
    retained = True
    consumers = frozenset({Service.API})

    free_bytes: Count
    recording_refused: bool
    since_us: Us
    as_of_us: Us


class ServiceState(Fact):
    """A service of a node works: sent every few seconds, silence means that it does not. Produced by that service.

    `reason`: what it waits for since `since_us`, and does nothing meanwhile; empty: nothing.
    """

    kind = "service_state"
    path = "service/{service}"
    retained = True
    producers = frozenset({Service.IVR, Service.DIALER, Service.REPORTS})
    consumers = frozenset({Service.API})

    service: Service
    since_us: Us
    reason: Note = ""
    as_of_us: Us


class WaitingCaller(MessagePart):
    """One caller in a queue. The same uniqueid may enter again: (uniqueid, joined_us) is one wait."""

    uniqueid: Name
    caller: Shown
    position: Annotated[int, Field(ge=1)]
    joined_us: Us


class QueueState(Fact):
    """One queue now: who waits, how many agents do what. Produced by the bridge."""

    kind = "queue_state"
    path = "queue/{queue}"
    retained = True
    consumers = _EVERY_READER

    queue: Name
    waiting: tuple[WaitingCaller, ...]
    logged_in: Count
    available: Count
    on_call: Count
    paused: Count
    as_of_us: Us


class AgentState(Fact):
    """One agent now. Produced by the bridge."""

    kind = "agent_state"
    path = "agent/{member}"
    retained = True
    consumers = _LIVE_READERS

    member: Name
    interface: Note
    queues: tuple[Name, ...]
    state: AgentStatus
    reason: Note = ""
    since_us: Us
    uniqueid: Name | None = None
    transferred: Name | None = None
    recording: RecordingStatus | None = None
    recording_since_us: Us | None = None

    @property
    def with_whom(self) -> Name | None:
        """The caller whose call rings or is connected: the queue's, else one transferred to the agent."""
        return self.uniqueid or self.transferred


class CallOffered(Fact):
    """An agent's phone rings for a queue's caller: the desk shows the customer. Produced by the bridge."""

    kind = "call_offered"
    path = "offer/{member}"
    consumers = _LIVE_READERS

    member: Name
    uniqueid: Name
    linkedid: Name
    queue: Name
    line: Shown
    caller: Shown
    joined_us: Us
    offered_us: Us


class OfferEnded(Fact):
    """The phone stopped ringing without an answer. Produced by the bridge."""

    kind = "offer_ended"
    path = "offer/{member}"
    consumers = _LIVE_READERS

    member: Name
    uniqueid: Name
    queue: Name
    reason: OfferEnd
    at_us: Us


class CallAnswered(Fact):
    """The agent answered. Produced by the bridge."""

    kind = "call_answered"
    path = "call/{member}"
    consumers = _LIVE_READERS

    member: Name
    uniqueid: Name
    linkedid: Name
    queue: Name
    joined_us: Us
    answered_us: Us


class CallEnded(Fact):
    """An answered call is over for this agent. Produced by the bridge."""

    kind = "call_ended"
    path = "call/{member}"
    consumers = _LIVE_READERS

    member: Name
    uniqueid: Name
    queue: Name
    at_us: Us
    ended_by: CallEndedBy


class PhoneState(Fact):
    """One phone now: whether it can be rung. Produced by the bridge.

    `contact` is the user part of the address under which it registered. A browser's phone makes up its own in each
    window, so another contact is another window.
    """

    kind = "phone_state"
    path = "phone/{endpoint}"
    retained = True
    consumers = frozenset({Service.API})

    endpoint: Name
    registered: bool
    contact: Note = ""
    since_us: Us


class Announced(Fact):
    """A supervisor made an announcement, or withdrew it: readers look at the records again. Produced by the API.

    It only wakes readers; the text is in the records.
    """

    kind = "announced"
    path = "announced"
    qos = 1
    producers = frozenset({Service.API})
    consumers = frozenset({Service.API})

    announcement_id: Count
    at_us: Us
