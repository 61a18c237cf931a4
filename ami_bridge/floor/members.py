"""The members of the queues in the live state: which queues they serve, their state, since when. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ami_bridge.wire.items import AmiEvent
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentState, AgentStatus, RecordingStatus

RecordingOf = Callable[[str], tuple[RecordingStatus | None, int | None]]

# Asterisk's device states (devicestate.h) as the queues report them.
_RINGING, _UNREACHABLE, _BUSY = frozenset({"6", "7"}), frozenset({"4", "5"}), frozenset({"2", "3", "8"})
_WITHOUT_CALL = frozenset({"1", *_UNREACHABLE})


@dataclass(slots=True)
class Member:
    """One member of some queues."""

    name: str
    interface: str
    queues: set[str] = field(default_factory=set)
    device: str = "0"
    paused: bool = False
    reason: str = ""
    ringing: str = ""
    conversation: str = ""
    transferred: str = ""
    transferred_at: str = ""
    wrap_up_until_us: int = 0
    published: tuple[object, ...] | None = None
    since_us: int = 0
    began_us: int = 0

    @property
    def status(self) -> AgentStatus:
        """The member's state: a call comes before a pause, a pause before an unreachable phone."""
        if not self.queues:
            return AgentStatus.LOGGED_OUT
        if self.conversation or self.transferred:
            return AgentStatus.ON_CALL
        if self.ringing or self.device in _RINGING:
            return AgentStatus.RINGING
        if self.paused:
            return AgentStatus.PAUSED
        if self.device in _UNREACHABLE:
            return AgentStatus.UNREACHABLE
        if self.device in _BUSY:
            return AgentStatus.ON_CALL
        return AgentStatus.WRAP_UP if self.wrap_up_until_us else AgentStatus.AVAILABLE


class MemberCounts(NamedTuple):
    """Members of one queue: all, ready, on a call, paused."""

    logged_in: int
    available: int
    on_call: int
    paused: int


class Members:
    """All members of one node. `stale` has the names of those whose state may have changed.

    `recording_of`: whether a caller is recorded, and since when.
    """

    def __init__(self, node: str, recording_of: RecordingOf) -> None:
        self._node, self._recording_of = node, recording_of
        self._by_name: dict[str, Member] = {}
        self._transfer_targets: set[str] = set()
        self.stale: set[str] = set()

    def get(self, name: str) -> Member | None:
        """The member of that name."""
        return self._by_name.get(name)

    def at(self, interface: str) -> Member | None:
        """The member who serves some queue at that phone."""
        serving = (member for member in self._by_name.values() if member.queues)
        return next((member for member in serving if member.interface == interface), None)

    def of(self, queue: str) -> list[Member]:
        """The members of a queue."""
        return [member for member in self._by_name.values() if queue in member.queues]

    def update(self, name: str, interface: str, queue: str, event: AmiEvent) -> bool:
        """Apply what an event or the snapshot reports of a membership; True when the member is new in that queue."""
        member = self._by_name.setdefault(name, Member(name, interface))
        is_new = queue not in member.queues
        member.interface = interface
        member.queues.add(queue)
        member.device, member.paused = event.get("Status"), event.get("Paused") == "1"
        member.reason = event.get("PausedReason") if member.paused else ""
        if member.transferred and member.device in _WITHOUT_CALL:
            self._end_transferred(member)
        self.stale.add(name)
        return is_new

    def found(self, name: str, event: AmiEvent) -> None:
        """Since when a member is paused, by the snapshot; for one whose state was not published yet."""
        member, paused_at = self._by_name.get(name), event.get("LastPause")
        if member is not None and member.published is None and member.paused and paused_at.isdecimal():
            member.began_us = int(paused_at) * MICROSECONDS

    def remove(self, name: str, interface: str, queue: str) -> None:
        """The member left a queue, unless they already serve it at another phone."""
        member = self._by_name.get(name)
        if member is not None and member.interface == interface:
            member.queues.discard(queue)
            self.stale.add(name)

    def leave_all(self) -> None:
        """No member is in a queue until the snapshot lists them."""
        for member in self._by_name.values():
            member.queues.clear()
        self.stale |= set(self._by_name)

    def ring(self, name: str, uniqueid: str) -> None:
        """The member's phone rings for that caller; with "" it stopped."""
        member = self._by_name.get(name)
        if member is not None:
            member.ringing = uniqueid
            self.stale.add(name)

    def begin_conversation(self, name: str, uniqueid: str, began_us: int = 0) -> None:
        """The member is connected to that caller; `began_us` where that was earlier than now."""
        member = self._by_name.get(name)
        if member is not None:
            member.ringing, member.conversation, member.began_us = "", uniqueid, began_us
            self.stale.add(name)

    def mark_changed(self, uniqueid: str) -> None:
        """Something about that caller changed: the state of the member connected to them may have, too."""
        members = self._by_name.values()
        self.stale |= {member.name for member in members if uniqueid in (member.conversation, member.transferred)}

    def begin_transferred(self, name: str, uniqueid: str, channel: str) -> None:
        """By a transfer the member is connected to that caller; `channel` is the phone's, where it is known."""
        member = self._by_name.get(name)
        if member is not None:
            member.transferred, member.transferred_at = uniqueid, channel
            self._transfer_targets.add(name)
            self.stale.add(name)

    def end_transferred(self, uniqueid: str, channel: str = "") -> None:
        """The transferred caller went on or hung up, or that phone's channel is gone."""
        for member in self._named(self._transfer_targets):
            if member.transferred == uniqueid or (channel and member.transferred_at == channel):
                self._end_transferred(member)

    def keep_transferred(self, alive: set[str]) -> None:
        """Forget transferred callers whose channel is gone."""
        for member in self._named(self._transfer_targets):
            if member.transferred not in alive:
                self._end_transferred(member)

    def _end_transferred(self, member: Member) -> None:
        member.transferred = member.transferred_at = ""
        self._transfer_targets.discard(member.name)
        self.stale.add(member.name)

    def end_conversation(self, name: str, wrap_up_until_us: int = 0) -> None:
        """The member's conversation is over; wrap-up lasts until then."""
        member = self._by_name.get(name)
        if member is not None:
            member.conversation, member.wrap_up_until_us = "", wrap_up_until_us
            self.stale.add(name)

    def drain(self, now_us: int) -> tuple[list[AgentState], set[str]]:
        """The states that changed, and the queues that these change as well."""
        self._expire_wrap_ups(now_us)
        states, queues = [], set[str]()
        for member in self._named(self.stale):
            state = self._state(member, now_us)
            if state is not None:
                states.append(state)
                queues |= member.queues
        self.stale = set()
        return states, queues

    def counts(self, queue: str) -> MemberCounts:
        """How many members of a queue are in which state."""
        statuses = [member.status for member in self.of(queue)]
        busy = (statuses.count(each) for each in (AgentStatus.AVAILABLE, AgentStatus.ON_CALL, AgentStatus.PAUSED))
        return MemberCounts(len(statuses), *busy)

    def _named(self, names: Iterable[str]) -> list[Member]:
        return [self._by_name[name] for name in sorted(names) if name in self._by_name]

    def _expire_wrap_ups(self, now_us: int) -> None:
        for member in self._by_name.values():
            if 0 < member.wrap_up_until_us <= now_us:
                member.wrap_up_until_us = 0
                self.stale.add(member.name)

    def _state(self, member: Member, now_us: int) -> AgentState | None:
        call = member.conversation or member.ringing
        status, queues = member.status, tuple(sorted(member.queues))
        with_whom = member.conversation or member.transferred
        recording, since_us = self._recording_of(with_whom) if with_whom else (None, None)
        shown = (status, member.reason, call, queues, member.interface, member.transferred, recording, since_us)
        if shown == member.published:
            return None
        if member.published is None or member.published[:3] != shown[:3]:
            member.since_us, member.began_us = member.began_us or now_us, 0
        member.published = shown
        return AgentState(
            node=self._node,
            member=member.name,
            interface=member.interface,
            queues=queues,
            state=status,
            reason=member.reason,
            since_us=member.since_us,
            uniqueid=call or None,
            transferred=member.transferred or None,
            recording=recording,
            recording_since_us=since_us,
        )
