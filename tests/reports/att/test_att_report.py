"""The month of the ATT out of the records: every call with one final stage, callbacks apart from the level."""

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from callcenter.database.transactions import Database, upsert
from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import ServiceLevelCounts, add
from callcenter.level.rollup import note_changes
from callcenter.records.calls import calls, queue_entries
from reports.att.figures import NO_LINE, AttReport, LineFigures
from reports.att.queries import read_att_report
from reports.att.sheet import CSV_COLUMNS, as_csv, as_json
from reports.periods.month import Month
from tests.ami_bridge.ledger.queue_log_rows import row
from tests.reports.recorded_month import BEGAN, CENTRE, ENDED, KINDS, MONTH, caller, empty, record

CLASS_OF = {
    "open": "calls_open",
    "menu": "menu_hung_up",
    "welcome": "menu_hung_up",
    "served": "ivr_served",
    "closed": "out_of_hours",
    "asked at once": "callback_instead",
}
CLASSES = (*sorted(set(CLASS_OF.values())), "calls_interrupted", "queued")


async def report_of(database: Database, *kinds: str, line: str = "102") -> AttReport:
    """The month of one caller of each kind."""
    rows = [row for number, kind in enumerate(kinds, 1) for row in caller(number, kind, line)]
    await record(database, rows)
    return await read_att_report(database, CENTRE, MONTH)


def line_of(report: AttReport, queue: str) -> LineFigures:
    return next(line for line in report.whole.lines if line.queue == queue)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), max_size=25), line=st.sampled_from(["101", "102", "4639999"]))
async def test_every_call_of_the_month_has_exactly_one_final_stage(
    database: Database, kinds: list[str], line: str
) -> None:
    await empty(database)
    counts = (await report_of(database, *kinds, line=line)).whole.everything
    expected = Counter(CLASS_OF.get(kind, "queued") for kind in kinds)
    assert {name: getattr(counts, name) for name in CLASSES} == {name: expected[name] for name in CLASSES}
    assert counts.calls == len(kinds)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), max_size=25))
async def test_every_entry_of_the_month_is_in_exactly_one_class_and_the_totals_are_sums(
    database: Database, kinds: list[str]
) -> None:
    await empty(database)
    report = await report_of(database, *kinds)
    counts = report.whole.everything
    async with database.reading() as connection:
        kept = await connection.scalar(select(func.count()).select_from(queue_entries))
    assert counts.registered + counts.still_open + counts.full + counts.join_refused + counts.returned_entries == kept
    assert replace(add(*(line.counts for line in report.whole.lines)), distinct_calls=counts.distinct_calls) == counts
    assert counts.callbacks_answered <= counts.callbacks_returned <= counts.callbacks_requested
    assert counts.within <= counts.answered <= counts.registered


async def test_a_callback_changes_nothing_of_the_level(database: Database) -> None:
    counts = line_of(await report_of(database, "answered", "called back"), "102").counts
    assert (counts.registered, counts.answered, counts.within, counts.distinct_calls) == (2, 1, 1, 2)
    assert (counts.callbacks_requested, counts.callbacks_by_key, counts.returned_entries) == (1, 1, 1)
    assert (counts.callbacks_returned, counts.callbacks_answered) == (1, 1)


async def test_a_caller_of_a_full_queue_whose_callback_fails_is_blocked_and_not_abandoned(
    database: Database,
) -> None:
    counts = line_of(await report_of(database, "callback not answered"), "102").counts
    assert (counts.full, counts.registered, counts.abandoned, counts.queued) == (1, 0, 0, 1)
    assert (counts.callbacks_requested, counts.callbacks_by_key) == (1, 0)
    assert (counts.callbacks_returned, counts.callbacks_answered) == (1, 0)


async def test_full_and_empty_are_told_apart(database: Database) -> None:
    counts = (await report_of(database, "full", "full", "nobody there")).whole.everything
    assert (counts.full, counts.join_refused) == (2, 1)


async def test_a_call_belongs_to_the_month_in_which_it_arrived_and_a_callback_to_the_one_in_which_it_was_made(
    database: Database,
) -> None:
    await record(database, caller(0, "called back", begins=ENDED - 5))
    october = (await read_att_report(database, CENTRE, MONTH)).whole.everything
    november = (await read_att_report(database, CENTRE, Month(2026, 11))).whole.everything
    assert (october.calls, october.registered, october.callbacks_requested) == (1, 1, 0)
    assert (november.calls, november.registered, november.callbacks_requested) == (0, 0, 1)
    assert (november.callbacks_returned, november.callbacks_answered, november.returned_entries) == (1, 1, 1)


async def test_calls_to_a_line_that_is_gone_are_in_the_centres_total(database: Database) -> None:
    whole = (await report_of(database, "served", "answered", line="777")).whole
    assert [(line.number, line.queue) for line in whole.lines if line.counts.calls or line.counts.registered] == [
        ("777", ""),
        ("", "777"),
    ]
    assert (whole.everything.calls, whole.everything.registered, whole.measured) == (2, 1, ServiceLevelCounts())


async def test_a_call_without_a_line_names_no_other_row(database: Database) -> None:
    """Its row has no number, as those of queues that no line leads to: they share what they are called."""
    rows = ["c1|NONE|NONE|ARRIVED||70712345|c1", "c1|rara|NONE|ENTERQUEUE||70712345|1", "c1|rara|NONE|ABANDON|1|1|8"]
    await record(database, [row(BEGAN + second, text) for second, text in enumerate(rows)])
    whole = (await read_att_report(database, CENTRE, MONTH)).whole
    without = [line for line in whole.lines if not line.number]
    assert [(line.queue, line.name, line.counts.registered) for line in without] == [
        ("", NO_LINE, 0),
        ("rara", NO_LINE, 1),
    ]


async def test_a_call_recorded_before_there_were_menus_was_for_a_queue(database: Database) -> None:
    row = {"node": "central", "uniqueid": "c1", "line": "102", "caller": "7", "final_stage": None}
    async with database.transaction() as connection:
        await upsert(connection, calls, [{**row, "arrived_us": BEGAN * MICROSECONDS, "ended_us": BEGAN * MICROSECONDS}])
        await connection.run_sync(note_changes, "central", 1, [BEGAN * MICROSECONDS])
    counts = (await read_att_report(database, CENTRE, MONTH)).whole.everything
    assert (counts.queued, counts.menu_hung_up, counts.calls) == (1, 0, 1)


async def test_each_form_of_the_report_has_the_same_figures(database: Database) -> None:
    report = await report_of(database, "served", "menu", "closed", "called back", "answered")
    data = as_json(report)
    heading, *lines = as_csv(report).splitlines()
    assert tuple(heading.split(",")) == CSV_COLUMNS
    assert len(lines) == len(report.whole.lines) + 2
    total = dict(zip(CSV_COLUMNS, lines[-1].split(","), strict=True))
    assert {key: str(data["centre_total"][key]) for key in CSV_COLUMNS[17:]} == {k: total[k] for k in CSV_COLUMNS[17:]}
