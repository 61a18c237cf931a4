"""The axis of a chart whose values begin at zero: where it ends and where it is marked. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, count

from callcenter.spanish import stopwatch, whole
from reports.render.document import Chart, Measure, ValueKind

MOST_MARKS = 6
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_LENGTHS = (1, 2, 5, 10, 15, 30, *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)), *(_HOUR * n for n in (1, 2, 4, 6, 12)))


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` (zero, or less where a value is) to `high`, marked each `step`; lengths of time in seconds."""

    low: float
    high: float
    step: float


def axis_of(chart: Chart) -> Axis:
    """An axis with room for every value and for the target, and with as many marks as can be read."""
    targets = [] if chart.target is None else [chart.target.value]
    every = [each for series in chart.series for each in series.values if each is not None] + targets
    low, high = min([0.0, *map(scaled, every)]), max([0.0, *map(scaled, every)])
    step = next(each for each in _steps(chart.kind) if (high - low) / each <= MOST_MARKS)
    return Axis(math.floor(low / step) * step, max(1, math.ceil(high / step)) * step, step)


def scaled(value: Measure) -> float:
    """A value as a length on the axis; lengths of time in seconds."""
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def mark(kind: ValueKind, number: float) -> str:
    """What is written at a mark: `80 %`, `1.000`, `2:30`."""
    match kind:
        case ValueKind.PERCENT:
            return f"{whole(round(number))} %"
        case ValueKind.DURATION:
            return stopwatch(number)
        case _:
            return whole(round(number))


def _steps(kind: ValueKind) -> Iterator[int]:
    """Lengths of a step that people count in, from small to large."""
    tens = (digit * 10**power for power in count() for digit in (1, 2, 5))
    return chain(_LENGTHS, (_DAY * each for each in tens)) if kind is ValueKind.DURATION else tens
