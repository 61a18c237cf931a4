"""Mass outages: what is broken, where, and which customers it concerns. Pure."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outage:
    """A failure of many at once. Empty `zone`: everywhere; empty `product`: every kind of product.

    Instants in microseconds, UTC; `ended_us` None while the notice is played.
    """

    number: int
    zone: str
    product: str
    began_us: int
    set_by: str
    ended_us: int | None = None
    ended_by: str | None = None

    def concerns(self, zone: str, products: Collection[str]) -> bool:
        """Whether a customer of that zone who has these kinds of products is hit by it."""
        here = not self.zone or same_zone(self.zone, zone)
        return here and (not self.product or self.product in products)

    @property
    def concerns_strangers(self) -> bool:
        """Whether its notice is played to callers of whom nothing is known: only what is broken everywhere."""
        return not self.zone


@dataclass(frozen=True, slots=True)
class LeftNumber:
    """A number to be notified of the repair, left in the call `uniqueid` at `at_us` (microseconds, UTC)."""

    number: str
    uniqueid: str
    at_us: int


def same_zone(one: str, other: str) -> bool:
    """Whether two people mean the same zone: accents, capitals and spaces do not matter."""
    return _bare(one) == _bare(other)


def _bare(zone: str) -> str:
    letters = unicodedata.normalize("NFKD", zone.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
