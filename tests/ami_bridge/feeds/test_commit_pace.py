"""Few rows are committed at once, many together."""

from collections.abc import Callable

import pytest

from ami_bridge.feeds.commit_pace import REST_SECONDS, RUSH_REST_SECONDS, CommitPace


def rests(pace: CommitPace, rows_a_second: Callable[[float], float], began: float, seconds: float) -> list[float]:
    """How long the tail rests after each commit, where what came since the last one is committed."""
    found: list[float] = []
    now, told = began, 0.0
    while now < began + seconds:
        rest = pace.rest_seconds
        now += rest
        told += rest * rows_a_second(now)
        if told >= 1:
            pace.note(int(told), now)
            told -= int(told)
        found.append(pace.rest_seconds)
    return found


@pytest.mark.parametrize("rows_a_second", [1, 10, 50, 55])
def test_in_a_calm_no_row_waits_long(rows_a_second: float) -> None:
    assert set(rests(CommitPace(), lambda _: rows_a_second, 0, 20)) == {REST_SECONDS}


@pytest.mark.parametrize("rows_a_second", [70, 100, 1000])
def test_in_a_rush_many_rows_share_a_commit(rows_a_second: float) -> None:
    found = rests(CommitPace(), lambda _: rows_a_second, 0, 20)
    assert set(found[-20:]) == {RUSH_REST_SECONDS}


def test_after_a_rush_rows_are_committed_at_once_again() -> None:
    pace = CommitPace()
    rests(pace, lambda _: 200, 0, 10)
    assert rests(pace, lambda _: 20, 10, 10)[-1] == REST_SECONDS


def test_a_backlog_that_was_read_is_no_rush_two_seconds_later() -> None:
    pace = CommitPace()
    pace.note(2_000, 0.0)
    assert pace.rest_seconds == RUSH_REST_SECONDS
    pace.note(1, 2.0)
    assert pace.rest_seconds == REST_SECONDS
