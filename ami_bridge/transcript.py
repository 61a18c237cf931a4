"""AMI events written down as rows of the queue log, so that one fold serves both feeds. Pure.

Only what AMI tells of calls is needed; less is enough: without the classes `call` and `dialplan`, without
Newexten or VarSet, or from the middle of a call on, rows still come out, with less known in them.
"""

from collections.abc import Callable

from ami_bridge.feeds.file import clean
from ami_bridge.ledger.rows import NONE, Row, Verb
from ami_bridge.transcript_channels import BootClock, Channel, Channels
from ami_bridge.transcript_stays import Stays
from ami_bridge.transcript_talks import Talks
from ami_bridge.transcript_transfers import Transfers
from ami_bridge.transcript_writer import RowWriter, member_in, number_in
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import Anomaly
from callcenter.moments import Moment

_FROM_APP_QUEUE = ("ABANDONED", "QUEUESTATUS", "QUEUEPOSITION", "MEMBERINTERFACE")
_NO_MOMENT = Moment(0, 0)


class Transcript:
    """Turns events into rows. `apply` each event; `close` when no more will come."""

    def __init__(self, queues: frozenset[str] | None = None) -> None:
        self._writer, self._channels, self._boots = RowWriter(), Channels(), BootClock()
        self._stays = Stays(self._writer, self._channels, queues)
        self._transfers = Transfers(self._channels, self._stays)
        self._talks = Talks(self._writer, self._channels, self._stays, self._transfers)
        self._queues = queues
        self._handlers = self._table()

    def apply(self, event: AmiEvent, position: int) -> list[Row | Anomaly]:
        """The rows that this event, the `position`-th of its source, completes."""
        writer = self._writer
        writer.position = position
        if event.timestamp_us is not None:
            writer.now = Moment.exact(event.timestamp_us)
            if self._boots.is_another(writer.now):
                self._restarted()
        handler = self._handlers.get(event.name)
        if handler is not None:
            handler(event)
        elif event.get("Uniqueid"):
            self._channel(event)
        self._tidy()
        return writer.take()

    def close(self) -> list[Row | Anomaly]:
        """What is still pending, decided as well as can be."""
        if self._boots.is_another(self._writer.now):
            self._restarted()
        self._stays.close()
        self._tidy()
        self._talks.tidy(everything=True)
        return self._writer.take()

    @property
    def open_calls(self) -> int:
        """How many callers wait or talk, as far as this source told."""
        return len(self._stays) + len(self._talks)

    def _tidy(self) -> None:
        self._stays.tidy()
        self._answers_unseen()
        self._talks.tidy()

    def _answers_unseen(self) -> None:
        for stay in self._stays.take_unseen_answers():
            self._talks.connect_unseen(stay)

    def _table(self) -> dict[str, Callable[[AmiEvent], None]]:
        stays, talks, transfers = self._stays, self._talks, self._transfers
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
            "QueueCallerAbandon": stays.abandon,
            "QueueCallerLeave": stays.leave,
            "AgentCalled": talks.called,
            "AgentRingNoAnswer": talks.not_answered,
            "AgentDump": talks.dumped,
            "DialEnd": talks.picked_up,
            "AgentConnect": talks.connect,
            "AgentComplete": talks.complete,
            "BlindTransfer": lambda event: talks.transferred(transfers.blind(event)),
            "AttendedTransfer": lambda event: talks.transferred(transfers.attended(event)),
            "QueueMemberAdded": lambda event: self._member(event, Verb.ADDMEMBER),
            "QueueMemberRemoved": lambda event: self._member(event, Verb.REMOVEMEMBER),
            "QueueMemberPause": self._pause,
            "QueueMemberPaused": self._pause,
            "FullyBooted": lambda event: self._boots.log_in(event.get("Uptime")),
            "Shutdown": self._shut_down,
        }

    # -- channels ----------------------------------------------------------------------------------

    def _channel(self, event: AmiEvent) -> Channel:
        uniqueid = event.get("Uniqueid")
        channel = self._channels.learn(uniqueid)
        self._stays.heard_of(uniqueid)
        return channel

    def _join(self, event: AmiEvent) -> None:
        """Where only the class `agent` is read, a new boot shows here first."""
        if not self._channels.are_told and self._channels.is_of_another_boot(event.get("Uniqueid")):
            self._restarted()
        self._stays.join(event)

    def _new_channel(self, event: AmiEvent) -> None:
        if self._channels.is_of_another_boot(event.get("Uniqueid")):
            self._restarted()
        self._channels.are_told = True
        self._channel(event)

    def _step(self, event: AmiEvent) -> None:
        """A step of the dialplan: which queue a channel is about to enter."""
        channel = self._channel(event)
        if event.get("Application") == "Queue" and (event.get("Context"), event.get("Exten")) != ("", ""):
            self._about_to_enter(channel, event)
        self._stays.stepped(event.get("Uniqueid"))

    def _about_to_enter(self, channel: Channel, event: AmiEvent) -> None:
        """A caller who is still in a queue, or whose exit is pending, enters the next one."""
        queue = clean(event.get("AppData").replace("|", ",").split(",")[0])
        if self._stays.of(event.get("Uniqueid")) is None:
            channel.queue = queue
            self._stays.refusals.queue_is_known(event.get("Uniqueid"), queue)
        else:
            channel.next_queue = queue

    def _variable(self, event: AmiEvent) -> None:
        if event.get("Uniqueid"):
            self._channel(event)
        if event.get("Variable") in _FROM_APP_QUEUE:
            self._stays.reasons_are_told = True
        if event.get("Variable") == "QUEUESTATUS" and event.get("Value"):
            self._stays.status(event)

    def _asked_to_end(self, event: AmiEvent) -> None:
        """The far end of the channel hung up."""
        channel = self._channel(event)
        self._channels.ends_are_told = True
        channel.asked_to_end = channel.asked_to_end or self._writer.position
        channel.hung_up = channel.hung_up or self._writer.now or _NO_MOMENT
        self._stays.asked_to_end(event.get("Uniqueid"))
        self._talks.ended(event.get("Uniqueid"))

    def _made_to_end(self, event: AmiEvent) -> None:
        """Asterisk itself ends the channel."""
        channel = self._channel(event)
        channel.made_to_end = channel.made_to_end or self._writer.position
        self._talks.ended(event.get("Uniqueid"))

    def _entered_bridge(self, event: AmiEvent) -> None:
        channel = self._channel(event)
        channel.left_bridge, channel.in_bridge = 0, True
        self._channels.note_party(event, number_in(event))
        self._talks.bridged(event)

    def _left_bridge(self, event: AmiEvent) -> None:
        channel = self._channel(event)
        channel.left_bridge, channel.in_bridge = self._writer.position, False
        self._channels.note_party(event, number_in(event))
        self._talks.left_bridge(event.get("Uniqueid"))
        self._talks.ended(event.get("Uniqueid"))

    def _hangup(self, event: AmiEvent) -> None:
        uniqueid = event.get("Uniqueid")
        channel = self._channel(event)
        self._channels.ends_are_told = True
        channel.gone = channel.gone or self._writer.position
        self._stays.hung_up(event)
        self._talks.ended(uniqueid)
        self._talks.hung_up(uniqueid)

    # -- members and boots -------------------------------------------------------------------------

    def _member(self, event: AmiEvent, verb: Verb) -> None:
        self._writer.row("NONE", event.get("Queue"), member_in(event), verb, ())

    def _pause(self, event: AmiEvent) -> None:
        verb = Verb.PAUSE if event.get("Paused") == "1" else Verb.UNPAUSE
        reason = event.get("PausedReason") or event.get("Reason")
        self._writer.row("NONE", event.get("Queue"), member_in(event), verb, (clean(reason),))

    def _restarted(self) -> None:
        """Asterisk is another than before: what was open is cut off."""
        self._boots.forget()
        self._stays.forget()
        self._answers_unseen()
        self._talks.forget()
        self._channels.forget()
        self._writer.row(NONE, NONE, NONE, Verb.QUEUESTART, ())

    def _shut_down(self, event: AmiEvent) -> None:
        del event
        self._restarted()
