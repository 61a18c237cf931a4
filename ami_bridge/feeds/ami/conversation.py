"""One conversation, and who ended it by what its two channels reported. Pure."""

from dataclasses import dataclass

from ami_bridge.feeds.ami.channels import Channel
from ami_bridge.feeds.ami.writer import DialplanLocation, Mark, location_in
from ami_bridge.ledger.entries.conversation import LATE_COMPLETE_US
from ami_bridge.ledger.rows.row import Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.moments import Moment

# A hang-up is reported within this many events of the BridgeLeave that it causes.
_WITHIN = 10


@dataclass(slots=True)
class AmiConversation:
    """`phone` is the leg that answered, `leg` the one in the bridge: a Local leg is swapped out.

    `location`: where the caller was in the dialplan at the answer. `bridged`: a leg was seen in the bridge.
    `unconfirmed`: an AgentComplete that no hang-up confirms yet, and when it came. `caller_left`, `agent_left`: when
    each left the bridge.
    """

    queue: str
    uniqueid: str
    member: str
    phone: str
    leg: str
    location: DialplanLocation = ("", "")
    bridged: bool = False
    unconfirmed: tuple[AmiEvent, Mark] | None = None
    caller_left: Mark | None = None
    agent_left: Mark | None = None

    def enter(self, uniqueid: str) -> None:
        """One of the two is in a bridge; the agent's leg, after a consultation by a feature code, again."""
        self.bridged = True
        if uniqueid == self.leg:
            self.caller_left, self.agent_left = None, None

    def leave(self, uniqueid: str, mark: Mark) -> None:
        """One of the two left the bridge."""
        if uniqueid == self.leg:
            self.agent_left = mark
        else:
            self.caller_left = self.caller_left or mark

    def target(self, caller: Channel, event: AmiEvent | None) -> str:
        """Where the caller was transferred; without the class `call`, the extension in AgentComplete."""
        if caller.transferred_to is not None or event is None:
            return caller.transferred_to or ""
        context, extension = location_in(event)
        moved = self.location[0] and context and context != self.location[0]
        return extension if moved and extension.isdigit() else ""

    def has_ended(self, caller: Channel, agent: Channel) -> bool:
        """Whether one of the two left or hung up: Asterisk normally reports that before AgentComplete."""
        left = self.caller_left or self.agent_left
        return bool(left) or caller.is_ending or agent.is_ending or caller.transferred_to is not None


def was_redirected(conversation: AmiConversation, caller: Channel, agent: Channel) -> bool:
    """Whether the caller left the agent without anybody's hang-up (AMI Redirect).

    AgentComplete comes when the caller's channel ends at last, with the reason "caller".
    """
    left, agent_left = conversation.caller_left, conversation.agent_left
    if left is None or (agent_left is not None and agent_left.position < left.position):
        return False
    ends = (caller.asked_to_end, caller.made_to_end, caller.gone, agent.asked_to_end)
    return all(end is None or end.position > left.position + _WITHIN for end in ends)


def who_hung_up(conversation: AmiConversation, caller: Channel, agent: Channel) -> Verb | None:
    """The row of who ended it; None where no channel reports it.

    Asterisk's own reason is a race where one hang-up causes the other: the first one counts. It is "caller" also
    when the agent ended it by a feature code: then nobody hung up, and the agent's leg left the bridge first.
    """
    asked = ((caller.asked_to_end, Verb.COMPLETECALLER), (agent.asked_to_end, Verb.COMPLETEAGENT))
    first = min(((mark.position, verb) for mark, verb in asked if mark is not None), default=None)
    if first is not None:
        return first[1]
    caller_left, agent_left, made = conversation.caller_left, conversation.agent_left, caller.made_to_end
    if agent_left is None or (caller_left is not None and caller_left.position < agent_left.position):
        return None
    return Verb.COMPLETEAGENT if made is None or agent_left.position < made.position else None


def end_of(conversation: AmiConversation, caller: Channel, verb: Verb, reported: Moment | None) -> Moment | None:
    """When it ended: app_queue may report it, on a busy machine, long after the agent's leg left the bridge.

    Only where the caller went on elsewhere and hung up later is app_queue's moment the right one.
    """
    left, asked = conversation.agent_left, caller.asked_to_end
    if left is None or left.at is None or reported is None or left.at.latest_us >= reported.earliest_us:
        return reported
    if verb is not Verb.COMPLETECALLER:
        return left.at
    in_time = asked is None or asked.at is None or asked.at.earliest_us - left.at.latest_us >= LATE_COMPLETE_US
    return reported if in_time else left.at
