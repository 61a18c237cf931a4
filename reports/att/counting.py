"""What the records say of a month, put into the rows of the ATT report. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from callcenter.calls import FinalStage
from callcenter.centre.editions import EditionLine, Editions
from callcenter.centre.model import ServiceLevelRule
from callcenter.level.formulas import CallbackCounts, ServiceLevelCounts, add
from callcenter.level.summed import CallbackSum, CallOrigin, CallSum, EntrySum, ReentrySum
from reports.att.figures import NO_LINE, NO_LONGER, AtFigures, AttReport, Gap, LineFigures, NameChange, Part
from reports.att.stretches import Judged, MonthParts
from reports.periods.month import Month

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class RecordedMonth:
    """What the records say of the month; numbers are those of `MonthParts.judged`."""

    by_day: Sequence[EntrySum]
    by_hour: Sequence[EntrySum]
    reentries: Sequence[ReentrySum]
    calls: Sequence[CallSum]
    callbacks: Sequence[CallbackSum]
    gaps: tuple[Gap, ...] = ()
    anomalies: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Which row of a part something counts in. A line that is measured on some days only has two.

    `stray`: the queue of a row that no line leads to, whose `line` is empty.
    """

    part: int
    line: str
    stray: str
    measured: bool


def att_report(month: Month, parts: MonthParts, editions: Editions, recorded: RecordedMonth) -> AttReport:
    """The report of a month."""
    counter = _Counter(parts, editions)
    counter.count(recorded)
    found = tuple(counter.part(number) for number in range(len(parts.parts)))
    whole = found[0] if len(found) == 1 else _whole(found)
    changes = tuple(name_changes(editions, parts.judged[0].since_us, parts.judged[-1].until_us))
    return AttReport(month, whole, found, recorded.gaps, recorded.anomalies, changes)


def pairs_of_rows(
    parts: MonthParts, editions: Editions, recorded: Iterable[EntrySum]
) -> dict[ReportRow, dict[int, frozenset[tuple[str, str]]]]:
    """The entries that count in each row of the report, as queues and lines dialled by `MonthParts.judged`."""
    counter = _Counter(parts, editions)
    found: dict[ReportRow, dict[int, frozenset[tuple[str, str]]]] = {}
    for each in recorded:
        row = counter.row_of(parts.judged[each.number], each.queue, each.line)
        known = found.setdefault(row, {})
        known[each.number] = known.get(each.number, frozenset()) | {(each.queue, each.line)}
    return found


class _Counter:
    """Puts what was recorded into rows."""

    def __init__(self, parts: MonthParts, editions: Editions) -> None:
        self._parts, self._editions = parts, editions
        self._rows: dict[ReportRow, ServiceLevelCounts] = {}
        self._internal: dict[ReportRow, ServiceLevelCounts] = {}
        self._measured_again = [0] * len(parts.parts)
        self._again = [0] * len(parts.parts)
        self._days: dict[tuple[int, int], ServiceLevelCounts] = {}
        self._hours: dict[tuple[int, int], ServiceLevelCounts] = {}
        self._queues: defaultdict[ReportRow, dict[str, None]] = defaultdict(dict)
        self._names: dict[str, str] = {}
        self._order: list[str] = []

    def count(self, recorded: RecordedMonth) -> None:
        """All of it."""
        self._lay_out()
        for each in recorded.by_day:
            self._entries(each)
        for each in recorded.by_hour:
            row = self.row_of(self._judged(each.number), each.queue, each.line)
            if row.measured and each.origin is CallOrigin.PUBLIC:
                _sum(self._hours, (row.part, each.at), each.counts)
        for again in recorded.reentries:
            self._reentered(again)
        for calls in recorded.calls:
            self._calls(calls)
        for back in recorded.callbacks:
            row = self.row_of(self._judged(back.number), back.queue, "")
            _sum(self._rows, row, _callbacks(back.counts))

    def part(self, number: int) -> Part:
        """What was counted of that part."""
        rows, internal = self._figures(self._rows, number), self._figures(self._internal, number)
        measured = add(*(each.counts for each in rows if each.measured))
        everything = add(*(each.counts for each in rows))
        rules = dict.fromkeys(judged.rule.model_dump_json() for judged in self._parts.judged if judged.part == number)
        return Part(
            *self._parts.parts[number],
            tuple(ServiceLevelRule.model_validate_json(rule) for rule in rules),
            rows,
            replace(measured, distinct_calls=measured.entries - self._measured_again[number]),
            replace(everything, distinct_calls=everything.entries - self._again[number]),
            internal,
            tuple(AtFigures(at, counts) for (_, at), counts in _of(self._days, number)),
            tuple(AtFigures(at, counts) for (_, at), counts in _of(self._hours, number)),
        )

    def _judged(self, number: int) -> Judged:
        return self._parts.judged[number]

    def _lay_out(self) -> None:
        """A row for every line that there was, also without calls; the newest edition's order and names first."""
        for judged in reversed(self._parts.judged):
            for edition in self._editions.between(judged.since_us, judged.until_us):
                for line in edition.lines:
                    row = self._row_of_line(judged, line)
                    self._rows.setdefault(row, ServiceLevelCounts())
                    self._queues[row][line.queue] = None

    def _row_of_line(self, judged: Judged, line: EditionLine) -> ReportRow:
        if line.number not in self._names:
            self._order.append(line.number)
        self._names.setdefault(line.number, line.name)
        return ReportRow(judged.part, line.number, "", line.number in judged.rule.measured_lines)

    def row_of(self, judged: Judged, queue: str, line: str) -> ReportRow:
        """The row that entries of a queue and a line dialled count in."""
        found = self._editions.line_of(queue, line, judged.since_us, judged.until_us)
        row = ReportRow(judged.part, "", queue, False) if found is None else self._row_of_line(judged, found)
        self._queues[row].setdefault(queue)
        return row

    def _entries(self, each: EntrySum) -> None:
        row = self.row_of(self._judged(each.number), each.queue, each.line)
        if each.origin is CallOrigin.INTERNAL:
            return _sum(self._internal, row, each.counts)
        _sum(self._rows, row, replace(each.counts, distinct_calls=each.counts.entries))
        if row.measured and each.origin is CallOrigin.PUBLIC:
            _sum(self._days, (row.part, each.at), each.counts)
        return None

    def _reentered(self, each: ReentrySum) -> None:
        """An entry is no further call of its line, the measured lines, or all, where its call was there before."""
        judged = self._judged(each.number)
        row = self.row_of(judged, each.queue, each.line)
        before = [self.row_of(judged, queue, line) for queue, line in each.after]
        self._again[row.part] += each.entries
        if row.measured and any(other.measured for other in before):
            self._measured_again[row.part] += each.entries
        if any((other.line, other.stray) == (row.line, row.stray) for other in before):
            _sum(self._rows, row, ServiceLevelCounts(distinct_calls=-each.entries))

    def _calls(self, each: CallSum) -> None:
        judged = self._judged(each.number)
        line = self._editions.line_named(each.line, judged.since_us, judged.until_us)
        if line is None:
            line = EditionLine(each.line, NO_LONGER if each.line else NO_LINE, "")
        rows = self._internal if each.internal else self._rows
        _sum(rows, self._row_of_line(judged, line), _calls(each))

    def _figures(self, rows: Mapping[ReportRow, ServiceLevelCounts], part: int) -> tuple[LineFigures, ...]:
        order = {number: place for place, number in enumerate(self._order)}
        mine = sorted(
            (row for row in rows if row.part == part),
            key=lambda row: (row.line == "", order.get(row.line, 0), row.stray, not row.measured),
        )
        return tuple(
            LineFigures(
                *(row.line, self._names.get(row.line, NO_LINE), " ".join(filter(None, self._queues[row]))),
                *(row.measured, rows[row]),
            )
            for row in mine
        )


def _whole(parts: Sequence[Part]) -> Part:
    """All parts together; a call that entered in two is one of each."""
    return Part(
        *(parts[0].first_day, parts[-1].last_day),
        tuple(rule for part in parts for rule in part.rules),
        _together(line for part in parts for line in part.lines),
        add(*(part.measured for part in parts)),
        add(*(part.everything for part in parts)),
        _together(line for part in parts for line in part.internal),
        tuple(day for part in parts for day in part.days),
        _hours_together(parts),
    )


def _together(lines: Iterable[LineFigures]) -> tuple[LineFigures, ...]:
    found: dict[tuple[str, str, bool], LineFigures] = {}
    for line in lines:
        key = line.number, "" if line.number else line.queue, line.measured
        known = found.get(key)
        found[key] = line if known is None else replace(known, counts=add(known.counts, line.counts))
    return tuple(found.values())


def _hours_together(parts: Sequence[Part]) -> tuple[AtFigures, ...]:
    hours: dict[int, ServiceLevelCounts] = {}
    for each in (hour for part in parts for hour in part.hours):
        _sum(hours, each.at, each.counts)
    return tuple(AtFigures(*each) for each in sorted(hours.items()))


def name_changes(editions: Editions, since_us: int, until_us: int) -> Iterator[NameChange]:
    """Lines and queues that were renamed, given up or new, between two instants."""
    for at_us, before, after in editions.changes(since_us, until_us):
        lines_before, lines_after = before.lines_by_number, after.lines_by_number
        for number in dict.fromkeys((*lines_before, *lines_after)):
            names = [each[number].name if number in each else "" for each in (lines_before, lines_after)]
            if names[0] != names[1]:
                yield NameChange(at_us, f"línea {number}", *names)
        for number, line in lines_after.items():
            old = lines_before.get(number)
            if old is not None and old.queue != line.queue:
                yield NameChange(at_us, f"cola de la línea {number}", old.queue, line.queue)


def _sum(sums: dict[K, ServiceLevelCounts], key: K, counts: ServiceLevelCounts) -> None:
    sums[key] = add(sums[key], counts) if key in sums else counts


def _of(
    sums: Mapping[tuple[int, int], ServiceLevelCounts], part: int
) -> Iterator[tuple[tuple[int, int], ServiceLevelCounts]]:
    return ((key, sums[key]) for key in sorted(sums) if key[0] == part)


def _callbacks(back: CallbackCounts) -> ServiceLevelCounts:
    return ServiceLevelCounts(
        callbacks_requested=back.requested,
        callbacks_by_key=back.by_key,
        callbacks_returned=back.returned,
        callbacks_answered=back.answered,
    )


_STAGES = {
    FinalStage.QUEUE: "queued",
    FinalStage.CLOSED: "out_of_hours",
    FinalStage.IVR: "ivr_served",
    FinalStage.MENU: "menu_hung_up",
    FinalStage.CALLBACK: "callback_instead",
    FinalStage.INTERRUPTED: "calls_interrupted",
    FinalStage.OPEN: "calls_open",
}


def _calls(each: CallSum) -> ServiceLevelCounts:
    """Calls by their final stage."""
    return ServiceLevelCounts(**{_STAGES[each.final_stage]: each.calls})
