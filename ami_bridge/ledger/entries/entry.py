"""One queue entry while rows about it may still come. Pure."""

from dataclasses import dataclass, field

from ami_bridge.ledger.entries.conversation import (
    A_SIDE,
    NO_CONVERSATION,
    Conversation,
    ReportedHangUp,
)
from ami_bridge.ledger.entries.offers import EntryOffers
from ami_bridge.ledger.entries.states import END_OF, ENDED, TRANSITIONS, EntryEvent, EntryState
from ami_bridge.ledger.uniqueids import age
from callcenter.calls import LONGEST_CALL_US, REFUSALS, EndedBy, EntryKey, Outcome, QueueEntry
from callcenter.instants import MICROSECONDS
from callcenter.moments import Length, Moment

NOTHING = Length(0, 0)
# A wait that ends before it begins: the clock was set back meanwhile, and nothing tells by how much.
ANY_LENGTH = Length(0, LONGEST_CALL_US)


@dataclass(slots=True)
class EntryInProgress:
    """What is known of one entry so far. `state` changes by `TRANSITIONS` alone; without one, an event is False."""

    key: EntryKey
    call: str
    line: str
    caller: str
    joined: Moment | None
    state: EntryState = EntryState.WAITING
    outcome: Outcome = Outcome.OPEN
    conversation: Conversation = NO_CONVERSATION
    ended: Moment | None = None
    ended_by: EndedBy = EndedBy.UNKNOWN
    transferred_to: str = ""
    hold_time: Length | None = None
    hung_up: ReportedHangUp | None = None
    start_is_guessed: bool = False
    wait_resumed: bool = False
    clock_was_set: bool = False
    set_since_end: Length = NOTHING  # by how much the wall clock was
    internal: bool = False
    entered_position: int | None = None
    left_position: int | None = None
    offers: EntryOffers = field(default_factory=EntryOffers)

    @property
    def is_waiting(self) -> bool:
        """Still in the queue, unanswered."""
        return self.state is EntryState.WAITING or self.state is EntryState.RETURNING

    @property
    def is_connected(self) -> bool:
        """Answered and not ended yet."""
        return self.state is EntryState.CONNECTED or self.state is EntryState.ANSWERED_RETURNING

    @property
    def is_ended(self) -> bool:
        """Over, however it ended."""
        return self.state in ENDED

    @property
    def answered(self) -> Moment | None:
        """When the agent's phone was answered."""
        return self.conversation.answered

    def may(self, event: EntryEvent) -> bool:
        """Whether that event can happen in the present state."""
        return event in TRANSITIONS[self.state]

    def is_of(self, queue: str, member: str) -> bool:
        """Whether this is that member's entry of that queue."""
        return self.key.queue == queue and self.conversation.member == member

    def _change_state(self, event: EntryEvent) -> bool:
        state = TRANSITIONS[self.state].get(event)
        if state is None:
            return False
        self.state = state
        return True

    # -- what happens to it ------------------------------------------------------------------------

    def answer(self, at: Moment | None, member: str, channel: str, hold_time: Length | None) -> bool:
        """The agent's phone was answered; whoever else was ringing stops."""
        if not self._change_state(EntryEvent.ANSWER):
            return False
        self.conversation = Conversation(self._after_joining(at), member, channel)
        self.hold_time, self.outcome = self._whole_wait(hold_time), Outcome.ANSWERED
        self.offers.answer(member, channel, at)
        return True

    def leave(self, outcome: Outcome, at: Moment | None, hold_time: Length | None, position: int | None = None) -> bool:
        """The wait ended without an answer, at that position in the queue."""
        if not self._change_state(END_OF[outcome]):
            return False
        self.outcome, self.ended, self.left_position = outcome, self._after_joining(at), position
        self.hold_time = self._whole_wait(hold_time) or self.hold_time
        if self.hung_up is not None:
            self.note_hang_up(*self.hung_up)
        self.offers.cancel(at)
        return True

    def resume_wait(self) -> bool:
        """The caller left by key, declined the callback, and waits on: it is one wait."""
        if not self._change_state(EntryEvent.RESUME_WAIT):
            return False
        self.outcome, self.ended, self.hold_time, self.wait_resumed = Outcome.OPEN, None, None, True
        self.left_position = None
        if self.joined is not None:
            self.joined = self.joined.forward(self.set_since_end)
        self.set_since_end = NOTHING
        return True

    def enter_again(self) -> bool:
        """The caller is back in the queue, at the position that was kept."""
        return self._change_state(EntryEvent.ENTER_AGAIN)

    def finish(self, at: Moment | None, ended_by: EndedBy, transferred_to: str = "") -> bool:
        """The conversation ended, as app_queue reports it; an agent's leg that ended earlier knows better."""
        if not self._change_state(EntryEvent.COMPLETE):
            return False
        self.ended, self.ended_by = self.conversation.end(at, ended_by, self.hung_up)
        self.transferred_to = transferred_to
        return True

    def interrupt(self, between: Moment | None) -> bool:
        """Asterisk stopped while this entry was open. An answer keeps its moment, and so does an end that it wrote."""
        if not self._change_state(EntryEvent.INTERRUPT):
            return False
        self.outcome, self.ended_by = Outcome.INTERRUPTED, EndedBy.UNKNOWN
        self.ended = self.ended or between
        self.offers.cancel(between)
        return True

    def end_unreported(self, at: Moment | None) -> bool:
        """It is over at that moment, and no row reports how: a wait as abandoned, a conversation when the leg ended."""
        if self.is_waiting:
            return self.leave(Outcome.ABANDONED, at, None)
        return self.finish(self.conversation.released or at, EndedBy.UNKNOWN)

    def _after_joining(self, at: Moment | None) -> Moment | None:
        return at.not_before(self.joined) if at is not None else None

    def _whole_wait(self, hold_time: Length | None) -> Length | None:
        """None where it is another length: app_queue counts from the last ENTERQUEUE on, and by the wall clock."""
        return None if self.wait_resumed or self.clock_was_set else hold_time

    # -- what becomes known of it, in any state --------------------------------------------------

    def release(self, at: Moment | None) -> None:
        """The agent's leg ended, and the conversation with it at the latest."""
        if self.is_connected:
            self.conversation = self.conversation._replace(released=at)

    def return_caller(self) -> None:
        """Queue() returned the caller to the dialplan after the conversation."""
        self.conversation = self.conversation._replace(returned=True)

    def note_hang_up(self, who: EndedBy, at: Moment | None) -> bool:
        """Note who hung up, by the legs, which know better than app_queue. True when that changes `ended_by`."""
        self.hung_up = ReportedHangUp(who, at)
        if self.state is EntryState.ABANDONED:
            ends_it = self.hung_up.ends_wait(self.ended)
        else:
            ends_it = self.ended_by in A_SIDE and self.hung_up.ends(self.ended)
        if self.ended_by is who or not ends_it:
            return False
        self.ended_by = who
        return True

    def note_entered_position(self, position: int | None) -> None:
        """Of a row that has it, unless it is known. Of who went away and came back, rows have that of the return."""
        if self.entered_position is None and not self.wait_resumed:
            self.entered_position = position

    def joined_as_guessed(self, at: Moment | None) -> bool:
        """Take a joining that is reported late, if it agrees with the one computed from the hold time."""
        if not self.start_is_guessed or at is None:
            return False
        over, guess = self.answered or self.ended, self.joined
        if over is None or at.earliest_us > over.latest_us:
            return False
        if guess is not None and (at.latest_us < guess.earliest_us or at.earliest_us > guess.latest_us):
            return False
        self.joined, self.start_is_guessed = at, False
        return True

    # -- the result --------------------------------------------------------------------------

    def wait_until(self, now: Moment | None) -> Length:
        """The wait, as exactly as it is known; `now` is the end of a wait that goes on."""
        until = self.answered or self.ended or (now if self.is_waiting else None)
        if self.joined is None or until is None:
            return self.hold_time or _up_to_channel_age(self, until)
        if until.latest_us < self.joined.earliest_us:
            return self.hold_time or ANY_LENGTH
        span = self.joined.until(until)
        return span.narrowed(self.hold_time) if self.hold_time and not span.is_exact else span

    def snapshot(self, now: Moment | None) -> QueueEntry:
        """The entry as known at `now`."""
        return QueueEntry(
            key=self.key,
            call=self.call,
            line=self.line,
            caller=self.caller,
            joined=self.joined,
            answered=self.answered,
            ended=self.ended,
            wait=self.wait_until(now),
            outcome=self.outcome,
            member=self.conversation.member,
            agent_channel=self.conversation.channel,
            ended_by=self.ended_by,
            transferred_to=self.transferred_to,
            offers=self.offers.all(),
            internal=self.internal,
            entered_position=self.entered_position,
            left_position=self.left_position,
        )


def _up_to_channel_age(entry: EntryInProgress, until: Moment | None) -> Length:
    """A wait of which only the end was reported is at most the channel's age, which its Uniqueid has."""
    born_us = age(entry.key.uniqueid)[0] * MICROSECONDS
    if until is None or entry.outcome in REFUSALS or not 0 < born_us <= until.latest_us:
        return NOTHING
    return Length(0, until.latest_us - born_us)
