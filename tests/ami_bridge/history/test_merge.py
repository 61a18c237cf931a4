from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_bridge.history.merge import merged


def lines(*texts: str) -> list[str]:
    """`second call verb` as lines of history: seconds of one hour."""
    rows = (text.split() for text in texts)
    return ["\t".join((f"1600000{time}", call, "101", "NONE", verb)) for time, call, verb in rows]


DAY = lines("100 a ENTERQUEUE", "100 a CONNECT", "105 b ENTERQUEUE", "107 a COMPLETECALLER", "109 b ABANDON")


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_overlapping_copies_are_one_history_in_whatever_order(order: tuple[int, ...]) -> None:
    parts = [DAY[:3], DAY[2:], DAY[1:4]]
    assert merged([parts[at] for at in order]) == DAY


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_a_log_rotated_in_mid_second_goes_on_in_order(order: tuple[int, int]) -> None:
    parts = [lines("099 z ABANDON", "100 a ENTERQUEUE", "100 b ENTERQUEUE"), lines("100 a CONNECT", "101 b ABANDON")]
    assert merged([parts[at] for at in order]) == [*parts[0], *parts[1]]


def test_what_one_copy_says_twice_in_a_second_it_says_twice() -> None:
    twice = lines("100 a RINGNOANSWER", "100 a RINGNOANSWER")
    assert merged([twice, twice[:1], twice]) == twice


def test_a_row_that_one_copy_lacks_stands_after_the_one_it_follows() -> None:
    whole = lines("100 a ENTERQUEUE", "100 b ENTERQUEUE", "100 a CONNECT", "101 c ENTERQUEUE")
    assert merged([[whole[0], whole[2], whole[3]], whole[:3]]) == whole


@pytest.mark.parametrize("late", [0, 1, 119], ids=str)
def test_the_row_with_microseconds_is_kept_and_its_line_is_not(late: int) -> None:
    exact = lines("100.123456 a ENTERQUEUE")
    assert merged([lines(f"{100 + late} a ENTERQUEUE"), exact]) == exact


def test_a_line_of_long_after_is_another_row() -> None:
    exact, line = lines("100.123456 a ENTERQUEUE"), lines("221 a ENTERQUEUE")
    assert merged([line, exact]) == [*exact, *line]


def test_a_line_whose_row_was_lost_stands_where_the_file_has_it() -> None:
    table = lines("100.300000 a ENTERQUEUE", "100.900000 a COMPLETECALLER")
    file = lines("100 a ENTERQUEUE", "100 a CONNECT", "100 a COMPLETECALLER")
    assert merged([file, table]) == [table[0], file[1], table[1]]
    assert merged([merged([file, table]), file]) == [table[0], file[1], table[1]]


def test_of_nothing_there_is_nothing() -> None:
    assert merged([[], []]) == []


@given(st.lists(st.integers(1, 3), min_size=3, max_size=20), st.data())
def test_whatever_was_copied_of_a_day_is_told_in_its_order(rows_of_seconds: list[int], data: st.DataObject) -> None:
    day = lines(
        *(f"{100 + second} {second}.{row} DID" for second, rows in enumerate(rows_of_seconds) for row in range(rows))
    )
    beginnings = st.integers(0, len(day) - 1)
    cuts = data.draw(st.lists(st.tuples(beginnings, st.integers(7, 40)), min_size=1, max_size=5))
    told = {line for begin, length in cuts for line in day[begin : begin + length]}
    assert merged([day[begin : begin + length] for begin, length in cuts]) == [line for line in day if line in told]
