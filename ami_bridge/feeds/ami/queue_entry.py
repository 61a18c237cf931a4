"""One queue entry as AMI reports it, and the likeliest reason of its exit. Pure.

QueueCallerAbandon is the same for a hang-up, a timeout, an empty queue, a withdrawal and a redirect, and an exit
by key has only QueueCallerLeave.
"""

from dataclasses import dataclass, field

from ami_bridge.feeds.ami.channels import Channel, Channels
from ami_bridge.feeds.ami.writer import DialplanLocation, Mark, location_in, moment_of
from ami_bridge.ledger.rows.row import Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

# Asterisk's threads report a request to hang up just after what came of it.
_OUT_OF_ORDER = 3
# app_queue reports an abandon within some 7 ms of the hang-up, and the queue log has it of that moment: so far both
# feeds agree. On a machine that is busy it may come seconds later, and then the hang-up is nearer to the truth.
LATE_ABANDON_US = MICROSECONDS // 10
_KEYS = frozenset("0123456789*#ABCD")


@dataclass(slots=True)
class AmiEntry:
    """One caller in one queue. `offered`: the member by the phone's channel. `picked_up`: the phone that answered,
    and when, before AgentConnect reports it. `vacated`: the channel is gone without an exit, as when an attended
    transfer into the queue replaces it by another. `left_position`: in the queue, by QueueCallerLeave.
    """

    queue: str
    uniqueid: str
    joined: Moment | None
    location: DialplanLocation
    left: Mark | None = None
    left_position: str = ""
    moved: bool = False
    exit_key: str = ""
    abandoned: AmiEvent | None = None
    picked_up: tuple[str, Moment | None] | None = None
    vacated: bool = False
    offered: dict[str, str] = field(default_factory=dict)

    def is_half_left(self, queue: str) -> bool:
        """Whether only QueueCallerAbandon came so far: the joining is late, QueueCallerLeave still to come."""
        return self.queue == queue and self.joined is None and self.abandoned is not None and self.left is None

    def note_location(self, event: AmiEvent) -> None:
        """Note whether the caller left from elsewhere in the dialplan than they joined: by a key, or redirected."""
        location = location_in(event)
        self.moved = self.moved or (location != self.location and all(location) and all(self.location))
        if self.moved and event.get("Exten") in _KEYS:
            self.exit_key = event.get("Exten")

    def note_leaving(self, event: AmiEvent) -> None:
        """QueueCallerLeave: from where in the dialplan, and from which position in the queue."""
        self.note_location(event)
        self.left_position = event.get("Position")

    def replace_channel(self, uniqueid: str) -> None:
        """Another channel waits on in this entry."""
        self.uniqueid, self.vacated, self.left = uniqueid, False, None


def caller_hung_up(entry: AmiEntry, channel: Channel) -> bool:
    """Whether the caller ended the channel, and not only after it had left the queue."""
    asked, left = channel.asked_to_end, entry.left
    return bool(asked and (left is None or asked.position <= left.position + _OUT_OF_ORDER))


def hung_up(entry: AmiEntry, channel: Channel) -> bool:
    """Whether either side ended the channel, and not only after it had left the queue."""
    made, left = channel.made_to_end, entry.left
    return caller_hung_up(entry, channel) or bool(made and (left is None or made.position < left.position))


def end_of_wait(entry: AmiEntry, channel: Channel) -> Moment | None:
    """When the caller left the queue: by the hang-up, where app_queue was busy and noticed it late."""
    at = (entry.abandoned and moment_of(entry.abandoned)) or (entry.left.at if entry.left else None)
    asked = channel.asked_to_end
    if at is None or asked is None or asked.at is None or not caller_hung_up(entry, channel):
        return at
    if at.earliest_us - asked.at.latest_us < LATE_ABANDON_US:
        return at
    return max(asked.at, entry.joined or asked.at)


def exit_fields(entry: AmiEntry, verb: Verb) -> tuple[str, ...]:
    """The fields of the row of an exit: positions and hold time, empty where nothing reported them."""
    event, names = entry.abandoned, ("Position", "OriginalPosition", "HoldTime")
    fields = tuple(event.get(name) for name in names) if event else (entry.left_position, "", "")
    return (entry.exit_key, *fields) if verb is Verb.EXITWITHKEY else fields


def likeliest_exit(entry: AmiEntry, channels: Channels, *, went_on: bool) -> Verb:
    """The row of an exit whose reason was not reported. `went_on`: into a queue again, so nobody hung up."""
    channel = channels.get(entry.uniqueid)
    if entry.abandoned is None:
        redirected = entry.moved and not entry.exit_key
        ended = hung_up(entry, channel) and not entry.moved
        return Verb.ABANDON if ended or redirected or entry.vacated else Verb.EXITWITHKEY
    # A source that reports QUEUESTATUS reported none: then it was no timeout.
    if entry.moved or hung_up(entry, channel) or channels.reasons_reported:
        return Verb.ABANDON
    return Verb.EXITWITHTIMEOUT if went_on or channels.ends_reported else Verb.ABANDON
