"""The board's level is the reports' level: same counts, same formula, same rounding, whatever was recorded."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from agent_api.board.board_schemas import BoardView, LevelView, TotalRow
from agent_api.board.figures import BoardSources, board
from agent_api.board.level_now import LevelNow
from agent_api.board.level_reader import LevelReader
from agent_api.live.live_state import LiveState
from ami_bridge.ledger.rows.row import Row
from callcenter.bus.presence import BusState, Presence
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import ServiceLevelCounts, shown, still_needed
from callcenter.records.calls import queue_entries
from reports.att.figures import Part
from reports.att.queries import read_att_report
from tests.agent_api.floor_site import NODE, Ledger
from tests.reports.recorded_month import BEGAN, CENTRE, ENDED, KINDS, MONTH, caller, empty

LAST_DAY_US = (ENDED - 3600) * MICROSECONDS
# What the board does not count: calls that reached no queue, and callbacks.
_OF_CALLS = {
    *("queued", "out_of_hours", "ivr_served", "menu_hung_up", "callback_instead", "calls_interrupted", "calls_open"),
    *("callbacks_requested", "callbacks_by_key", "callbacks_returned", "callbacks_answered"),
}
DAYS = st.integers(0, 30)
callers_of_a_month = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from(["101", "102", "4639999", "777"]), DAYS), max_size=20
)


def rows(callers: list[tuple[str, str, int]]) -> list[Row]:
    """One caller after the other, on their days."""
    groups = [
        caller(number, kind, line, BEGAN + 86_400 * day - 120 * number + 600 + 40 * number)
        for number, (kind, line, day) in enumerate(sorted(callers, key=lambda each: each[2]), 1)
    ]
    return [row for each in groups for row in each]


def board_of(level: LevelNow) -> BoardView:
    """The board with nobody on the floor."""
    live_state = LiveState(NODE, BusState(Presence.CONNECTED, 0))
    return board(BoardSources(live_state, CENTRE, level, {}, str, None, LAST_DAY_US))


def same(view: LevelView, counts: ServiceLevelCounts, report: Part) -> None:
    """The board says of these counts what the report says."""
    assert report.rule is not None
    exact, target = report.level(counts), report.rule.target_percent
    assert view.percent == (None if exact is None else shown(exact, target))
    assert view.verdict == report.verdict(counts)
    assert view.still_needed == still_needed(counts, target, report.rule.formula)
    names = ("registered", "answered", "within", "abandoned", "still_open")
    assert [getattr(view, name) for name in names] == [getattr(counts, name) for name in names]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(callers=callers_of_a_month)
async def test_the_months_figures_are_those_of_the_att_report(
    database: Database, callers: list[tuple[str, str, int]]
) -> None:
    await empty(database)
    await Ledger(database).write(rows(callers))
    level = await LevelReader(database, CENTRE, lambda: LAST_DAY_US).now()
    view, report = board_of(level), (await read_att_report(database, CENTRE, MONTH)).whole
    of_queue = {row.queue: row for row in view.queues}
    for line in filter(lambda line: line.queue, report.lines):
        counted = replace(line.counts, distinct_calls=0, **dict.fromkeys(_OF_CALLS, 0))
        assert replace(level.month.get(line.queue, ServiceLevelCounts()), distinct_calls=0) == counted
        if line.queue in of_queue:  # one that is gone and only had callbacks has no row
            same(of_queue[line.queue].month, line.counts, report)
            assert of_queue[line.queue].measured == line.measured
    same(view.measured.month, report.measured, report)
    same(view.centre.month, report.everything, report)


async def test_today_is_counted_from_midnight_in_the_centres_zone(database: Database) -> None:
    midnight = ENDED - 86_400
    await Ledger(database).write(
        [*caller(0, "answered", begins=midnight - 60), *caller(0, "abandoned", begins=midnight)]
    )
    level = await LevelReader(database, CENTRE, lambda: LAST_DAY_US).now()
    assert (level.today["102"].answered, level.today["102"].abandoned) == (0, 1)
    assert (level.month["102"].answered, level.month["102"].abandoned) == (1, 1)


async def test_each_call_recorded_is_in_the_next_figures(database: Database) -> None:
    ledger, reader = Ledger(database), LevelReader(database, CENTRE, lambda: LAST_DAY_US)
    for number in range(3):
        await ledger.write(caller(number, "answered", begins=ENDED - 7200))
        assert (await reader.now()).today["102"].answered == number + 1


async def test_a_call_of_yesterday_that_is_still_open_is_followed_to_its_end(database: Database) -> None:
    ledger, reader = Ledger(database), LevelReader(database, CENTRE, lambda: LAST_DAY_US)
    connected = caller(0, "answered", begins=ENDED - 86_400 - 4)
    waiting = next(index for index, row in enumerate(connected) if row.verb == "CONNECT")
    await ledger.write(connected[:waiting])
    assert (await reader.now()).month["102"].still_open == 1
    await ledger.write(connected[waiting:])
    now = await reader.now()
    assert (now.month["102"].answered, now.month["102"].still_open, now.today.get("102")) == (1, 0, None)


async def test_a_call_of_an_earlier_day_that_is_recorded_late_is_in_the_next_figures(database: Database) -> None:
    ledger, reader = Ledger(database), LevelReader(database, CENTRE, lambda: LAST_DAY_US)
    await ledger.write(caller(0, "answered", begins=ENDED - 7200))
    await reader.now()
    await ledger.write(caller(1, "answered", begins=ENDED - 5 * 86_400))
    assert (await reader.now()).month["102"].answered == 2


async def test_an_entry_that_never_ends_has_nothing_counted_again_but_what_moved(database: Database) -> None:
    ledger, reader = Ledger(database), LevelReader(database, CENTRE, lambda: LAST_DAY_US)
    connected = caller(0, "answered", begins=ENDED - 5 * 86_400)
    await ledger.write(connected[: [row.verb for row in connected].index("CONNECT")])
    await ledger.write(caller(1, "answered", begins=ENDED - 4 * 86_400))
    await reader.now()
    # Behind the ledger's back: who counts that quarter of an hour again sees it.
    of_that_day = queue_entries.c.entered_us < (ENDED - 3 * 86_400) * MICROSECONDS
    async with database.transaction() as connection:
        await connection.execute(update(queue_entries).where(of_that_day).values(queue="101"))
    await ledger.write(caller(2, "answered", begins=ENDED - 7200))
    now = await reader.now()
    assert (now.month["102"].still_open, now.month["102"].answered) == (1, 2)
    assert "101" not in now.month


async def test_a_month_is_counted_by_its_own_calls_after_it_began(database: Database) -> None:
    clock = [LAST_DAY_US]
    ledger, reader = Ledger(database), LevelReader(database, CENTRE, lambda: clock[0])
    await ledger.write(caller(0, "answered", begins=ENDED - 7200))
    assert (await reader.now()).month["102"].answered == 1
    clock[0] = (ENDED + 3600) * MICROSECONDS
    assert (await reader.now()).month == {}
    await ledger.write(caller(1, "abandoned", begins=ENDED + 60))
    assert (await reader.now()).today["102"].abandoned == 1


async def test_figures_are_not_counted_again_while_the_records_stand_still(database: Database) -> None:
    reader = LevelReader(database, CENTRE, lambda: LAST_DAY_US)
    await Ledger(database).write(caller(0, "answered", begins=ENDED - 7200))
    assert await reader.now() is await reader.now()


async def test_before_the_first_rule_there_is_no_level(database: Database) -> None:
    level = await LevelReader(database, CENTRE, lambda: 0).now()
    view = board_of(level)
    assert (level.rule, view.target_percent, view.centre.month.percent) == (None, None, None)
    assert isinstance(view.centre, TotalRow) and view.centre.month.still_needed is None


def test_a_level_is_shown_as_the_reports_round_it() -> None:
    counts = {"102": ServiceLevelCounts(answered=100_000, within=79_999)}
    rule = CENTRE.rule_on(MONTH.first_day)
    view = board_of(LevelNow(rule, counts, counts, 0))
    assert view.centre.month.percent == Decimal("79.99")
