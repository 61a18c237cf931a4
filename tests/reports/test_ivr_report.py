"""What callers did in the menus, out of the records."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from callcenter.calls import SelfServiceResult
from callcenter.database.transactions import Database
from reports.ivr_paths import sheet as ivr_sheet
from reports.ivr_paths.document import RESULTS, ivr_document
from reports.ivr_paths.figures import HangUpCount, IvrReport, KeyCount, LinePaths, ServiceCount
from reports.ivr_paths.queries import ivr_report_in
from reports.kinds.asked import Asked, Scene
from reports.kinds.days import last_of_month
from tests.ami_bridge.ledger.queue_log_rows import row
from tests.reports.recorded_month import BEGAN, CENTRE, ENDED, MONTH, caller, record

OCTOBER = Asked(MONTH.first_day, last_of_month(MONTH.first_day))


async def report_of(database: Database, *lines: str) -> IvrReport:
    asked = replace(OCTOBER, lines=lines)
    return await database.long_read(lambda connection: ivr_report_in(connection, CENTRE, asked))


async def line_of(database: Database, *kinds: str) -> LinePaths:
    """Line 102 after one caller of each kind."""
    await record(database, [each for number, kind in enumerate(kinds, 1) for each in caller(number, kind)])
    return next(line for line in (await report_of(database)).lines if line.number == "102")


async def test_keys_and_self_services_are_counted_by_menu_and_result(database: Database) -> None:
    line = await line_of(database, "served", "served", "closed", "menu")
    assert line.keys == (KeyCount("principal", "1", "Monto", 3),)
    assert line.services == (ServiceCount("amount_owed", "told", 3),)
    assert line.services[0].served


async def test_the_share_served_without_an_agent_is_of_those_who_heard_the_menus(database: Database) -> None:
    line = await line_of(database, "served", "served then answered", "closed", "answered")
    assert (line.calls, line.heard, line.served, line.served_percent) == (4, 4, 1, Decimal(25))


async def test_a_call_from_inside_is_no_customers(database: Database) -> None:
    arrived = row(BEGAN + 2400, "c20|NONE|NONE|ARRIVED|102|70712345|c20|internal")
    inside = [arrived, *caller(20, "menu")[1:]]
    await record(database, [*caller(1, "served"), *caller(2, "menu"), *inside])
    line = next(line for line in (await report_of(database)).lines if line.number == "102")
    assert (line.calls, line.heard, [each.times for each in line.hang_ups]) == (2, 2, [1])


async def test_callers_who_hung_up_are_counted_by_the_menu_and_the_last_step(database: Database) -> None:
    line = await line_of(database, "welcome", "menu", "menu", "served", "answered")
    assert line.hang_ups == (HangUpCount("principal", "1", "Monto", 2), HangUpCount("", "welcome", "", 1))


async def test_who_hung_up_before_the_menus_in_a_service_or_at_a_notice_is_told_apart(database: Database) -> None:
    for number, last_row in enumerate(["INFO|IVRGOAL|directory|left", "NOTICED|outage|4", "NOTICED|outage|5", None], 1):
        at, call = BEGAN + 10 * number, f"c{number}|NONE|NONE"
        rows = [row(at, f"{call}|ARRIVED|102|7|c{number}"), row(at + 2, f"{call}|DEPARTED|16|by:")]
        await record(database, [*rows[:1], *([row(at + 1, f"{call}|{last_row}")] if last_row else []), *rows[1:]])
    assert (await line_of(database)).hang_ups == (
        HangUpCount("", "notice", "outage", 2),
        HangUpCount("", "arrival", "", 1),
        HangUpCount("", "service", "directory: left", 1),
    )


async def test_steps_after_midnight_belong_to_the_month_in_which_the_call_arrived(database: Database) -> None:
    await record(database, caller(0, "served", begins=ENDED - 1))
    line = await line_of(database)
    assert (line.calls, line.heard, len(line.keys), line.served) == (1, 1, 1, 1)


async def test_a_line_that_is_gone_is_still_reported_and_without_calls_there_is_no_share(database: Database) -> None:
    await record(database, caller(1, "served", line="777"))
    report = await report_of(database)
    assert (report.lines[-1].number, report.lines[-1].served) == ("777", 1)
    assert (report.lines[0].served_percent, report.total.served_percent) == (None, Decimal(100))


async def test_each_form_of_the_report_has_the_same_figures(database: Database) -> None:
    await record(database, [*caller(1, "served"), *caller(2, "menu"), *caller(3, "answered")])
    report = await report_of(database)
    rows = list(csv.DictReader(io.StringIO(ivr_sheet.as_csv(report))))
    assert [each["row"] for each in rows if each["line"] == "102"] == ["line", "key", "service", "hang_up"]
    assert rows[-1]["row"] == "total"
    data = ivr_sheet.as_json(report)
    assert (rows[-1]["served_percent"], data["total"]["served_percent"]) == ("33.33", "33.33")
    document = ivr_document(report, OCTOBER, Scene(CENTRE, datetime(2026, 11, 30, tzinfo=UTC)))
    menus, keys, services, hang_ups = document.tables
    assert menus.totals is not None and tuple(menus.totals[2:5]) == (3, 3, 1)
    assert [figure.value for figure in document.key_figures[:3]] == [3, 3, 1]
    assert keys.rows == [("102", "principal", "1", "Monto", 2)]
    assert services.rows == [("102", "amount_owed", "informado", 1)]
    assert hang_ups.rows == [("102", "principal", "1", "Monto", 1)]


async def test_a_report_that_is_limited_to_a_line_counts_no_other(database: Database) -> None:
    await record(database, [*caller(1, "served"), *caller(2, "menu", line="101")])
    report = await report_of(database, "101")
    assert ([line.number for line in report.lines], report.total.calls) == (["101"], 1)


def test_every_result_of_a_self_service_has_a_word_in_spanish() -> None:
    assert set(RESULTS) == {result.value for result in SelfServiceResult}
