"""Who a channel is: its caller's number, its last conversation, and which channel it replaced in a queue. Pure.

For an attended transfer into a queue the agent enters it with a second call, which the caller's channel then replaces:
the queue log has the ENTERQUEUE under one channel and what follows under another.
"""

from collections import OrderedDict

from ami_bridge.ledger.entries.entry import EntryInProgress
from ami_bridge.ledger.entries.in_progress import Entries, remember
from ami_bridge.ledger.rows.row import Row
from callcenter.moments import Length


class Identity:
    """What is known of recent channels. `_moving`: conversations whose caller is being transferred into a queue."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._callers: OrderedDict[str, str] = OrderedDict()
        self._lines: OrderedDict[str, str] = OrderedDict()
        self._conversations: OrderedDict[str, EntryInProgress] = OrderedDict()
        self._moving: OrderedDict[str, EntryInProgress] = OrderedDict()
        self._internal: OrderedDict[str, str] = OrderedDict()

    def note_internal(self, callid: str, line: str) -> None:
        """That channel is of a phone inside, or came by a trunk whose callers are not the public; it called a line."""
        remember(self._internal, callid, line)

    def is_internal(self, callid: str) -> bool:
        """Whether whoever calls is not of the public."""
        return callid in self._internal

    def internal_line(self, callid: str) -> str:
        """The line that a channel called which is not of the public."""
        return self._internal.get(callid, "")

    def note_caller(self, callid: str, number: str) -> None:
        """The first number a channel was known by is its caller's."""
        if number and callid not in self._callers:
            remember(self._callers, callid, number)

    def caller(self, callid: str) -> str:
        """The number of a channel's caller."""
        return self._callers.get(callid, "")

    def note_line(self, callid: str, line: str) -> None:
        """DID line: FreePBX and Issabel write the number that a channel called before it enters a queue."""
        if line and callid not in self._lines:
            remember(self._lines, callid, line)

    def line(self, callid: str) -> str:
        """The line that a channel called, by a DID row; empty where there was none."""
        return self._lines.get(callid, "")

    def note_conversation(self, callid: str, entry: EntryInProgress) -> None:
        """That channel is, or was, in this conversation with an agent."""
        remember(self._conversations, callid, entry)

    def last_conversation_of(self, callid: str) -> EntryInProgress | None:
        """The last conversation of that channel."""
        return self._conversations.get(callid)

    def moving(self) -> set[str]:
        """The calls that are being transferred into a queue."""
        return set(self._moving)

    def forget(self) -> None:
        """Asterisk started again: its channels are others, which may bear the same names."""
        self._callers.clear()
        self._lines.clear()
        self._conversations.clear()
        self._moving.clear()
        self._internal.clear()

    def swap(self, queue: str, waiting: str, caller: str, number: str) -> None:
        """IDENTITY: the source reports that one channel replaced another."""
        self.note_caller(caller, number)
        entry = self._entries.open_at(queue, waiting)
        if entry is not None and entry.is_waiting:
            self._adopt(entry, caller)

    def transferred(self, row: Row) -> tuple[EntryInProgress | None, EntryInProgress | None]:
        """The conversation that an attended transfer into a queue ended, and the entry that its caller takes over.

        Asterisk swaps the two channels' identities while it writes: the row stands under either of them. The entry is
        only known here where the row stands under the channel that waits.
        """
        conversation = self._entries.open_at(row.queue, row.callid)
        waiting = self._entries.waiting_elsewhere(row.queue, row.callid)
        if conversation is not None and conversation.is_waiting:
            conversation, waiting = None, conversation
        if conversation is None and waiting is not None:
            conversations = self._entries.conversations_of(row.queue, row.agent)
            conversation = conversations[-1] if conversations else self._just_transferred(row)
        if conversation is None:
            return None, None
        remember(self._moving, conversation.call, conversation)
        return conversation, waiting if conversation.call != row.callid else None

    def take_over(self, conversation: EntryInProgress, waiting: EntryInProgress) -> None:
        """The caller of a conversation that has ended waits on in that entry."""
        conversation.transferred_to = waiting.key.queue
        self._entries.touch(conversation)
        self._adopt(waiting, conversation.call)

    def _just_transferred(self, row: Row) -> EntryInProgress | None:
        """The same transfer, reported again under the other channel."""
        ended = [entry for entry in self._entries.recently_ended() if entry.is_of(row.queue, row.agent)]
        return ended[-1] if ended and ended[-1].call in self._moving else None

    def replaced(self, row: Row, hold_time: Length | None) -> EntryInProgress | None:
        """The waiting entry that a moved caller took over, found by how long it has lasted."""
        conversation = self._moving.get(row.callid)
        if conversation is None or row.at is None or hold_time is None:
            return None
        candidates = self._entries.waiting_since(row.queue, row.at.back(hold_time))
        candidates = [entry for entry in candidates if entry.call not in self._moving]
        if len(candidates) != 1:
            return None
        del self._moving[row.callid]
        self.take_over(conversation, candidates[0])
        return candidates[0]

    def _adopt(self, entry: EntryInProgress, callid: str) -> None:
        conversation = self._conversations.get(callid)
        entry.call, entry.caller = callid, self.caller(callid) or entry.caller
        entry.line = conversation.line if conversation is not None else entry.line
        entry.internal = self.is_internal(callid)
        self._entries.attach(entry.key.queue, callid, entry)
