"""One queue entry as AMI reports it, and the likeliest reason of its exit. Pure.

QueueCallerAbandon is the same for a hang-up, a time-out, an empty queue, a withdrawal and a redirect, and an exit
by key has only QueueCallerLeave.
"""

from dataclasses import dataclass, field

from ami_bridge.feeds.ami.channels import Channel, Channels
from ami_bridge.feeds.ami.writer import Mark, Place, place_in
from ami_bridge.ledger.rows import Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.moments import Moment

# Asterisk's threads report a request to hang up just after what came of it.
_OUT_OF_ORDER = 3
_KEYS = frozenset("0123456789*#ABCD")


@dataclass(slots=True)
class AmiEntry:
    """One caller in one queue. `offered`: the member by the phone's channel. `picked_up`: the phone that answered,
    and when, before AgentConnect reports it. `vacated`: the channel is gone without an exit, as when an attended
    transfer into the queue puts another in its place.
    """

    queue: str
    uniqueid: str
    joined: Moment | None
    place: Place
    left: Mark | None = None
    moved: bool = False
    exit_key: str = ""
    abandoned: AmiEvent | None = None
    picked_up: tuple[str, Moment | None] | None = None
    vacated: bool = False
    offered: dict[str, str] = field(default_factory=dict)

    def is_half_left(self, queue: str) -> bool:
        """Whether it began with QueueCallerAbandon, whose QueueCallerLeave is still to come: its joining comes late."""
        return self.queue == queue and self.joined is None and self.abandoned is not None and self.left is None

    def note_place(self, event: AmiEvent) -> None:
        """Whether the caller, on the way out, stands elsewhere than they entered: by a key, or redirected."""
        place = place_in(event)
        self.moved = self.moved or (place != self.place and all(place) and all(self.place))
        if self.moved and event.get("Exten") in _KEYS:
            self.exit_key = event.get("Exten")

    def take_place(self, uniqueid: str) -> None:
        """Another channel waits on in this entry."""
        self.uniqueid, self.vacated, self.left = uniqueid, False, None


def hung_up(entry: AmiEntry, channel: Channel) -> bool:
    """Whether the channel was ended by either side, and not only after the queue had let go of it."""
    asked, made, left = channel.asked_to_end, channel.made_to_end, entry.left
    if asked and (left is None or asked.position <= left.position + _OUT_OF_ORDER):
        return True
    return bool(made and (left is None or made.position < left.position))


def likeliest_exit(entry: AmiEntry, channels: Channels, *, went_on: bool) -> Verb:
    """The row of an exit whose reason was not reported. `went_on`: into a queue again, so nobody hung up."""
    channel = channels.get(entry.uniqueid)
    if entry.abandoned is None:
        redirected = entry.moved and not entry.exit_key
        ended = hung_up(entry, channel) and not entry.moved
        return Verb.ABANDON if ended or redirected or entry.vacated else Verb.EXITWITHKEY
    # A source that has QUEUESTATUS had none: then it was no time-out.
    if entry.moved or hung_up(entry, channel) or channels.reasons_reported:
        return Verb.ABANDON
    return Verb.EXITWITHTIMEOUT if went_on or channels.ends_reported else Verb.ABANDON
