"""`make bench`: what Troncal does a second, how late, and beside what, all measured in one run on this machine.

The targets are those that the project promises. They are reported, not enforced: a busy machine is no fault.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from troncal.bench import agi, calls, desks, large, live, menus, records, wire
from troncal.bench.figures import Figure, Met, shown

COLUMNS = ("what", "measured", "beside, in the same run", "", "ratio", "target", "")
_COLOUR = {Met.YES: "green", Met.NO: "yellow", Met.NO_TARGET: ""}


async def _wire(*, quick: bool) -> list[Figure]:
    return wire.measure(quick=quick)


@dataclass(frozen=True, slots=True)
class MeasurementGroup:
    """A group of figures that are measured together. `when_named`: only then, because it takes minutes."""

    title: str
    measure: Callable[..., Coroutine[Any, Any, list[Figure]]]
    when_named: bool = False


PARTS: Mapping[str, MeasurementGroup] = {
    "wire": MeasurementGroup("AMI text to events", _wire),
    "live": MeasurementGroup("AMI events through floor and bus", live.measure),
    "records": MeasurementGroup("queue log to records", records.measure),
    "agi": MeasurementGroup("FastAGI and self-services", agi.measure),
    "menus": MeasurementGroup("a hundred callers in the menus", menus.measure),
    "desks": MeasurementGroup("two hundred desks", desks.measure),
    "calls": MeasurementGroup("calls at a whole centre", calls.measure),
    "large": MeasurementGroup(f"records at {large.ENTRIES:,} entries", large.measure, when_named=True),
}
USUAL = tuple(name for name, part in PARTS.items() if not part.when_named)


def main(names: tuple[str, ...], out: Console, *, quick: bool) -> bool:
    """Measure these parts and print the table. False when a measurement failed."""
    grid, failed = _grid(quick), list[str]()
    began = time.monotonic()
    logging.getLogger().setLevel(logging.ERROR)
    for name in names:
        out.print(f"- measuring {name}: {PARTS[name].title}", markup=False)
        try:
            figures = asyncio.run(PARTS[name].measure(quick=quick))
        except Exception as failure:
            failed.append(f"{name} failed: {failure or type(failure).__name__}")
            continue
        for figure in figures:
            grid.add_row(*cells(figure), style=_COLOUR[figure.met])
        grid.add_section()
    out.print(grid)
    for each in failed:
        out.print(each, style="red", markup=False)
    out.print(f"{time.monotonic() - began:.0f} s on this machine; trust the ratios.", markup=False)
    return not failed


def cells(figure: Figure) -> tuple[str, ...]:
    """One line of the table."""
    beside, ratio = figure.beside, figure.ratio
    return (
        figure.what,
        shown(figure.value, figure.unit),
        beside.name if beside else "",
        shown(beside.value, figure.unit) if beside else "",
        f"{ratio:.2f}" if ratio is not None else "",
        str(figure.target) if figure.target else "",
        figure.met.value,
    )


def _grid(quick: bool) -> Table:
    grid = Table(title="troncal bench" + (", quick" if quick else ""))
    for index, heading in enumerate(COLUMNS):
        grid.add_column(heading, justify="right" if index in (1, 3, 4) else "left", overflow="fold")
    return grid
