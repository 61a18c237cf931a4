"""One queue entry while the ledger still reports on it. Pure."""

from dataclasses import dataclass, field

from ami_bridge.ledger.entry_conversation import (
    A_SIDE,
    LATE_COMPLETE_US,
    NO_CONVERSATION,
    Conversation,
    ReportedHangUp,
)
from ami_bridge.ledger.entry_offers import EntryOffers
from ami_bridge.ledger.entry_states import END_OF, ENDED, TRANSITIONS, EntryEvent, EntryState
from ami_bridge.ledger.uniqueids import age
from callcenter.calls import REFUSALS, EndedBy, EntryKey, Outcome, QueueEntry
from callcenter.clock import MICROSECONDS
from callcenter.moments import Length, Moment

__all__ = ["LATE_COMPLETE_US", "NOTHING", "EntryInProgress"]

NOTHING = Length(0, 0)


@dataclass(slots=True)
class EntryInProgress:
    """What is known so far of one entry; `snapshot` gives it out.

    `state` changes by `TRANSITIONS` alone. The methods that tell of a change give False where the table has none from
    the present state: then nothing changed.
    """

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
    hold: Length | None = None
    hung_up: ReportedHangUp | None = None
    start_is_guessed: bool = False
    stayed: bool = False
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
        """Over."""
        return self.state in ENDED

    @property
    def answered(self) -> Moment | None:
        """When the agent's phone was answered."""
        return self.conversation.answered

    def may(self, event: EntryEvent) -> bool:
        """Whether that can happen to the entry as it is."""
        return event in TRANSITIONS[self.state]

    def is_of(self, queue: str, member: str) -> bool:
        """Whether this is that member's entry of that queue."""
        return self.key.queue == queue and self.conversation.member == member

    def _goes_on(self, event: EntryEvent) -> bool:
        state = TRANSITIONS[self.state].get(event)
        if state is None:
            return False
        self.state = state
        return True

    # -- what happens to it ------------------------------------------------------------------------

    def answer(self, at: Moment | None, member: str, channel: str, hold: Length | None) -> bool:
        """The agent's phone was answered; whoever else was ringing stops."""
        if not self._goes_on(EntryEvent.ANSWER):
            return False
        self.conversation = Conversation(at, member, channel)
        self.hold, self.outcome = self._whole(hold), Outcome.ANSWERED
        self.offers.answer(member, channel, at)
        return True

    def leave(self, outcome: Outcome, at: Moment | None, hold: Length | None) -> bool:
        """The wait ended without an answer."""
        if not self._goes_on(END_OF[outcome]):
            return False
        self.outcome, self.ended = outcome, at
        self.hold = self._whole(hold) or self.hold
        self.offers.cancel(at)
        return True

    def stay(self) -> bool:
        """The caller left by key to be asked something, and waits on: it is one wait."""
        if not self._goes_on(EntryEvent.STAY):
            return False
        self.outcome, self.ended, self.hold, self.stayed = Outcome.OPEN, None, None, True
        return True

    def enter_again(self) -> bool:
        """The caller took the kept position in the queue."""
        return self._goes_on(EntryEvent.ENTER_AGAIN)

    def finish(self, at: Moment | None, ended_by: EndedBy, transferred_to: str = "") -> bool:
        """The conversation ended, as app_queue reports it; an agent's leg that ended before it says more."""
        if not self._goes_on(END_OF[self.outcome] if self.state is EntryState.UNDATED else EntryEvent.COMPLETE):
            return False
        self.ended, self.ended_by = self.conversation.end(at, ended_by, self.hung_up)
        self.transferred_to = transferred_to
        return True

    def interrupt(self, between: Moment | None) -> bool:
        """Asterisk died with this entry in it. An answer that was given stays known."""
        if not self._goes_on(EntryEvent.INTERRUPT):
            return False
        self.outcome, self.ended, self.ended_by = Outcome.INTERRUPTED, between, EndedBy.UNKNOWN
        self.offers.cancel(between)
        return True

    def lose(self) -> bool:
        """It ended, and nothing tells when or how."""
        return self._goes_on(EntryEvent.LOSE)

    def _whole(self, hold: Length | None) -> Length | None:
        """app_queue counts only from the last entering on."""
        return None if self.stayed else hold

    # -- what is learnt of it, whatever its state --------------------------------------------------

    def release(self, at: Moment | None) -> None:
        """The agent's leg ended, and the conversation with it at the latest."""
        if self.is_connected:
            self.conversation = self.conversation._replace(released=at)

    def return_caller(self) -> None:
        """Queue() gave the caller of the conversation back to the dialplan."""
        self.conversation = self.conversation._replace(returned=True)

    def ended_really_by(self, who: EndedBy, at: Moment | None) -> bool:
        """Who ended it as the legs tell, which know better than app_queue. True when that is news."""
        self.hung_up = ReportedHangUp(who, at)
        if self.ended_by is who or self.ended_by not in A_SIDE or not self.hung_up.ends(self.ended):
            return False
        self.ended_by = who
        return True

    def joined_as_guessed(self, at: Moment | None) -> bool:
        """A joining reported after its end: true, and kept, where the hold time had it begin then."""
        if not self.start_is_guessed or at is None:
            return False
        over, guess = self.answered or self.ended, self.joined
        if over is None or at.earliest_us > over.latest_us:
            return False
        if guess is not None and (at.latest_us < guess.earliest_us or at.earliest_us > guess.latest_us):
            return False
        self.joined, self.start_is_guessed = at, False
        return True

    # -- what it comes to --------------------------------------------------------------------------

    def wait_until(self, now: Moment | None) -> Length:
        """The wait as well as it is known; `now` stands in for the end of a wait that goes on."""
        until = self.answered or self.ended or (now if self.is_waiting else None)
        if self.joined is None or until is None:
            return self.hold or self._since_born(until)
        if until.latest_us < self.joined.earliest_us:
            return self.hold or NOTHING
        span = self.joined.until(until)
        return span.narrowed(self.hold) if self.hold and not span.is_exact else span

    def _since_born(self, until: Moment | None) -> Length:
        """A wait of which only the end was reported is no longer than the channel lived: its name has that second."""
        born_us = age(self.key.uniqueid)[0] * MICROSECONDS
        if until is None or self.outcome in REFUSALS or not 0 < born_us <= until.latest_us:
            return NOTHING
        return Length(0, until.latest_us - born_us)

    def snapshot(self, now: Moment | None) -> QueueEntry:
        """The entry as known at `now`."""
        conversation = self.conversation
        return QueueEntry(
            key=self.key,
            call=self.call,
            line=self.line,
            caller=self.caller,
            joined=self.joined,
            answered=conversation.answered,
            ended=self.ended,
            wait=self.wait_until(now),
            outcome=self.outcome,
            member=conversation.member,
            agent_channel=conversation.channel,
            ended_by=self.ended_by,
            transferred_to=self.transferred_to,
            offers=self.offers.all(),
        )
