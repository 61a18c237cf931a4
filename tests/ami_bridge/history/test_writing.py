import pytest

from ami_bridge.history.folding import last_of_each
from ami_bridge.history.writing import FIRST_ROWS, HELD_SECONDS, LEAST_ROWS, MOST_ROWS, REST_SECONDS, Pieces
from callcenter.database.engines import Dialect
from callcenter.records.calls import interruptions

ENTRIES = "queue_entries"


def test_a_transaction_on_sqlite_is_as_large_as_fits_its_time() -> None:
    pieces = Pieces(Dialect.SQLITE)
    assert pieces.note(ENTRIES, FIRST_ROWS, HELD_SECONDS * 2) == REST_SECONDS
    assert pieces.rows(ENTRIES) == FIRST_ROWS // 2
    pieces.note(ENTRIES, pieces.rows(ENTRIES), HELD_SECONDS / 1.5)
    assert pieces.rows(ENTRIES) == FIRST_ROWS // 2 * 3 // 2


def test_a_table_of_quick_rows_does_not_make_another_ones_transactions_long() -> None:
    pieces = Pieces(Dialect.SQLITE)
    for _ in range(9):
        pieces.note("agent_periods", pieces.rows("agent_periods"), HELD_SECONDS / 9)
    assert (pieces.rows("agent_periods"), pieces.rows(ENTRIES)) == (MOST_ROWS, FIRST_ROWS)


@pytest.mark.parametrize(("seconds", "rows"), [(100.0, LEAST_ROWS), (0.0, 2 * FIRST_ROWS)])
def test_one_measurement_does_not_change_it_without_bounds(seconds: float, rows: int) -> None:
    pieces = Pieces(Dialect.SQLITE)
    pieces.note(ENTRIES, FIRST_ROWS, seconds)
    assert pieces.rows(ENTRIES) == rows


def test_of_few_rows_that_were_quick_nothing_is_learnt() -> None:
    pieces = Pieces(Dialect.SQLITE)
    pieces.note(ENTRIES, 3, HELD_SECONDS / 10)
    assert pieces.rows(ENTRIES) == FIRST_ROWS


def test_on_postgresql_nobody_waits_for_it() -> None:
    pieces = Pieces(Dialect.POSTGRESQL)
    assert (pieces.note(ENTRIES, MOST_ROWS, 9.0), pieces.rows(ENTRIES)) == (0.0, MOST_ROWS)


def test_of_rows_with_one_key_the_last_is_written() -> None:
    rows = [{"node": "a", "restarted_us": 1, "interrupted_entries": each} for each in (1, 2)]
    assert last_of_each(interruptions, [*rows, {**rows[0], "restarted_us": 2}]) == [
        rows[1],
        {**rows[0], "restarted_us": 2},
    ]
