"""The offers of one queue entry to agents' phones, in the order in which they rang. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from ami_bridge.ledger.clock_steps import SetClock, moved
from callcenter.calls import Offer, OfferResult
from callcenter.moments import Length, Moment


class EntryOffers:
    """The phones that ring for an entry, and how each offer ended."""

    __slots__ = ("_offers",)

    def __init__(self, offers: Iterable[Offer] = ()) -> None:
        self._offers = list(offers)

    def __len__(self) -> int:
        return len(self._offers)

    def all(self) -> tuple[Offer, ...]:
        """Each of them, the oldest first."""
        return tuple(self._offers)

    def ring(self, member: str, channel: str, at: Moment | None) -> bool:
        """That phone began to ring: with a second one of the same member it is the same offer.

        False when this phone is known already.
        """
        if any(offer.member == member and offer.channel == channel for offer in self._offers):
            return False
        if self._ringing(member) is None:
            self._offers.append(Offer(member, channel, at))
        return True

    def answer(self, member: str, channel: str, at: Moment | None) -> None:
        """That phone was answered; whoever else was ringing stops."""
        won = self._ringing(member)
        if won is None:
            won = len(self._offers)
            self._offers.append(Offer(member, channel, None))
        self._offers[won] = _ended(replace(self._offers[won], channel=channel), at, OfferResult.ANSWERED)
        self.cancel(at)

    def end(self, member: str, at: Moment | None, result: OfferResult, rang: Length | None = None) -> bool:
        """This member's phone stopped ringing; an offer that no row reported is added, begun `rang` earlier.

        False when that was reported before.
        """
        index = self._ringing(member)
        if index is not None:
            self._offers[index] = _ended(self._offers[index], at, result)
            return True
        if any(o.member == member and o.ended == at and o.result is result for o in self._offers):
            return False
        offered = at.back(rang) if at and rang is not None else None
        self._offers.append(Offer(member, "", offered, at, result))
        return True

    def cancel(self, at: Moment | None) -> None:
        """Every phone that still rings for this entry stops."""
        for index, offer in enumerate(self._offers):
            if offer.result is OfferResult.RINGING:
                self._offers[index] = _ended(offer, at, OfferResult.CANCELLED)

    def set_clock(self, clock: SetClock) -> None:
        """The wall clock was set: of phones that ring, the beginning is known by the new clock."""
        for index, offer in enumerate(self._offers):
            if offer.result is OfferResult.RINGING:
                self._offers[index] = replace(offer, offered=moved(offer.offered, clock))

    def _ringing(self, member: str) -> int | None:
        """The index of this member's last offer that still rings."""
        for index in range(len(self._offers) - 1, -1, -1):
            offer = self._offers[index]
            if offer.result is OfferResult.RINGING and offer.member == member:
                return index
        return None


def _ended(offer: Offer, at: Moment | None, result: OfferResult) -> Offer:
    """Several a call: `dataclasses.replace` takes five times as long."""
    return Offer(offer.member, offer.channel, offer.offered, at, result)
