"""The calls behind a figure are as many as it says, on every line, day and hour, and are those that it counts."""

from functools import partial

import pytest
from sqlalchemy import Connection

from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database
from reports.att.calls import ALL, FIGURES, MEASURED, AskedCalls, CallsBehind, calls_behind
from reports.att.figures import AttReport
from reports.att.queries import read_att_report
from tests.ami_bridge.ledger.queue_log_rows import row
from tests.reports.att.test_golden_month import HIGHER, STRICTER, from_inside, of_day, reported, with_rule
from tests.reports.recorded_month import CENTRE, MONTH, record

pytestmark = pytest.mark.database
LINES = ((MEASURED, STRICTER), (ALL, STRICTER), ("101", STRICTER), ("104", HIGHER), ("4522222", HIGHER), (ALL, HIGHER))


def listed(connection: Connection, centre: Centre, asked: AskedCalls) -> CallsBehind:
    return calls_behind(connection, centre, MONTH, asked, 1000, 0)


@pytest.mark.parametrize("centre", [STRICTER, HIGHER], ids=["one part", "two parts"])
async def test_every_figure_has_as_many_calls_behind_it_as_it_says(database: Database, centre: Centre) -> None:
    report = await reported(database, centre, kept=False)

    def all_of_a_line(connection: Connection, line: str) -> None:
        for figure in FIGURES:
            found = listed(connection, centre, AskedCalls(figure, line))
            assert (line, figure, len(found.entries)) == (line, figure, found.number)
            assert found.number == in_report(report, line, figure)

    for line in (line for line, of in LINES if of is centre):
        await database.long_read(partial(all_of_a_line, line=line), limit_seconds=REPORT_SECONDS)


def in_report(report: AttReport, line: str, figure: str) -> int:
    """What the report says."""
    whole = report.whole
    rows = {MEASURED: [whole.measured], ALL: [whole.everything]}
    if figure == "internal":
        inside = [each.counts.entries for each in whole.internal if line in (ALL, each.number)]
        return sum(inside) if line != MEASURED else sum(e.counts.entries for e in whole.internal if e.measured)
    counts = rows.get(line, [each.counts for each in whole.lines if each.number == line])
    name = "returned_entries" if figure == "outgoing" else figure
    return sum(getattr(each, name) for each in counts)


async def test_a_call_from_inside_that_was_refused_is_no_entry(database: Database) -> None:
    at = of_day(9)
    refused = [row(at, "full|NONE|NONE|INSIDE|104"), row(at + 1, "full|104|NONE|FULL|1001")]
    await record(database, [*refused, *from_inside("inside", at + 60)])
    report = await read_att_report(database, CENTRE, MONTH)
    found = await database.long_read(lambda there: listed(there, CENTRE, AskedCalls("internal", ALL)))
    assert len(found.entries) == found.number == in_report(report, ALL, "internal") == 1


async def test_days_and_hours_have_theirs(database: Database) -> None:
    whole = (await reported(database, STRICTER, kept=False)).whole

    def all_of_them(connection: Connection) -> None:
        for day in whole.days:
            asked = AskedCalls("registered", MEASURED, day=day.at)
            assert len(listed(connection, STRICTER, asked).entries) == day.counts.registered
        for hour in whole.hours:
            asked = AskedCalls("answered", MEASURED, hour=hour.at)
            found = listed(connection, STRICTER, asked)
            assert len(found.entries) == found.number == hour.counts.answered

    await database.long_read(all_of_them)


async def test_each_part_of_a_month_has_its_own(database: Database) -> None:
    """A level under one target is opened without the calls of the days under another."""
    report = await reported(database, HIGHER, kept=False)

    def all_of_them(connection: Connection) -> None:
        for number, part in enumerate(report.parts):
            rows = [(line.number, line.queue, line.counts) for line in part.lines]
            for line, queue, counts in (*rows, (MEASURED, "", part.measured), (ALL, "", part.everything)):
                asked = AskedCalls("registered", line, queue, part=number)
                found = listed(connection, HIGHER, asked)
                assert (asked, len(found.entries), found.number) == (asked, counts.registered, counts.registered)
            for hour in part.hours:
                asked = AskedCalls("registered", MEASURED, part=number, hour=hour.at)
                assert len(listed(connection, HIGHER, asked).entries) == hour.counts.registered

    await database.long_read(all_of_them)


async def test_a_line_that_is_measured_on_some_days_opens_those(database: Database) -> None:
    centre = with_rule(
        measured_lines=tuple(line for line in CENTRE.rule_on(MONTH.first_day).measured_lines if line != "101")
    )
    report = await reported(database, centre, kept=False)
    rows = [line for line in report.whole.lines if line.number == "101"]
    assert sorted(line.measured for line in rows) == [False, True]

    def both(connection: Connection) -> list[int]:
        return [
            listed(connection, centre, AskedCalls("registered", "101", measured=line.measured)).number for line in rows
        ]

    assert await database.long_read(both) == [line.counts.registered for line in rows]


async def test_a_list_goes_on_where_the_last_page_ended(database: Database) -> None:
    await reported(database, STRICTER, kept=False)
    asked = AskedCalls("registered", MEASURED)

    def in_pages(connection: Connection) -> list[str]:
        pages = (calls_behind(connection, STRICTER, MONTH, asked, 5, after).entries for after in (0, 5, 10))
        return [f"{row.uniqueid}/{row.queue}/{row.ordinal}" for page in pages for row in page]

    found = await database.long_read(in_pages)
    assert len(found) == len(set(found)) == 12
