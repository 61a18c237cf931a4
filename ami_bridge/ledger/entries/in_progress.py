"""The queue entries in progress, and those that ended recently. Pure."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import TypeVar

from ami_bridge.ledger.clock_steps import SetClock
from ami_bridge.ledger.entries.clock import set_clock
from ami_bridge.ledger.entries.entry import EntryInProgress
from ami_bridge.ledger.uniqueids import age
from callcenter.calls import EntryKey, QueueEntry
from callcenter.moments import Moment

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 4096
# Queue and channel, as rows name an entry.
RowKey = tuple[str, str]


class Entries:
    """By queue and channel. A channel that was replaced leads to the same entry as the one that replaced it."""

    def __init__(self, node: str, boot_us: int) -> None:
        self.node, self.boot_us = node, boot_us
        self._open: dict[RowKey, EntryInProgress] = {}
        self._ended: OrderedDict[RowKey, EntryInProgress] = OrderedDict()
        self._last_ended: OrderedDict[str, EntryInProgress] = OrderedDict()
        self._ordinals: OrderedDict[RowKey, int] = OrderedDict()
        self._forgotten_until = -1
        self._changed: dict[EntryKey, EntryInProgress] = {}

    def __len__(self) -> int:
        return len({id(entry) for entry in self._open.values()})

    def open_at(self, queue: str, callid: str) -> EntryInProgress | None:
        """The open entry of that channel in that queue."""
        return self._open.get((queue, callid))

    def ended_at(self, queue: str, callid: str) -> EntryInProgress | None:
        """The last ended entry of that channel in that queue."""
        return self._ended.get((queue, callid))

    def last_ended_of(self, callid: str) -> EntryInProgress | None:
        """The entry of that channel that ended last, in whatever queue."""
        return self._last_ended.get(callid)

    def all_open(self) -> list[EntryInProgress]:
        """Each open entry once."""
        return list({id(entry): entry for entry in self._open.values()}.values())

    def recently_ended(self) -> Iterable[EntryInProgress]:
        """Those that ended last, oldest first."""
        return self._ended.values()

    def open_of(self, callid: str) -> list[EntryInProgress]:
        """The open entries of that channel, in whatever queue."""
        return [entry for (_, channel), entry in self._open.items() if channel == callid and entry.call == callid]

    def waiting_elsewhere(self, queue: str, callid: str) -> EntryInProgress | None:
        """The open entry of that channel in another queue."""
        for (other, channel), entry in self._open.items():
            if channel == callid and other != queue and entry.is_waiting:
                return entry
        return None

    def conversations_of(self, queue: str, member: str) -> list[EntryInProgress]:
        """The entries of that queue that are connected to that member."""
        return [entry for entry in self.all_open() if entry.is_connected and entry.is_of(queue, member)]

    def waiting_since(self, queue: str, began: Moment) -> list[EntryInProgress]:
        """The entries that wait in that queue and may have joined at that moment."""
        waiting = [entry for entry in self.all_open() if entry.key.queue == queue and entry.is_waiting]
        return [entry for entry in waiting if entry.joined is not None and _overlap(entry.joined, began)]

    def begin(self, queue: str, callid: str, line: str, caller: str, joined: Moment | None) -> EntryInProgress:
        """A new entry of that channel."""
        row_key = (queue, callid)
        ordinal = self._ordinals.get(row_key, -1) + 1
        self._remember_ordinal(row_key, ordinal)
        key = EntryKey(self.node, self.boot_us, queue, callid, ordinal)
        entry = EntryInProgress(key, callid, line, caller, joined)
        self._open[row_key] = entry
        self._ended.pop(row_key, None)
        self.touch(entry)
        return entry

    def reopen(self, entry: EntryInProgress) -> None:
        """An entry that had ended goes on after all."""
        row_key = (entry.key.queue, entry.key.uniqueid)
        self._ended.pop(row_key, None)
        self._open[row_key] = entry
        self.touch(entry)

    def attach(self, queue: str, callid: str, entry: EntryInProgress) -> None:
        """From now on rows of this channel belong to that entry."""
        self._open[(queue, callid)] = entry
        self.touch(entry)

    def close(self, entry: EntryInProgress) -> None:
        """The entry is over. It is remembered, so that a late row is recognised as one."""
        for row_key in [row_key for row_key, other in self._open.items() if other is entry]:
            del self._open[row_key]
            remember(self._ended, row_key, entry)
            remember(self._last_ended, row_key[1], entry)
        self.touch(entry)

    def set_clock(self, clock: SetClock) -> None:
        """The wall clock was set: of those that go on, and of those that ended since."""
        for entry in (*self.all_open(), *self._ended.values()):
            if set_clock(entry, clock):
                self.touch(entry)

    def note_clock_set(self, queue: str, callid: str) -> None:
        """A row of that entry was stamped before the clock was set, and came afterwards."""
        entry = self._open.get((queue, callid))
        if entry is not None:
            entry.clock_was_set = True

    def cut_off(self) -> None:
        """Asterisk started again: whatever is open is over."""
        for row_key, entry in self._open.items():
            remember(self._ended, row_key, entry)
        self._open.clear()
        self._ordinals.clear()
        self._forgotten_until = -1

    def touch(self, entry: EntryInProgress) -> None:
        """The entry changed: the next `drain` includes it."""
        self._changed[entry.key] = entry

    def drain(self, now: Moment | None) -> tuple[QueueEntry, ...]:
        """Those that changed since the last time, as known at `now`."""
        changed = tuple(entry.snapshot(now) for entry in self._changed.values())
        self._changed = {}
        return changed

    def may_have_forgotten(self, queue: str, callid: str) -> bool:
        """Whether that channel may have been in that queue longer ago than is remembered."""
        return (queue, callid) not in self._ordinals and age(callid)[0] <= self._forgotten_until

    def note_entries_before(self, queue: str, callid: str, count: int) -> None:
        """That channel has been in that queue so often."""
        self._remember_ordinal((queue, callid), count - 1)

    def forget_channels_until(self, second: int) -> None:
        """Of channels that began in that second or before, only some are known."""
        self._forgotten_until = max(self._forgotten_until, second)

    def _remember_ordinal(self, row_key: RowKey, ordinal: int) -> None:
        forgotten = remember(self._ordinals, row_key, ordinal)
        if forgotten is not None:
            self.forget_channels_until(age(forgotten[1])[0])


def _overlap(one: Moment, other: Moment) -> bool:
    return one.earliest_us <= other.latest_us and other.earliest_us <= one.latest_us


def remember(memory: "OrderedDict[K, V]", key: K, value: V, *, at_most: int = REMEMBERED) -> K | None:
    """Set a value, and drop the oldest one when there are too many: the key of that one."""
    memory[key] = value
    memory.move_to_end(key)
    return memory.popitem(last=False)[0] if len(memory) > at_most else None
