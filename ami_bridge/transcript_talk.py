"""One conversation, and what the two channels tell of who ended it. Pure."""

from dataclasses import dataclass

from ami_bridge.ledger.entry_conversation import LATE_COMPLETE_US
from ami_bridge.ledger.rows import Verb
from ami_bridge.transcript_channels import Channels
from ami_bridge.wire.items import AmiEvent
from callcenter.moments import Moment

# A hang-up is told within so many events of the leaving of the bridge that it causes.
_WITHIN = 10


@dataclass(slots=True)
class Talk:
    """`phone` is the leg that answered, `leg` the one that talks: a Local leg is swapped out.

    `claimed`: an AgentComplete that nothing bears out yet. `ending`: the position from which one is due.
    `left_at`: when the first of the two left the conversation; `leg_left_at`: when the agent's leg did.
    """

    queue: str
    uniqueid: str
    member: str
    phone: str
    leg: str
    place: tuple[str, str]
    bridged: bool = False
    ending: int = 0
    ending_at: Moment | None = None
    claimed: AmiEvent | None = None
    first_to_leave: str = ""
    left_position: int = 0
    left_at: Moment | None = None
    leg_left_at: Moment | None = None


def has_ended(talk: Talk, channels: Channels) -> bool:
    """Whether one of the two has left, or is asked to."""
    ends = (channels.get(talk.uniqueid), channels.get(talk.leg))
    return any(end.asked_to_end or end.made_to_end or end.left_bridge or end.gone for end in ends)


def ended_by_key(talk: Talk, channels: Channels) -> bool:
    """Asterisk says "caller" also when the agent ended it by a feature code: then nobody asked for a hang-up
    and the agent's leg left the bridge first."""
    caller, agent = channels.get(talk.uniqueid), channels.get(talk.leg)
    first = talk.first_to_leave or ("agent" if agent.left_bridge < caller.left_bridge else "")
    if caller.asked_to_end or agent.asked_to_end or first != "agent" or not agent.left_bridge:
        return False
    return not caller.made_to_end or agent.left_bridge < caller.made_to_end


def was_sent_away(talk: Talk, channels: Channels) -> bool:
    """The caller left the agent without anybody's hang-up: redirected. Asterisk tells of the end of it all."""
    if talk.first_to_leave != "caller":
        return False
    caller, agent = channels.get(talk.uniqueid), channels.get(talk.leg)
    ends = (caller.asked_to_end, caller.made_to_end, caller.gone, agent.asked_to_end)
    return all(end == 0 or end > talk.left_position + _WITHIN for end in ends)


def first_who_asked(talk: Talk, channels: Channels) -> Verb | None:
    """Asterisk's own reason is a race where one hang-up brings the other: the first who asked ended it."""
    caller, agent = channels.get(talk.uniqueid), channels.get(talk.leg)
    asked = ((caller.asked_to_end, Verb.COMPLETECALLER), (agent.asked_to_end, Verb.COMPLETEAGENT))
    return min((each for each in asked if each[0]), default=(0, None))[1]


def end_of(talk: Talk, channels: Channels, verb: Verb, told: Moment | None) -> Moment | None:
    """When a talk ended: app_queue tells of it in its own time, `told`, on a busy machine long after the agent's leg.

    Only of a caller who did not hang up when that leg left it is told in time: he went on elsewhere meanwhile.
    """
    left, asked = talk.leg_left_at, channels.get(talk.uniqueid).hung_up
    if left is None or told is None or left.latest_us >= told.earliest_us:
        return told
    if verb is Verb.COMPLETECALLER and (asked is None or asked.earliest_us - left.latest_us >= LATE_COMPLETE_US):
        return told
    return left
