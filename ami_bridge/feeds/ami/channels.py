"""What AMI reported of each channel, and which queue events are believed. Pure."""

from collections import OrderedDict
from dataclasses import dataclass

from ami_bridge.feeds.ami.boots import Boots
from ami_bridge.feeds.ami.writer import Mark
from ami_bridge.ledger.rows.row import Verb
from ami_bridge.ledger.uniqueids import age
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import AnomalyKind

REMEMBERED_CHANNELS = 20_000


@dataclass(slots=True)
class Channel:
    """`name`: Asterisk's, known from its hang-up on. `queue`: where it waits, or which it is about to enter.
    `was_connected`: to an agent. `asked_to_end`: its far end hung up; `made_to_end`: Asterisk ended it.
    `transferred_to`: set until AgentComplete; empty where the target is not known. `refusal`: by a queue that is not
    named yet. `successor`: the channel that took its place in a queue.
    """

    name: str = ""
    queue: str = ""
    was_connected: bool = False
    asked_to_end: Mark | None = None
    made_to_end: Mark | None = None
    gone: Mark | None = None
    transferred_to: str | None = None
    refusal: tuple[Verb, str, Mark] | None = None
    successor: str = ""

    @property
    def is_ending(self) -> bool:
        """Whether it is over, or about to be."""
        return bool(self.asked_to_end or self.made_to_end or self.gone)


class Channels:
    """The newest channels by Uniqueid.

    `ends_reported`, `reasons_reported`: whether this source has hang-ups, and the variables of app_queue: that depends
    on the classes that the AMI user may read, and on its event filters.
    """

    def __init__(self, boots: Boots, queues: frozenset[str] | None) -> None:
        self._boots, self._queues = boots, queues
        self._channels: OrderedDict[str, Channel] = OrderedDict()
        self._since: tuple[int, int] | None = None
        self.ends_reported = False
        self.reasons_reported = False

    def get(self, uniqueid: str) -> Channel:
        """What is known of a channel; nothing, of an unknown one."""
        return self._channels.get(uniqueid) or Channel()

    def learn(self, uniqueid: str) -> Channel:
        """The channel, remembered from now on."""
        channel = self._channels.get(uniqueid)
        if channel is None:
            channel = self._channels[uniqueid] = Channel()
            self._boots.note(uniqueid)
            if len(self._channels) > REMEMBERED_CHANNELS:
                forgotten, _ = self._channels.popitem(last=False)
                self._since = self._since and max(self._since, age(forgotten))
        return channel

    def begin(self, uniqueid: str) -> None:
        """Newchannel: from the first one on, this source has the beginning of every channel."""
        self._since = self._since or age(uniqueid)
        self.learn(uniqueid)

    @property
    def beginnings_reported(self) -> bool:
        """Whether this source has the beginnings of channels."""
        return self._since is not None

    def forget(self) -> None:
        """Asterisk restarted: no channel is left."""
        self._channels.clear()
        self._since = None

    # -- belief ------------------------------------------------------------------------------------

    def doubt(self, event: AmiEvent) -> AnomalyKind | None:
        """Why a queue event is not believed; None where it is.

        Asterisk does not escape line ends in a caller's number: a caller who sends some can forge whole events.
        """
        if self._queues is not None and event.get("Queue") not in self._queues:
            return AnomalyKind.UNKNOWN_QUEUE
        if self.get(event.get("Uniqueid")).successor:
            return AnomalyKind.DUPLICATE
        return AnomalyKind.UNKNOWN_CHANNEL if self.is_unheard_of(event.get("Uniqueid")) else None

    def may_name(self, uniqueid: str, caller: str) -> bool:
        """Whether an event of that channel may be the caller's: while Asterisk swaps the identities of two channels,
        the caller's events name the one whose place they take. An event without a channel may be anybody's.
        """
        return uniqueid in ("", caller) or self.get(uniqueid).successor == caller

    def is_unheard_of(self, uniqueid: str) -> bool:
        """Whether the channel is not known, though it began after the source did."""
        return self._since is not None and uniqueid not in self._channels and age(uniqueid) > self._since
