"""The entrance of this package, and its one table: which AMI event goes to which handler. Pure."""

from collections.abc import Callable

from ami_bridge.feeds.ami.boots import Boots
from ami_bridge.feeds.ami.channels import Channel, Channels
from ami_bridge.feeds.ami.conversations import Conversations
from ami_bridge.feeds.ami.offers import AmiOffers
from ami_bridge.feeds.ami.outgoing import AmiOutgoing
from ami_bridge.feeds.ami.queue_entries import QueueEntries
from ami_bridge.feeds.ami.writer import RowWriter, member_in, moment_of
from ami_bridge.feeds.file import clean
from ami_bridge.ledger.rows.row import NONE, Row, Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import Anomaly

# Variables that app_queue sets at an exit, or with `setqueuevar`: a source that has one has QUEUESTATUS too.
_FROM_APP_QUEUE = ("ABANDONED", "QUEUESTATUS", "QUEUEPOSITION", "MEMBERINTERFACE")


class AmiTranslator:
    """Turns events into rows. `apply` each event; `close` when no more will come.

    `queues`: those that exist, so that events of others are not believed; None where that is not known.
    """

    def __init__(self, queues: frozenset[str] | None = None) -> None:
        self._writer, self._boots = RowWriter(), Boots()
        self._channels = Channels(self._boots, queues)
        self._entries = QueueEntries(self._writer, self._channels)
        self._offers = AmiOffers(self._writer, self._channels, self._entries)
        self._conversations = Conversations(self._writer, self._channels, self._entries)
        self._outgoing = AmiOutgoing(self._writer)
        self._handlers = self._table()

    def apply(self, event: AmiEvent, position: int) -> list[Row | Anomaly]:
        """The rows that this event, the `position`-th of its source, completes."""
        self._writer.position = position
        now = moment_of(event)
        if now is not None:
            self._writer.now = now
            if self._boots.reach(now):
                self._restarted()
        handler = self._handlers.get(event.name)
        if handler is not None:
            handler(event)
        elif event.get("Uniqueid"):
            self._channel(event)
        self._entries.tidy()
        self._conversations.tidy()
        return self._writer.drain()

    def close(self) -> list[Row | Anomaly]:
        """What is still pending, decided as well as can be."""
        if self._boots.reach(self._writer.now):
            self._restarted()
        self._stop()
        return self._writer.drain()

    @property
    def open_calls(self) -> int:
        """How many callers wait or are connected, as far as this source reported."""
        return len(self._entries) + len(self._conversations)

    def _table(self) -> dict[str, Callable[[AmiEvent], None]]:
        entries, conversations, offers = self._entries, self._conversations, self._offers
        return {
            "Newchannel": self._new_channel,
            "Newexten": self._step,
            "VarSet": self._variable,
            "HangupRequest": self._asked_to_end,
            "SoftHangupRequest": self._made_to_end,
            "BridgeEnter": self._entered_bridge,
            "BridgeLeave": self._left_bridge,
            "Hangup": self._hangup,
            "QueueCallerJoin": self._join,
            "QueueCallerAbandon": entries.abandon,
            "QueueCallerLeave": entries.leave,
            "AgentCalled": offers.called,
            "AgentRingNoAnswer": offers.not_answered,
            "AgentDump": offers.dumped,
            "DialBegin": self._outgoing.dialled,
            "DialEnd": self._dial_ended,
            "AgentConnect": conversations.connect,
            "AgentComplete": conversations.complete,
            "BlindTransfer": conversations.transferred_blind,
            "AttendedTransfer": conversations.transferred_attended,
            "QueueMemberAdded": self._added,
            "QueueMemberRemoved": self._removed,
            "QueueMemberPause": self._pause,
            "QueueMemberPaused": self._pause,
            "FullyBooted": lambda event: self._boots.log_in(event.get("Uptime")),
            "Shutdown": lambda _: self._restarted(),
        }

    # -- channels ----------------------------------------------------------------------------------

    def _channel(self, event: AmiEvent) -> Channel:
        return self._channels.learn(event.get("Uniqueid"))

    def _new_channel(self, event: AmiEvent) -> None:
        if self._boots.is_of_another(event.get("Uniqueid")):
            self._restarted()
        self._channels.begin(event.get("Uniqueid"))
        self._channel(event)

    def _join(self, event: AmiEvent) -> None:
        """Without the class `call` this is where a new boot shows first."""
        uniqueid = event.get("Uniqueid")
        if not self._channels.beginnings_reported and self._boots.is_of_another(uniqueid):
            self._restarted()
        if uniqueid:
            self._entries.join(event)

    def _step(self, event: AmiEvent) -> None:
        """Newexten: Queue() names the queue that the channel is about to enter. A subroutine has no context."""
        uniqueid, channel = event.get("Uniqueid"), self._channel(event)
        if event.get("Application") == "Queue" and (event.get("Context"), event.get("Exten")) != ("", ""):
            channel.queue = clean(event.get("AppData").replace("|", ",").split(",")[0])
            self._entries.refusals.write(uniqueid, channel, channel.queue)
        self._entries.stepped(uniqueid)

    def _variable(self, event: AmiEvent) -> None:
        if event.get("Uniqueid"):
            self._channel(event)
        if event.get("Variable") in _FROM_APP_QUEUE:
            self._channels.reasons_reported = True
        if event.get("Variable") == "QUEUESTATUS" and event.get("Value"):
            self._entries.status(event)

    def _asked_to_end(self, event: AmiEvent) -> None:
        """The far end of the channel hung up."""
        channel = self._channel(event)
        self._channels.ends_reported = True
        channel.name = channel.name or clean(event.get("Channel"))
        channel.asked_to_end = channel.asked_to_end or self._writer.mark
        self._entries.asked_to_end(event.get("Uniqueid"))
        self._conversations.ending(event.get("Uniqueid"))

    def _made_to_end(self, event: AmiEvent) -> None:
        """Asterisk itself ends the channel."""
        channel = self._channel(event)
        channel.made_to_end = channel.made_to_end or self._writer.mark
        self._conversations.ending(event.get("Uniqueid"))

    def _entered_bridge(self, event: AmiEvent) -> None:
        self._channel(event)
        self._conversations.bridged(event)

    def _left_bridge(self, event: AmiEvent) -> None:
        self._channel(event)
        self._conversations.left_bridge(event.get("Uniqueid"))

    def _dial_ended(self, event: AmiEvent) -> None:
        self._offers.picked_up(event)
        self._outgoing.dial_ended(event)

    def _hangup(self, event: AmiEvent) -> None:
        uniqueid, channel = event.get("Uniqueid"), self._channel(event)
        self._channels.ends_reported = True
        channel.gone = channel.gone or self._writer.mark
        self._entries.hung_up(event, channel)
        self._conversations.ending(uniqueid)
        self._conversations.hung_up(uniqueid)
        self._outgoing.hung_up(event)

    # -- members and boots -------------------------------------------------------------------------

    def _added(self, event: AmiEvent) -> None:
        """A log-in, or Asterisk puts back who was a member before it restarted: both may begin with a pause."""
        paused = event.get("Paused") == "1"
        data = ("PAUSED",) if paused else ()
        self._writer.row(NONE, event.get("Queue"), member_in(event), Verb.ADDMEMBER, data)
        if paused:
            self._pause(event)

    def _removed(self, event: AmiEvent) -> None:
        self._writer.row(NONE, event.get("Queue"), member_in(event), Verb.REMOVEMEMBER, ())

    def _pause(self, event: AmiEvent) -> None:
        verb = Verb.PAUSE if event.get("Paused") == "1" else Verb.UNPAUSE
        reason = event.get("PausedReason") or event.get("Reason")
        self._writer.row(NONE, event.get("Queue"), member_in(event), verb, (clean(reason),))

    def _restarted(self) -> None:
        """Asterisk restarted: what was open is interrupted."""
        self._stop()
        self._boots.forget()
        self._channels.forget()
        self._outgoing.forget()
        self._writer.row(NONE, NONE, NONE, Verb.QUEUESTART, ())

    def _stop(self) -> None:
        self._entries.close()
        self._conversations.close()
