"""The result of a measurement: a figure, what it is compared with, and whether a target is met. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Met(StrEnum):
    """Whether a figure is as it should be."""

    YES = "met"
    NO = "not met"
    NO_TARGET = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on a figure in the figure's own unit; `at_least` for rates, else for lengths and shares."""

    bound: float
    unit: str
    at_least: bool = False

    def judge(self, value: float) -> Met:
        """A bound that is just reached is met only where it is a least one."""
        good = value >= self.bound if self.at_least else value < self.bound
        return Met.YES if good else Met.NO

    def __str__(self) -> str:
        return f"{'at least' if self.at_least else 'under'} {shown(self.bound, self.unit)}"


@dataclass(frozen=True, slots=True)
class Beside:
    """A floor (the least the job can cost) or a peer, measured in the same run with the figure's own unit."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. With `beside` the ratio value / beside is shown, which `target` may bound instead."""

    what: str
    value: float
    unit: str
    beside: Beside | None = None
    target: Target | None = None
    bounds_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        """Value divided by what it stands beside; None where that is nothing."""
        return self.value / self.beside.value if self.beside is not None and self.beside.value else None

    @property
    def met(self) -> Met:
        """Against its target."""
        judged = self.ratio if self.bounds_ratio else self.value
        return Met.NO_TARGET if self.target is None or judged is None else self.target.judge(judged)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of all do not exceed. Raises ValueError without values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    rank = -(-round(share * len(ordered) * 1_000_000) // 1_000_000)
    return ordered[min(len(ordered), max(1, rank)) - 1]


def median(values: Sequence[float]) -> float:
    """The middle value, of two middle ones the lower. Raises ValueError without values."""
    return percentile(values, 0.5)


def shown(value: float, unit: str) -> str:
    """A figure as it is printed: three or four significant digits, thousands set apart."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}{unit and ' '}{unit}"
