"""One queue entry while the ledger is still telling of it. Pure."""

from dataclasses import dataclass, field, replace

from ami_bridge.transcript_channels import age
from callcenter.calls import REFUSALS, EndedBy, EntryKey, Offer, OfferResult, Outcome, QueueEntry
from callcenter.clock import MICROSECONDS
from callcenter.moments import Length, Moment

NOTHING = Length(0, 0)
# A phone's leg that ends this much before app_queue says "complete", at nobody's request, ended the talk by
# itself: app_queue then waits for the caller, who was sent elsewhere (feature code, redirect).
LATE_COMPLETE_US = MICROSECONDS // 2

_A_SIDE = (EndedBy.CALLER, EndedBy.AGENT)


@dataclass(slots=True)
class EntryInProgress:
    """What is known so far of one entry; `snapshot` gives it out."""

    key: EntryKey
    call: str
    line: str
    caller: str
    joined: Moment | None
    answered: Moment | None = None
    ended: Moment | None = None
    released: Moment | None = None
    really: EndedBy | None = None
    really_at: Moment | None = None
    start_is_guessed: bool = False
    returned: bool = False
    stayed: bool = False
    to_enter_again: bool = False
    hold: Length | None = None
    outcome: Outcome = Outcome.OPEN
    member: str = ""
    agent_channel: str = ""
    ended_by: EndedBy = EndedBy.UNKNOWN
    transferred_to: str = ""
    offers: list[Offer] = field(default_factory=list)
    closed: bool = False

    @property
    def is_waiting(self) -> bool:
        """Still in the queue, unanswered."""
        return not self.closed and self.outcome is Outcome.OPEN

    @property
    def is_talking(self) -> bool:
        """Answered and not ended yet."""
        return not self.closed and self.outcome is Outcome.ANSWERED

    def is_of(self, queue: str, member: str) -> bool:
        """Whether this is that member's entry of that queue."""
        return self.key.queue == queue and self.member == member

    def answer(self, at: Moment | None, member: str, channel: str, hold: Length | None) -> None:
        """The agent's phone was answered; whoever else was ringing stops."""
        self.answered, self.member, self.agent_channel = at, member, channel
        self.hold, self.outcome = self._whole(hold), Outcome.ANSWERED
        if self.open_offer(member, channel) is None:
            self.offers.append(Offer(member, channel, None))
        for index, offer in enumerate(self.offers):
            if offer.result is OfferResult.RINGING:
                won = offer.member == member and offer.channel in ("", channel)
                result = OfferResult.ANSWERED if won else OfferResult.CANCELLED
                self.offers[index] = replace(offer, ended=at, result=result)

    def leave(self, outcome: Outcome, at: Moment | None, hold: Length | None) -> None:
        """The wait ended without an answer."""
        self.outcome, self.ended, self.closed = outcome, at, True
        self.hold = self._whole(hold) or self.hold
        self.end_ringing(at, OfferResult.CANCELLED)

    def stay(self) -> None:
        """The caller left by key to be asked something, and waits on: it is one wait."""
        self.outcome, self.ended, self.hold, self.closed = Outcome.OPEN, None, None, False
        self.stayed = self.to_enter_again = True

    def _whole(self, hold: Length | None) -> Length | None:
        """app_queue counts only from the last entering on."""
        return None if self.stayed else hold

    def finish(self, at: Moment | None, ended_by: EndedBy, transferred_to: str = "") -> None:
        """The conversation ended, as app_queue tells it; an agent's leg that ended before it says more."""
        self.ended, self.ended_by, self.closed = at, ended_by, True
        self.transferred_to = transferred_to
        late_us = at.earliest_us - self.released.latest_us if at and self.released else 0
        if late_us > 0:
            self.ended = self.released
        if late_us > LATE_COMPLETE_US and self.really is not EndedBy.CALLER:
            if ended_by is EndedBy.CALLER:
                self.ended_by = EndedBy.AGENT if self.returned else EndedBy.TRANSFER
        elif self.really is not None and ended_by in _A_SIDE and self._ends_at(self.really_at):
            self.ended_by = self.really

    def ended_really_by(self, who: EndedBy, at: Moment | None) -> bool:
        """Who ended it as the legs tell, which know better than app_queue. True when that is news."""
        self.really, self.really_at = who, at
        if self.ended_by is who or self.ended_by not in _A_SIDE or not self._ends_at(at):
            return False
        self.ended_by = who
        return True

    def joined_as_guessed(self, at: Moment | None) -> bool:
        """A joining told after its end: true, and kept, where the hold time had it begin then."""
        if not self.start_is_guessed or at is None:
            return False
        over, guess = self.answered or self.ended, self.joined
        if over is None or at.earliest_us > over.latest_us:
            return False
        if guess is not None and (at.latest_us < guess.earliest_us or at.earliest_us > guess.latest_us):
            return False
        self.joined, self.start_is_guessed = at, False
        return True

    def _ends_at(self, at: Moment | None) -> bool:
        if at is None or self.ended is None or not self.closed:
            return False
        late = max(self.ended.earliest_us - at.latest_us, at.earliest_us - self.ended.latest_us)
        return late < LATE_COMPLETE_US

    def interrupt(self, between: Moment | None) -> None:
        """Asterisk died with this entry in it. An answer that was given stays known."""
        self.outcome, self.ended, self.closed = Outcome.INTERRUPTED, between, True
        self.ended_by = EndedBy.UNKNOWN
        self.end_ringing(between, OfferResult.CANCELLED)

    def open_offer(self, member: str, channel: str = "") -> int | None:
        """Where among the offers the ringing one of this member is."""
        for index in range(len(self.offers) - 1, -1, -1):
            offer = self.offers[index]
            same_channel = not channel or offer.channel in ("", channel)
            if offer.result is OfferResult.RINGING and offer.member == member and same_channel:
                return index
        return None

    def was_offered(self, member: str, channel: str) -> bool:
        """Whether this very ringing is known already."""
        return any(offer.member == member and offer.channel == channel for offer in self.offers)

    def end_offer(
        self, member: str, channel: str, at: Moment | None, result: OfferResult, rang: Length | None = None
    ) -> bool:
        """This member's phone stopped ringing; an offer that nothing told of is added, `rang` before its end.

        False when that was told before.
        """
        index = self.open_offer(member, channel)
        if index is None:
            if any(o.member == member and o.ended == at and o.result is result for o in self.offers):
                return False
            offered = at.back(rang) if at and rang is not None else None
            self.offers.append(Offer(member, channel, offered, at, result))
        else:
            self.offers[index] = replace(self.offers[index], ended=at, result=result)
        return True

    def end_ringing(self, at: Moment | None, result: OfferResult) -> None:
        """Every phone that still rings for this entry stops."""
        for index, offer in enumerate(self.offers):
            if offer.result is OfferResult.RINGING:
                self.offers[index] = replace(offer, ended=at, result=result)

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
        """A wait of which only the end was told is no longer than the channel lived: its name has that second."""
        born_us = age(self.key.uniqueid)[0] * MICROSECONDS
        if until is None or self.outcome in REFUSALS or not 0 < born_us <= until.latest_us:
            return NOTHING
        return Length(0, until.latest_us - born_us)

    def snapshot(self, now: Moment | None) -> QueueEntry:
        """The entry as known at `now`."""
        return QueueEntry(
            self.key,
            self.call,
            self.line,
            self.caller,
            self.joined,
            self.answered,
            self.ended,
            self.wait_until(now),
            self.outcome,
            self.member,
            self.agent_channel,
            self.ended_by,
            self.transferred_to,
            tuple(self.offers),
        )
