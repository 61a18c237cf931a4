"""How many of two groups paid, and what the difference is worth: 95 % intervals of proportions. Pure.

The interval of one proportion is Wilson's score interval; that of a difference is Newcombe's hybrid score interval
(method 10 of Statistics in Medicine 17, 1998, 873-890), which is built of the two. Both hold for small shares and never
leave what is possible. With fewer than `FEWEST` customers in a group nothing is compared.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

FEWEST = 30
_Z = 1.959963984540054  # the normal distribution's 97.5 %
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Group:
    """So many customers, and how many of them paid."""

    customers: int
    paid: int

    @property
    def percent(self) -> Decimal | None:
        """Those who paid, exact; None in a group of nobody."""
        return percent_of(self.paid, self.customers)


@dataclass(frozen=True, slots=True)
class Difference:
    """In percentage points, two decimals: the estimate, and the ends of its 95 % interval."""

    points: Decimal
    low: Decimal
    high: Decimal


def percent_of(part: int, whole: int) -> Decimal | None:
    """Exact; None where there is nothing to divide by."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def rounded(percent: Decimal | None) -> Decimal | None:
    """In two decimals, as reports show it."""
    return None if percent is None else percent.quantize(CENT, ROUND_HALF_UP)


def difference(first: Group, second: Group) -> Difference | None:
    """How much more of the first paid than of the second; None where too few are to be compared."""
    if min(first.customers, second.customers) < FEWEST:
        return None
    p1, p2 = first.paid / first.customers, second.paid / second.customers
    (low1, high1), (low2, high2) = wilson(first), wilson(second)
    below = sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2)
    above = sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2)
    return Difference(*(_points(each) for each in (p1 - p2, p1 - p2 - below, p1 - p2 + above)))


def wilson(group: Group) -> tuple[float, float]:
    """The 95 % interval of the share that pays, within 0 and 1. Raises ZeroDivisionError for a group of nobody."""
    n, share = group.customers, group.paid / group.customers
    middle = share + _Z**2 / (2 * n)
    half = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def _points(share: float) -> Decimal:
    return Decimal(share * 100).quantize(CENT) + 0  # + 0: no minus before a zero
