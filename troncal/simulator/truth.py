"""What truly happened, as the telephones saw it. Pure: not a word of it comes from Asterisk's own records.

Instants are microseconds UTC by the clock of the telephones' processes.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from callcenter.calls import EndedBy, OfferResult
from troncal.simulator.legs import CallerLeg, Legs, PhoneLeg


class TrueOutcome(StrEnum):
    """What became of a caller in a queue. `turned_away`: the centre hung up, which a telephone cannot explain."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TURNED_AWAY = "turned_away"
    REFUSED = "refused"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class TrueOffer:
    """One ringing of one phone. `ended_us` is None when nobody saw the end."""

    extension: str
    rang_us: int
    ended_us: int | None
    how: OfferResult


@dataclass(frozen=True, slots=True)
class TrueCall:
    """One queue entry. A transferred caller has another with the next `entry`, from 0.

    `sent_us`: the caller dialled. `entered_us`: the line answered and heard the telephone, or the agent asked for the
    transfer.
    """

    caller: str
    line: str
    entry: int
    sent_us: int
    entered_us: int | None
    offers: tuple[TrueOffer, ...]
    answered_us: int | None
    answered_by: str
    ended_us: int | None
    ended_by: EndedBy
    outcome: TrueOutcome
    transferred_to: str = ""

    @property
    def wait_us(self) -> int | None:
        """From entering to the answer or to the end of the wait; None while it is not known."""
        until = self.answered_us if self.answered_us is not None else self.ended_us
        return None if self.entered_us is None or until is None else until - self.entered_us


def true_calls(legs: Legs) -> tuple[TrueCall, ...]:
    """Every queue entry of every caller, in the order of dialling."""
    phones: dict[str, list[PhoneLeg]] = {}
    for phone in sorted(legs.phones.values(), key=lambda leg: leg.rang_us):
        phones.setdefault(phone.caller, []).append(phone)
    callers = sorted(legs.callers.values(), key=lambda leg: leg.sent_us)
    return tuple(call for leg in callers for call in _entries(leg, phones.get(leg.caller, [])))


def _entries(leg: CallerLeg, phones: list[PhoneLeg]) -> list[TrueCall]:
    entries: list[TrueCall] = []
    line, entered, rung = leg.line, leg.entered_us, list[PhoneLeg]()
    for phone in phones:
        rung.append(phone)
        if phone.transferred and phone.refers_us is not None:
            entries.append(_transferred(_entry(leg, line, len(entries), entered, rung), phone))
            line, entered, rung = phone.refers_to, phone.refers_us, []
    # Who transfers a caller that has just hung up transfers nobody.
    if not entries or leg.ended_us is None or entered is None or leg.ended_us > entered:
        entries.append(_entry(leg, line, len(entries), entered, rung))
    return entries


def _entry(leg: CallerLeg, line: str, number: int, entered_us: int | None, phones: list[PhoneLeg]) -> TrueCall:
    winner = next((phone for phone in phones if _answers(phone, leg)), None)
    call = TrueCall(
        caller=leg.caller,
        line=line,
        entry=number,
        sent_us=leg.sent_us,
        entered_us=entered_us,
        offers=tuple(_offer(phone) for phone in phones),
        answered_us=winner.answered_us if winner else None,
        answered_by=winner.extension if winner else "",
        ended_us=leg.ended_us,
        ended_by=EndedBy.UNKNOWN,
        outcome=TrueOutcome.ANSWERED if winner else _unanswered(leg),
    )
    return _with_end(call, leg, winner) if winner else call


def _answers(phone: PhoneLeg, leg: CallerLeg) -> bool:
    """Whether the caller was still there when this phone answered."""
    answered = phone.answered_us
    return answered is not None and (leg.ended_us is None or answered < leg.ended_us)


def _unanswered(leg: CallerLeg) -> TrueOutcome:
    if leg.refused_status:
        return TrueOutcome.REFUSED
    if leg.ended_us is None:
        return TrueOutcome.OPEN
    return TrueOutcome.ABANDONED if leg.hung_up else TrueOutcome.TURNED_AWAY


def _with_end(call: TrueCall, leg: CallerLeg, phone: PhoneLeg) -> TrueCall:
    """The conversation ends when the first of the two hangs up."""
    ends = []
    if leg.ended_us is not None and leg.hung_up:
        ends.append((leg.ended_us, EndedBy.CALLER))
    if phone.ended_us is not None and phone.hung_up:
        ends.append((phone.ended_us, EndedBy.AGENT))
    if not ends:
        return replace(call, ended_us=leg.ended_us or phone.ended_us)
    ended, by = min(ends)
    return replace(call, ended_us=ended, ended_by=by)


def _transferred(call: TrueCall, phone: PhoneLeg) -> TrueCall:
    return replace(call, ended_us=phone.refers_us, ended_by=EndedBy.TRANSFER, transferred_to=phone.refers_to)


def _offer(phone: PhoneLeg) -> TrueOffer:
    if phone.answered_us is not None:
        return TrueOffer(phone.extension, phone.rang_us, phone.answered_us, OfferResult.ANSWERED)
    if phone.cancelled_us is not None:
        return TrueOffer(phone.extension, phone.rang_us, phone.cancelled_us, OfferResult.CANCELLED)
    if phone.reply:
        return TrueOffer(phone.extension, phone.rang_us, phone.replied_us, OfferResult.REJECTED)
    return TrueOffer(phone.extension, phone.rang_us, None, OfferResult.RINGING)
