"""How the width of a page is shared among the columns of a table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnNeed:
    """Points that a column wants for its longest value, and the least with which it can still be read."""

    wanted: float
    least: float


def fits(needs: Sequence[ColumnNeed], available: float) -> bool:
    """Whether every column has at least its least."""
    return sum(need.least for need in needs) <= available


def groups(needs: Sequence[ColumnNeed], available: float) -> list[list[int]]:
    """Places of columns that fit beside each other, each group with the first column, by which its rows are known.

    A column that not even fits beside the first one is alone with it.
    """
    found: list[list[int]] = [[0]]
    for place in range(1, len(needs)):
        if len(found[-1]) > 1 and not fits([needs[each] for each in (*found[-1], place)], available):
            found.append([0])
        found[-1].append(place)
    return found


def shared(needs: Sequence[ColumnNeed], available: float) -> list[float]:
    """A width for each column; together they are `available`.

    What is left over goes to all alike; what lacks is taken from those that want more than their least, and only
    where even that is too little, from all in proportion.
    """
    wanted, least = sum(need.wanted for need in needs), sum(need.least for need in needs)
    if wanted <= available:
        more = (available - wanted) / len(needs)
        return [need.wanted + more for need in needs]
    if least <= available:
        part = (available - least) / (wanted - least)
        return [need.least + (need.wanted - need.least) * part for need in needs]
    return [need.least * available / least for need in needs]
