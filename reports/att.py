"""The monthly report for the ATT: per line and in total, the level with its variants beside it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from callcenter.centre import Centre, Formula, Line, ServiceLevelRule
from callcenter.clock import MICROSECONDS
from callcenter.database import Database
from reports.metrics import Counts, Verdict, level, total, verdict
from reports.month import Month
from reports.queries import Period, counts_by_queue, distinct_calls, outside_queues


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One line's month. `queue` is the queue that serves it."""

    number: str
    name: str
    queue: str
    measured: bool
    counts: Counts


@dataclass(frozen=True, slots=True)
class AttReport:
    """The month. `measured` sums the lines that count for the ATT, `everything` all lines."""

    month: Month
    rule: ServiceLevelRule
    lines: tuple[LineFigures, ...]
    measured: Counts
    everything: Counts

    def level(self, counts: Counts) -> Decimal | None:
        """The level in force, in percent; None without calls."""
        return level(counts, self.rule.formula)

    def variants(self, counts: Counts) -> dict[str, Decimal | None]:
        """The level by each of the formulas, to be shown beside the indicator."""
        return {formula.value: level(counts, formula) for formula in Formula}

    def verdict(self, counts: Counts) -> Verdict:
        """Accepted or observed, by the rule of that month."""
        return verdict(counts, self.rule.target_percent, self.rule.formula)


async def att_report(database: Database, centre: Centre, month: Month) -> AttReport:
    """The report of a month. Raises LookupError when no rule was in force then."""
    rule = centre.rule_on(month.first_day)
    period = Period(*month.span_us(centre.zone))
    async with database.reading() as connection:
        by_queue = await counts_by_queue(connection, period, rule.threshold_seconds * MICROSECONDS)
        outside = await outside_queues(connection, period)
        lines = _lines(centre, rule, by_queue, outside)
        counted = [line.queue for line in lines if line.measured]
        measured = await distinct_calls(connection, period, counted)
        everything = await distinct_calls(connection, period, [line.queue for line in lines])
    return AttReport(
        month,
        rule,
        lines,
        total((line.counts for line in lines if line.measured), measured),
        total((line.counts for line in lines), everything),
    )


def _lines(
    centre: Centre, rule: ServiceLevelRule, by_queue: Mapping[str, Counts], outside: Counter[tuple[str, str]]
) -> tuple[LineFigures, ...]:
    """A row for each queue with the lines that lead to it, so that no entry is counted on two lines."""
    lines_of: dict[str, list[Line]] = {}
    for line in centre.lines:
        lines_of.setdefault(line.queue, []).append(line)
    for stray in sorted(set(by_queue) - set(lines_of)):
        lines_of[stray] = []
    return tuple(_figures(queue, lines, rule, by_queue, outside) for queue, lines in lines_of.items())


def _figures(
    queue: str,
    lines: list[Line],
    rule: ServiceLevelRule,
    by_queue: Mapping[str, Counts],
    outside: Counter[tuple[str, str]],
) -> LineFigures:
    counts = replace(
        by_queue.get(queue, Counts()),
        out_of_hours=sum(outside[line.number, "closed"] for line in lines),
        ivr_served=sum(outside[line.number, "ivr"] for line in lines),
    )
    measured = any(line.number in rule.measured_lines for line in lines)
    numbers = " ".join(line.number for line in lines)
    return LineFigures(numbers, lines[0].name if lines else "sin línea", queue, measured, counts)
