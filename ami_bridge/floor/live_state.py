"""The live state: who waits in which queue, whose phone rings, who is on a call. Pure.

It takes AMI events in their order and is rebuilt from a snapshot at each connect. Its facts go on the bus and may be
lost; the records do not depend on them. Handlers are idempotent: AMI reports some things twice (DialEnd CANCEL, an
abandon after a codec mismatch).
"""

from collections.abc import Callable, Iterable, Mapping

from ami_bridge.floor.calls import Calls
from ami_bridge.floor.channel_changes import ChannelChanges
from ami_bridge.floor.conversations import LiveConversation, StandingConversation, StandingTransfer
from ami_bridge.floor.members import Member, Members
from ami_bridge.floor.queued_callers import Callers
from ami_bridge.floor.recording_states import LiveRecordings
from ami_bridge.floor.transfer_targets import note_standing_transfer, note_transfer
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.model import Centre
from callcenter.messages.facts import Fact, QueueState


class Floor:
    """The state of one node. `apply` an event, then `drain` the facts that follow from it."""

    def __init__(self, node: str, centre: Centre) -> None:
        self._node = node
        self._callers = Callers(centre.queues_by_name)
        self._recordings = LiveRecordings()
        self._members = Members(node, self._recordings.of)
        self._calls = Calls(node, centre, self._callers, self._members)
        self._changes = ChannelChanges(self._callers, self._calls, self._members.end_transferred)
        self._handlers: dict[str, Callable[[AmiEvent, int], None]] = {
            "QueueCallerJoin": self._join,
            "QueueCallerLeave": lambda event, _: self._callers.leave(event),
            "AgentCalled": self._calls.offer,
            "AgentRingNoAnswer": self._calls.no_answer,
            "AgentConnect": self._calls.answer,
            "AgentComplete": self._calls.complete,
            "Hangup": self._hang_up,
            **self._changes.handlers,
            **{name: self._recording for name in self._recordings.handlers},
            "UserEvent": lambda event, _: note_transfer(event, self._members),
            "QueueMemberAdded": self._member,
            "QueueMemberStatus": self._member,
            "QueueMemberPause": self._member,
            "QueueMemberRemoved": self._removed,
        }

    def wants(self, name: str) -> bool:
        """Whether an event of this name changes anything here."""
        return name in self._handlers

    def apply(self, event: AmiEvent, now_us: int) -> None:
        """Apply one event. An event of no interest costs one look-up."""
        handler = self._handlers.get(event.name)
        if handler is not None:
            handler(event, event.timestamp_us or now_us)

    def drain(self, now_us: int) -> list[Fact]:
        """The facts since the last time, then each queue and agent whose live state changed, once."""
        facts = self.drain_calls()
        states, queues = self._members.drain(now_us)
        facts += states
        facts += [self._queue_state(queue, now_us) for queue in sorted(self._callers.stale | queues)]
        self._callers.stale = set()
        return facts

    def drain_calls(self) -> list[Fact]:
        """Only what happened to calls since the last time; states that changed wait for `drain`."""
        return self._calls.drain()

    @property
    def has_news(self) -> bool:
        """Whether a queue or an agent has to be shown anew."""
        return bool(self._members.stale or self._callers.stale)

    @property
    def queues_in_doubt(self) -> list[str]:
        """Queues where a channel that waited hung up without leaving: `look_again` with what QueueStatus answers."""
        return self._callers.in_doubt

    def look_again(self, queue: str, events: Iterable[AmiEvent], now_us: int) -> None:
        """Take in who waits in a queue that was in doubt; other events of the answer are ignored."""
        self._changes.look_again(queue, (each for each in events if each.name == "QueueEntry"), now_us)

    @property
    def unknown_queues(self) -> int:
        """How many events named a queue that the centre does not have."""
        return self._callers.unknown_queues

    @property
    def unknown_callers(self) -> int:
        """How many offers were of a caller who never joined."""
        return self._callers.unknown_callers

    def member_named(self, name: str) -> Member | None:
        """The member of that name."""
        return self._members.get(name)

    def member_at(self, interface: str) -> Member | None:
        """The member who serves some queue at that phone."""
        return self._members.at(interface)

    def conversation_at(self, interface: str) -> LiveConversation | None:
        """The conversation at that phone with a queue's caller."""
        return self._calls.at(interface)

    # -- the snapshot at each connect ------------------------------------------------------------

    def rebuild(self, events: Iterable[AmiEvent], now_us: int) -> None:
        """Replace the live state by QueueStatus' answer. Conversations are kept as long as their channel exists."""
        self._callers.forget()
        self._members.leave_all()
        for event in events:
            if event.name == "QueueEntry":
                self._callers.found(event, now_us)
            elif event.name == "QueueMember":
                name = event.get("Name") or event.get("MemberName")
                self._update_member(name, event.get("Location"), event)
                self._members.found(name, event)

    def keep_channels(self, alive: set[str]) -> None:
        """Forget callers and conversations whose channel is gone."""
        self._calls.keep(alive)
        self._callers.keep(alive)
        self._recordings.keep(alive)
        self._members.keep_transferred(alive)

    def found_conversations(self, conversations: Iterable[StandingConversation], now_us: int) -> None:
        """Add the conversations that began while there was no session."""
        self._calls.found(conversations, now_us)

    def found_transfers(self, transfers: Iterable[StandingTransfer]) -> None:
        """The same for transferred calls."""
        for each in transfers:
            note_standing_transfer(each, self._members)

    def found_recordings(self, marks: Mapping[str, str], now_us: int) -> None:
        """And for recordings: the marks on the callers' channels, by Uniqueid."""
        for uniqueid, mark in marks.items():
            self._recordings.found(uniqueid, mark, now_us)
            self._members.mark_changed(uniqueid)

    # -- callers -----------------------------------------------------------------------------------

    def _join(self, event: AmiEvent, at_us: int) -> None:
        self._recordings.joined(event.get("Uniqueid"), at_us)
        self._members.end_transferred(event.get("Uniqueid"))
        self._callers.join(event, at_us)

    def _recording(self, event: AmiEvent, at_us: int) -> None:
        self._recordings.handlers[event.name](event, at_us)
        self._members.mark_changed(event.get("Uniqueid"))

    def _hang_up(self, event: AmiEvent, at_us: int) -> None:
        channel = event.get("Uniqueid")
        self._calls.hang_up(event, at_us)
        self._callers.gone(channel)
        self._members.end_transferred(channel, event.get("Channel"))
        self._recordings.gone(channel)

    # -- members -----------------------------------------------------------------------------------

    def _member(self, event: AmiEvent, _at_us: int) -> None:
        self._update_member(event.get("MemberName"), event.get("Interface"), event)

    def _update_member(self, name: str, interface: str, event: AmiEvent) -> None:
        queue = event.get("Queue")
        if name and self._callers.knows(queue) and self._members.update(name, interface, queue, event):
            self._callers.stale.add(queue)

    def _removed(self, event: AmiEvent, _at_us: int) -> None:
        queue = event.get("Queue")
        if self._callers.knows(queue):
            self._members.remove(event.get("MemberName"), event.get("Interface"), queue)
            self._callers.stale.add(queue)

    def _queue_state(self, queue: str, now_us: int) -> QueueState:
        counts = self._members.counts(queue)
        return QueueState(
            node=self._node,
            queue=queue,
            waiting=self._callers.shown(queue),
            logged_in=counts.logged_in,
            available=counts.available,
            on_call=counts.on_call,
            paused=counts.paused,
            as_of_us=now_us,
        )
