"""Whether the records follow the queue log, by what is seen of both."""

import pytest

from ami_bridge.records.progress import (
    IN_TIME_US,
    LATE_US,
    LINES_WITHOUT_ROWS,
    PATIENCE_US,
    DatabaseWait,
    RecordsLag,
    RecordsProgress,
)
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import RecordsStatus

T0 = 1_790_000_000 * MICROSECONDS
LOCKED = "the database is locked or busy"


def states(*looks: tuple[int, RecordsLag]) -> list[RecordsStatus]:
    """The states at looks so many microseconds after T0."""
    progress = RecordsProgress("central")
    return [progress.look(T0 + after_us, lag).state for after_us, lag in looks]


def test_a_busy_second_with_rows_that_are_not_recorded_yet_is_no_delay() -> None:
    looks = [(second * MICROSECONDS, RecordsLag(second * 100, (second - 1) * 100, T0)) for second in range(1, 60)]
    assert set(states(*looks)) == {RecordsStatus.FOLLOWING}


def test_rows_that_stay_unrecorded_are_a_delay_and_how_long() -> None:
    progress = RecordsProgress("central")
    progress.look(T0, RecordsLag(10, 10))
    progress.look(T0 + 1, RecordsLag(35, 10, T0))
    state = progress.look(T0 + 1 + LATE_US, RecordsLag(60, 10, T0))
    assert (state.state, state.since_us) == (RecordsStatus.BEHIND, T0 + 1)
    assert (state.rows_behind, state.oldest_us) == (50, T0)


def test_what_is_behind_all_the_time_is_late_though_it_goes_on() -> None:
    looks = [(second * MICROSECONDS, RecordsLag(second * 100 + 1_500, second * 100)) for second in range(30)]
    found = states(*looks)
    assert (found[0], found[-1]) == (RecordsStatus.FOLLOWING, RecordsStatus.BEHIND)
    assert found == sorted(found, key=lambda state: state is not RecordsStatus.FOLLOWING)


@pytest.mark.parametrize("by_seconds", [60, -60])
def test_a_clock_that_is_set_makes_no_delay_and_hides_none(by_seconds: int) -> None:
    """Twelve rows are not recorded when it is set, after five seconds, and never are."""
    progress, late = RecordsProgress("central"), []
    for second in range(15):
        by_us = by_seconds * MICROSECONDS if second > 5 else 0
        state = progress.look(T0 + second * MICROSECONDS + by_us, RecordsLag(12, 0 if second else 12, T0))
        late += [second] if state.state is RecordsStatus.BEHIND else []
    assert late[0] in (11, 12)


def test_a_wrong_clock_in_a_row_is_no_delay() -> None:
    assert states((0, RecordsLag(5, 4, 1)), (MICROSECONDS, RecordsLag(6, 5, 1))) == [RecordsStatus.FOLLOWING] * 2


@pytest.mark.parametrize(("late_us", "state"), [(-1, RecordsStatus.FOLLOWING), (0, RecordsStatus.STALLED)])
def test_a_database_that_is_waited_for_stalls_the_records_after_some_seconds(
    late_us: int, state: RecordsStatus
) -> None:
    lag = RecordsLag(25, 0, T0, DatabaseWait(T0, LOCKED))
    found = RecordsProgress("central").look(T0 + LATE_US + late_us, lag)
    assert (found.state, found.rows_behind) == (state, 25)
    assert (found.reason == LOCKED) == (state is RecordsStatus.STALLED)


def test_once_late_it_does_not_flicker() -> None:
    def waiting(seconds: int) -> RecordsLag:
        return RecordsLag(1, 0, T0, DatabaseWait(T0 + (40 - seconds) * MICROSECONDS, LOCKED))

    at_us = 40 * MICROSECONDS
    found = states(*((at_us, waiting(each)) for each in (20, IN_TIME_US // MICROSECONDS, 4, 9)))
    assert found == [RecordsStatus.STALLED] * 2 + [RecordsStatus.FOLLOWING] * 2


def test_one_stall_has_one_beginning_whatever_it_waits_for() -> None:
    progress = RecordsProgress("central")
    for reason in (LOCKED, "the disk of the database is full"):
        state = progress.look(T0 + 60 * MICROSECONDS, RecordsLag(1, 0, T0, DatabaseWait(T0, reason)))
        assert (state.since_us, state.reason) == (T0, reason)


def test_a_table_that_cannot_be_read_is_waited_for_and_then_the_plain_file_is_believed() -> None:
    lag = RecordsLag(5, 5, table_lost_us=T0)
    found = states((LATE_US - 1, lag), (LATE_US, lag), (PATIENCE_US, lag), (PATIENCE_US + 1, RecordsLag(5, 5)))
    assert found == [
        *(RecordsStatus.FOLLOWING, RecordsStatus.STALLED, RecordsStatus.PLAIN_FILE_ONLY, RecordsStatus.FOLLOWING)
    ]


def test_a_table_that_gets_no_rows_any_more_is_noticed_and_a_short_lock_of_it_is_not() -> None:
    def lines(count: int) -> RecordsLag:
        return RecordsLag(5, 5, lines_without_rows=count)

    found = states((0, lines(LINES_WITHOUT_ROWS - 1)), (1, lines(LINES_WITHOUT_ROWS)), (2, lines(0)))
    assert found == [RecordsStatus.FOLLOWING, RecordsStatus.PLAIN_FILE_ONLY, RecordsStatus.FOLLOWING]


def test_a_table_that_was_made_anew_begins_anew() -> None:
    found = states((0, RecordsLag(900, 800)), (LATE_US, RecordsLag(3, 0)), (LATE_US + 1, RecordsLag(3, 3)))
    assert found == [RecordsStatus.FOLLOWING] * 3
