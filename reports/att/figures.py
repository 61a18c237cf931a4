"""The monthly report for the ATT: per line and in total, the level with its variants beside it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from callcenter.calls import FinalStage
from callcenter.centre.model import Centre, Formula, Line, ServiceLevelRule
from callcenter.level.formulas import CallbackCounts, LevelVerdict, ServiceLevelCounts, add, level, total, verdict
from reports.periods.month import Month

NO_LINE, NO_LONGER = "sin línea", "línea que ya no existe"


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One line's month. `queue` is the queue that serves it."""

    number: str
    name: str
    queue: str
    measured: bool
    counts: ServiceLevelCounts


@dataclass(frozen=True, slots=True)
class AttReport:
    """The month. `measured` sums the lines that count for the ATT, `everything` all lines."""

    month: Month
    rule: ServiceLevelRule
    lines: tuple[LineFigures, ...]
    measured: ServiceLevelCounts
    everything: ServiceLevelCounts

    def level(self, counts: ServiceLevelCounts) -> Decimal | None:
        """The level in force, in percent; None without calls."""
        return level(counts, self.rule.formula)

    def variants(self, counts: ServiceLevelCounts) -> dict[str, Decimal | None]:
        """The level by each of the formulas, to be shown beside the indicator."""
        return {formula.value: level(counts, formula) for formula in Formula}

    def verdict(self, counts: ServiceLevelCounts) -> LevelVerdict:
        """Accepted or observed, by the rule of that month."""
        return verdict(counts, self.rule.target_percent, self.rule.formula)


@dataclass(frozen=True, slots=True)
class RecordedMonth:
    """What the records say of the month. Entries and callbacks by queue, calls by line and final stage.

    `measured_calls`, `all_calls`: different calls in the queues that count, and in any.
    """

    entries: Mapping[str, ServiceLevelCounts]
    calls: Counter[tuple[str, FinalStage]]
    callbacks: Mapping[str, CallbackCounts]
    measured_calls: int
    all_calls: int


def att_report(centre: Centre, month: Month, rule: ServiceLevelRule, recorded: RecordedMonth) -> AttReport:
    """The report of a month by the rule that was in force then."""
    lines = _lines(centre, rule, recorded)
    return AttReport(
        month,
        rule,
        lines,
        total((line.counts for line in lines if line.measured), recorded.measured_calls),
        total((line.counts for line in lines), recorded.all_calls),
    )


def measured_queues(centre: Centre, rule: ServiceLevelRule) -> tuple[str, ...]:
    """The queues that lines lead to which count for the ATT."""
    return tuple(dict.fromkeys(line.queue for line in centre.lines if line.number in rule.measured_lines))


def _lines(centre: Centre, rule: ServiceLevelRule, recorded: RecordedMonth) -> tuple[LineFigures, ...]:
    """A row for each queue with the lines that lead to it, so that no entry and no call is counted on two lines.

    Queues and lines that are no longer in the centre file have rows of their own.
    """
    lines_of: dict[str, list[Line]] = {}
    for line in centre.lines:
        lines_of.setdefault(line.queue, []).append(line)
    for stray in sorted({*recorded.entries, *recorded.callbacks} - set(lines_of)):
        lines_of[stray] = []
    rows = [_figures(queue, lines, rule, recorded) for queue, lines in lines_of.items()]
    strays = sorted({number for number, _ in recorded.calls} - set(centre.lines_by_number))
    rows += [LineFigures(stray, NO_LONGER, "", False, _calls([stray], recorded.calls)) for stray in strays]
    return tuple(rows)


def _figures(queue: str, lines: list[Line], rule: ServiceLevelRule, recorded: RecordedMonth) -> LineFigures:
    numbers = [line.number for line in lines]
    back = recorded.callbacks.get(queue, CallbackCounts())
    counts = add(
        recorded.entries.get(queue, ServiceLevelCounts()),
        _calls(numbers, recorded.calls),
        ServiceLevelCounts(
            callbacks_requested=back.requested,
            callbacks_by_key=back.by_key,
            callbacks_returned=back.returned,
            callbacks_answered=back.answered,
        ),
    )
    measured = any(number in rule.measured_lines for number in numbers)
    return LineFigures(" ".join(numbers), lines[0].name if lines else NO_LINE, queue, measured, counts)


def _calls(numbers: Iterable[str], calls: Counter[tuple[str, FinalStage]]) -> ServiceLevelCounts:
    """The calls to these lines by their final stage."""
    of = {final_stage: sum(calls[number, final_stage] for number in numbers) for final_stage in FinalStage}
    return ServiceLevelCounts(
        queued=of[FinalStage.QUEUE],
        out_of_hours=of[FinalStage.CLOSED],
        ivr_served=of[FinalStage.IVR],
        menu_hung_up=of[FinalStage.MENU],
        callback_instead=of[FinalStage.CALLBACK],
        calls_interrupted=of[FinalStage.INTERRUPTED],
        calls_open=of[FinalStage.OPEN],
    )
