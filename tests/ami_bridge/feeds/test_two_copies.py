"""What counts as told, and in which order it is handed on. Pure; what becomes of records: test_restored_copies."""

import pytest

from ami_bridge.feeds.two_copies import Merged, TwoCopies
from ami_bridge.ledger.rows.folded import FoldedRow, FoldedRows, Told
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

START = 1_800_000_000


def told(*lines: tuple[int, int]) -> list[Told]:
    """What each line counts as, given what it says and its second, where no table has any."""
    folded, found = FoldedRows(), []
    for digest, second in lines:
        at_us = (START + second) * MICROSECONDS
        found.append(folded.claim_line(digest, at_us)[0])
        if found[-1] is Told.NEW:
            folded.add(FoldedRow(digest, at_us, exact=False, in_file=True))
    return found


def test_a_queue_may_report_the_same_thing_twice_in_one_second() -> None:
    assert told((1, 11), (2, 11), (2, 11)) == [Told.NEW] * 3


def test_a_line_that_a_thread_wrote_late_makes_none_after_it_repeated() -> None:
    assert told((1, 11), (2, 10), (1, 11), (3, 11), (3, 11)) == [Told.NEW] * 5


def test_lines_that_are_told_again_are_repeated_up_to_the_last_second_of_them() -> None:
    assert told((1, 10), (2, 11), (1, 10), (2, 11), (3, 11)) == [Told.NEW] * 2 + [Told.REPEATED] * 2 + [Told.NEW]


@pytest.mark.parametrize("has_unreadable", [False, True])
def test_a_row_whose_line_was_cut_out_is_handed_on_before_a_later_line(has_unreadable: bool) -> None:
    joined = Row(2, Moment.exact(START * MICROSECONDS + 5), "c1", "101", "NONE", "ENTERQUEUE", ("", "1", "1"))
    left = Row(10, Moment.whole_second(START + 5), "c1", "101", "NONE", "ABANDON", ("1", "1", "4"))
    unreadable = [Anomaly(AnomalyKind.MALFORMED_ROW, 1, Moment.exact(START * MICROSECONDS), "?")]
    copies, merged, now_us = TwoCopies(), Merged(), (START + 10) * MICROSECONDS
    copies.rows([*(unreadable if has_unreadable else ()), joined], now_us)
    copies.lines([left])
    copies.table_has_no_more()
    copies.merge(merged, now_us, file_read_to_end=False, table_is_there=True)
    assert [item.verb for item in merged.items if isinstance(item, Row)] == ["ENTERQUEUE", "ABANDON"]


# -- a clock that is set back between a row's stamp and its line -----------------------------------------


def handed_on(rows: list[Row], lines: list[Row], now: int) -> tuple[list[str], list[AnomalyKind]]:
    """The verbs and the anomalies that come of both, and nothing waits for its line."""
    copies, merged, now_us = TwoCopies(), Merged(), (START + now) * MICROSECONDS
    copies.rows(rows, now_us)
    copies.lines(lines)
    copies.table_has_no_more()
    copies.merge(merged, now_us, file_read_to_end=True, table_is_there=True)
    found = [*merged.items, *copies.overdue(now_us + 3600 * MICROSECONDS)]
    return [each.verb for each in found if isinstance(each, Row)], [
        each.kind for each in found if isinstance(each, Anomaly)
    ]


ARRIVED, JOINED = ("c1", "NONE", "NONE", "ARRIVED", ("101",)), ("c1", "101", "NONE", "ENTERQUEUE", ("", "1", "1"))
STAMPED = Row(2, Moment.exact((START + 100) * MICROSECONDS + 5), *JOINED)


@pytest.mark.parametrize("now", [41, 500], ids=["at once", "later, where the file's time went back"])
def test_the_line_of_a_row_may_be_from_before_its_stamp(now: int) -> None:
    rows = [Row(1, Moment.exact((START + 99) * MICROSECONDS + 5), *ARRIVED), STAMPED]
    lines = [Row(1, Moment.whole_second(START + 99), *ARRIVED), Row(10, Moment.whole_second(START + 40), *JOINED)]
    assert handed_on(rows, lines, now) == (["ARRIVED", "ENTERQUEUE"], [])


def test_so_it_may_in_a_file_that_had_nothing_for_long() -> None:
    assert handed_on([STAMPED], [Row(10, Moment.whole_second(START + 40), *JOINED)], 41) == (["ENTERQUEUE"], [])


def test_without_a_clock_that_went_back_it_is_another_row() -> None:
    verbs, anomalies = handed_on([STAMPED], [Row(10, Moment.whole_second(START + 40), *JOINED)], 200)
    assert verbs == ["ENTERQUEUE", "ENTERQUEUE"]
    assert anomalies == [AnomalyKind.MISSING_IN_TABLE, AnomalyKind.MISSING_IN_FILE]
