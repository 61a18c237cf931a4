"""A month made by hand, with every border, and its figures as they were worked out on paper."""

from dataclasses import replace

import pytest

from ami_bridge.ledger.rows.row import Row
from callcenter.centre.editions import DatedEdition, Edition, EditionLine
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import ServiceLevelCounts
from callcenter.level.upkeep import LevelUpkeep
from callcenter.records.level import centre_editions
from reports.att.figures import AttReport, Part
from reports.att.queries import read_att_report
from reports.periods.month import Month
from tests.ami_bridge.ledger.queue_log_rows import row
from tests.reports.recorded_month import BEGAN, CENTRE, ENDED, MONTH, record

DAY = 86_400
NEW_RULE_DAY = 15


def of_day(day: int, second: int = 36_000) -> int:
    """An instant of that day of the month, ten in the morning unless said, in seconds."""
    return BEGAN + (day - 1) * DAY + second


def caller(call: str, line: str, queue: str, enters: float) -> list[Row]:
    """Arrives and enters at the same moment."""
    arrived = row(enters, f"{call}|NONE|NONE|ARRIVED|{line}|70712345|{call}|public")
    return [arrived, row(enters, f"{call}|{queue}|NONE|ENTERQUEUE||70712345|1")]


def answered(call: str, line: str, queue: str, enters: float, wait: float) -> list[Row]:
    at = enters + wait
    connect = row(at, f"{call}|{queue}|1001|CONNECT|{int(wait)}|x{call}|1")
    done = row(at + 30, f"{call}|{queue}|1001|COMPLETECALLER|{int(wait)}|30|1")
    return [*caller(call, line, queue, enters), connect, done, row(at + 30, f"{call}|NONE|NONE|DEPARTED|16|by:")]


def abandoned(call: str, line: str, queue: str, enters: float, wait: float) -> list[Row]:
    gone = row(enters + wait, f"{call}|{queue}|NONE|ABANDON|1|1|{int(wait)}")
    return [*caller(call, line, queue, enters), gone, row(enters + wait, f"{call}|NONE|NONE|DEPARTED|16|by:")]


def overflowed(call: str, enters: int) -> list[Row]:
    """A minute in the queue of 101, then ten seconds in that of 102."""
    timeout = row(enters + 60, f"{call}|101|NONE|EXITWITHTIMEOUT|1|1|60")
    return [*caller(call, "101", "101", enters), timeout, *answered(call, "101", "102", enters + 60, 10)[1:]]


def entered_again(call: str, enters: int) -> list[Row]:
    """Left the queue of 101 by a key, and came back to it."""
    left = row(enters + 8, f"{call}|101|NONE|EXITWITHKEY|2|1|1|8")
    return [*caller(call, "101", "101", enters), left, *answered(call, "101", "101", enters + 20, 5)[1:]]


def called_back(call: str, enters: int) -> list[Row]:
    """Waited for 104, asked to be called back, and was."""
    back = f"b{call}"
    return [
        *caller(call, "104", "104", enters),
        row(enters + 30, f"{call}|104|NONE|EXITWITHKEY|1|1|1|30"),
        row(enters + 30, f"{call}|104|NONE|CALLBACK|asked|7|70712345|key"),
        row(enters + 31, f"{call}|NONE|NONE|DEPARTED|16|by:"),
        row(enters + 300, f"{back}|104|NONE|CALLBACK|returned|7"),
        row(enters + 300, f"{back}|104|NONE|ENTERQUEUE||70712345|1"),
        row(enters + 303, f"{back}|104|1001|CONNECT|3|xb|1"),
        row(enters + 320, f"{back}|104|1001|COMPLETECALLER|3|17|1"),
    ]


def only_the_menus(call: str, arrives: int) -> list[Row]:
    told = row(arrives + 5, f"{call}|NONE|NONE|INFO|IVRGOAL|amount_owed|told")
    arrived = row(arrives, f"{call}|NONE|NONE|ARRIVED|102|70712345|{call}|public")
    return [arrived, told, row(arrives + 9, f"{call}|NONE|NONE|DEPARTED|16|by:")]


def full(call: str, arrives: int) -> list[Row]:
    arrived = row(arrives, f"{call}|NONE|NONE|ARRIVED|104|70712345|{call}|public")
    refused = row(arrives + 1, f"{call}|104|NONE|FULL|70712345")
    return [arrived, refused, row(arrives + 2, f"{call}|NONE|NONE|DEPARTED|16|by:")]


def interrupted(call: str, enters: int) -> list[Row]:
    return [*caller(call, "101", "101", enters), row(enters + 400, "NONE|NONE|NONE|QUEUESTART")]


def from_inside(call: str, enters: int) -> list[Row]:
    inside = row(enters, f"{call}|NONE|NONE|INSIDE|104")
    return [inside, *answered(call, "104", "104", enters, 2)[1:]]


CALLS = [
    *answered("before", "101", "101", BEGAN - 0.000001, 5),  # the last microsecond of September
    *answered("first", "101", "101", BEGAN, 5),  # the first one of October
    *answered("border", "101", "101", of_day(2), 20.000),  # within
    *answered("over", "101", "101", of_day(2, 37_000), 20.001),  # not within
    *abandoned("short", "101", "101", of_day(2, 38_000), 3),
    *interrupted("cut", of_day(3)),
    *overflowed("moved", of_day(4)),
    *answered("tv", "4522222", "tv", of_day(5), 4),  # before its queue was renamed
    *entered_again("twice", of_day(6)),
    *only_the_menus("served", of_day(7)),
    *called_back("back", of_day(8)),
    *full("blocked", of_day(9)),
    *from_inside("inside", of_day(9, 40_000)),
    *answered("tele", "4522222", "tele", of_day(12), 4),  # after its queue was renamed
    *answered("slow", "101", "101", of_day(16), 15),  # over the ten seconds of the new rule
    *answered("fast", "101", "101", of_day(16, 40_000), 9),
    *answered("last", "109", "109", of_day(19), 4),  # before the line was given up
    *answered("over midnight", "101", "101", ENDED - 1, 5),  # answered in November
    *answered("after", "101", "101", ENDED, 5),  # the first microsecond of November
]


def lines_of(**queues: str) -> Edition:
    """The centre's lines with some queues renamed, or a line given up (empty)."""
    lines = [(line, queues.get(f"_{line.number}", line.queue)) for line in CENTRE.lines]
    kept = tuple(EditionLine(line.number, line.name, queue) for line, queue in lines if queue)
    return Edition(kept, {line.queue: line.name for line in kept})


EDITIONS = (
    DatedEdition(0, lines_of()),
    DatedEdition(of_day(10) * MICROSECONDS, lines_of(_4522222="tele")),
    DatedEdition(of_day(20) * MICROSECONDS, lines_of(_4522222="tele", _109="")),
)


def with_rule(**changed: object) -> Centre:
    """The centre whose rule is another one from the 15th on."""
    old = CENTRE.rule_on(MONTH.first_day)
    new = old.model_copy(update={"valid_from": MONTH.first_day.replace(day=NEW_RULE_DAY), **changed})
    return CENTRE.model_copy(update={"service_level": (old, new)})


STRICTER, HIGHER = with_rule(threshold_seconds=10), with_rule(target_percent=85)


async def reported(database: Database, centre: Centre, *, kept: bool) -> AttReport:
    """The month of `CALLS`; `kept`: summed from kept counts, else counted from the records."""
    rows = sorted(CALLS, key=lambda each: each.at.earliest_us if each.at else 0)
    await record(database, rows)
    async with database.transaction() as connection:
        await connection.execute(
            centre_editions.insert(),
            [{"since_us": each.since_us, "edition": each.edition.as_json()} for each in EDITIONS],
        )
    if kept:
        upkeep = LevelUpkeep(database, centre, lambda: ENDED * MICROSECONDS)
        while await upkeep.count_some():
            pass
    return await read_att_report(database, centre, MONTH)


def figures(part: Part, number: str) -> tuple[int, ...]:
    """Registered, answered, within, abandoned and distinct calls of a line."""
    [line] = [line for line in part.lines if line.number == number]
    return of_counts(line.counts)


def of_counts(counts: ServiceLevelCounts) -> tuple[int, ...]:
    return counts.registered, counts.answered, counts.within, counts.abandoned, counts.distinct_calls


@pytest.mark.database
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "live"])
async def test_the_month_is_as_on_paper(database: Database, kept: bool) -> None:
    whole = (await reported(database, STRICTER, kept=kept)).whole
    assert figures(whole, "101") == (11, 7, 5, 4, 10)
    assert figures(whole, "102") == (1, 1, 1, 0, 1)
    assert figures(whole, "104") == (1, 0, 0, 1, 1)
    assert figures(whole, "109") == (1, 1, 1, 0, 1)
    assert figures(whole, "4522222") == (2, 2, 2, 0, 2)
    assert figures(whole, "4639999") == (0, 0, 0, 0, 0)
    assert of_counts(whole.measured) == (12, 7, 5, 5, 11)
    assert of_counts(whole.everything) == (16, 11, 9, 5, 14)
    counts = whole.everything
    assert (counts.full, counts.ivr_served, counts.interrupted_unanswered, counts.returned_entries) == (1, 1, 1, 1)
    assert (counts.callbacks_requested, counts.callbacks_returned, counts.callbacks_answered) == (1, 1, 1)
    assert [(line.number, line.counts.answered) for line in whole.internal] == [("104", 1)]
    assert str(whole.level(whole.measured))[:7] == "41.6666"


@pytest.mark.database
async def test_the_days_and_the_hours_add_up_to_the_month(database: Database) -> None:
    whole = (await reported(database, STRICTER, kept=True)).whole
    for parts in (whole.days, whole.hours):
        assert sum(each.counts.registered for each in parts) == whole.measured.registered
        assert sum(each.counts.within for each in parts) == whole.measured.within
    assert [each.at for each in whole.days if each.counts.registered] == [1, 2, 3, 4, 6, 8, 16, 31]
    assert [each.at for each in whole.hours if each.counts.registered] == [0, 10, 11, 23]


@pytest.mark.database
async def test_what_was_renamed_and_what_was_cut_off_is_declared(database: Database) -> None:
    report = await reported(database, STRICTER, kept=True)
    assert [(each.what, each.before, each.after) for each in report.changes] == [
        ("cola de la línea 4522222", "tv", "tele"),
        ("línea 109", "Fijacom 4G", ""),
    ]
    assert [(gap.entries, gap.announced) for gap in report.gaps] == [(1, False)]


@pytest.mark.database
async def test_where_the_target_changed_there_are_two_parts_and_no_single_level(database: Database) -> None:
    report = await reported(database, HIGHER, kept=True)
    assert report.whole.level(report.whole.measured) is None
    assert [(part.first_day.day, part.last_day.day) for part in report.parts] == [(1, 14), (15, 31)]
    assert [of_counts(part.measured)[:4] for part in report.parts] == [(9, 4, 3, 5), (3, 3, 3, 0)]
    assert [str(part.level(part.measured))[:5] for part in report.parts] == ["33.33", "100"]
    assert of_counts(report.whole.measured)[:4] == (12, 7, 6, 5)


@pytest.mark.database
async def test_a_line_that_is_measured_from_the_fifteenth_on_has_two_rows(database: Database) -> None:
    measured = CENTRE.rule_on(MONTH.first_day).measured_lines
    whole = (await reported(database, with_rule(measured_lines=(*measured, "109")), kept=True)).whole
    rows = [(line.measured, line.counts.registered) for line in whole.lines if line.number == "109"]
    assert sorted(rows) == [(False, 0), (True, 1)]
    assert of_counts(whole.measured)[0] == 13


@pytest.mark.database
async def test_the_months_beside_it_have_what_entered_in_them(database: Database) -> None:
    await reported(database, STRICTER, kept=True)
    beside = [await read_att_report(database, CENTRE, month) for month in (Month(2026, 9), Month(2026, 11))]
    assert [of_counts(report.whole.measured)[:2] for report in beside] == [(1, 1), (1, 1)]


@pytest.mark.database
async def test_a_rule_that_is_changed_afterwards_judges_anew_what_was_counted_by_the_other(database: Database) -> None:
    await reported(database, CENTRE, kept=True)
    assert (await read_att_report(database, STRICTER, MONTH)).whole.measured.within == 5
    assert replace((await read_att_report(database, CENTRE, MONTH)).whole.measured).within == 6
