"""`make bench`: what Troncal does a second, how late, and beside what, all measured in one run on this machine.

The targets are those that the project promises. They are reported, not enforced: a busy machine is no fault.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from troncal.bench import (
    agi,
    att_month,
    calls,
    campaign_contacts,
    desks,
    history,
    large,
    lists,
    live,
    menus,
    pacing,
    records,
    wire,
)
from troncal.bench.figures import Figure, Met
from troncal.bench.printing import json_of, line_of

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
    "history": MeasurementGroup("the history of an old system into the records", history.measure),
    "history-many": MeasurementGroup(
        f"the same of {history.MANY_LINES:,} lines", history.measure_many, when_named=True
    ),
    "agi": MeasurementGroup("FastAGI and self-services", agi.measure),
    "menus": MeasurementGroup("a hundred callers in the menus", menus.measure),
    "desks": MeasurementGroup("two hundred desks", desks.measure),
    "calls": MeasurementGroup("calls at a whole centre", calls.measure),
    "pacing": MeasurementGroup("a dialer's pacing on simulated days", pacing.measure),
    "pacing-days": MeasurementGroup("the same on two hundred days", pacing.measure_days, when_named=True),
    "campaign-contacts": MeasurementGroup(
        f"whom to call next among {campaign_contacts.CONTACTS:,} customers", campaign_contacts.measure, when_named=True
    ),
    "lists": MeasurementGroup(f"a list of {lists.CUSTOMERS:,} customers", lists.measure),
    "lists-many": MeasurementGroup(f"the same of {lists.MANY_CUSTOMERS:,}", lists.measure_many, when_named=True),
    "month": MeasurementGroup(
        f"a month of {att_month.ENTRIES:,} calls for the ATT, and its files", att_month.measure, when_named=True
    ),
    "large": MeasurementGroup(f"records at {large.ENTRIES:,} entries", large.measure, when_named=True),
}
USUAL = tuple(name for name, part in PARTS.items() if not part.when_named)


def main(names: tuple[str, ...], out: Console, *, quick: bool, as_json: bool = False) -> bool:
    """Measure these parts; print a line a figure as it comes, or all as JSON. False when a measurement failed.

    Beside JSON what is being measured and what failed goes to standard error.
    """
    said = Console(stderr=True, highlight=False) if as_json else out
    measured, failed, began = dict[str, list[Figure]](), list[str](), time.monotonic()
    for name in names:
        said.print(f"- measuring {name}: {PARTS[name].title}", markup=False)
        try:
            with _errors_alone():
                measured[name] = asyncio.run(PARTS[name].measure(quick=quick))
        except Exception as failure:
            failed.append(f"{name} failed: {failure or type(failure).__name__}")
            continue
        if not as_json:
            _print(measured[name], out)
    if as_json:
        out.print(json_of(measured), markup=False, soft_wrap=True)
    for each in failed:
        said.print(each, style="red", markup=False)
    said.print(f"{time.monotonic() - began:.0f} s on this machine; trust the ratios.", markup=False)
    return not failed


@contextmanager
def _errors_alone() -> Iterator[None]:
    """What is measured logs nothing below an error, as long as it is measured."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)


def _print(figures: list[Figure], out: Console) -> None:
    for figure in figures:
        out.print(line_of(figure), style=_COLOUR[figure.met], markup=False, soft_wrap=True)
