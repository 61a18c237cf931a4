"""One caller's stay in a queue, and the likeliest reason of its end. Pure.

AMI tells less plainly than the log why a caller left: QueueCallerAbandon is the same for a hang-up, a time-out,
an empty queue, a withdrawal and a redirect, and a key exit has only QueueCallerLeave.
"""

from dataclasses import dataclass

from ami_bridge.ledger.rows import Verb
from ami_bridge.transcript_channels import Channel
from ami_bridge.wire.items import AmiEvent
from callcenter.moments import Moment

# A request to hang up may be told just after what came of it.
OUT_OF_ORDER = 3
KEYS = frozenset("0123456789*#ABCD")
Place = tuple[str, str]


@dataclass(slots=True)
class Stay:
    """One caller in one queue. `picked_up`: the phone that answered, and when, before AgentConnect tells it.

    `vacated`: the channel is gone and app_queue told of no exit: another one is in its place.
    """

    queue: str
    uniqueid: str
    joined: Moment | None
    place: Place
    left: Moment | None = None
    left_position: int = 0
    moved: bool = False
    exit_key: str = ""
    abandoned: AmiEvent | None = None
    picked_up: tuple[str, Moment | None] | None = None
    vacated: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the caller has left, for whatever reason."""
        return self.left_position > 0


def place_of(event: AmiEvent) -> Place:
    """Where in the dialplan the channel stands."""
    return event.get("Context"), event.get("Exten")


def has_moved(stay: Stay, event: AmiEvent) -> bool:
    """Whether the channel stands elsewhere than it entered the queue: by a key, or redirected."""
    place = place_of(event)
    return place != stay.place and all(place) and all(stay.place)


def hung_up(stay: Stay, channel: Channel) -> bool:
    """Whether the channel was ended by either side, and not only after the queue had let go of it."""
    asked, made = channel.asked_to_end, channel.made_to_end
    if asked and (not stay.is_over or asked <= stay.left_position + OUT_OF_ORDER):
        return True
    return bool(made and (not stay.is_over or made < stay.left_position))


def likeliest(
    stay: Stay, channel: Channel, *, rejoined: bool, reasons_are_told: bool, ends_are_told: bool
) -> Verb | None:
    """The row of the exit; None where it was no exit, or an answer that AgentConnect did not tell.

    `rejoined`: the caller entered a queue again, so it did not hang up. `reasons_are_told`, `ends_are_told`:
    whether this source has the variables of app_queue, and the hang-ups.
    """
    if stay.abandoned is None:
        if stay.picked_up is not None or not (stay.is_over or rejoined):
            return None
        redirected = stay.moved and not stay.exit_key
        ended = hung_up(stay, channel) and not stay.moved
        return Verb.ABANDON if ended or redirected or stay.vacated else Verb.EXITWITHKEY
    if stay.moved or hung_up(stay, channel) or reasons_are_told:
        return Verb.ABANDON
    return Verb.EXITWITHTIMEOUT if rejoined or ends_are_told else Verb.ABANDON
