from pathlib import Path

import pytest

from ami_bridge.history import spool as spools
from ami_bridge.history.spool import Spool, opened_spool

DAY = 86_400
FIRST = 18_000


def line(second: int, text: str = "x") -> str:
    return f"{second:010d}\t{text}"


@pytest.fixture(params=[1, 1000], ids=["on disk at once", "in memory first"])
def spool(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spool:
    """Whether lines are put to disk one by one or together."""
    monkeypatch.setattr(spools, "LINES_IN_MEMORY", request.param)
    return Spool(tmp_path)


def test_lines_are_put_by_days_and_copies_in_their_order(spool: Spool) -> None:
    one, other = spool.new_copy(), spool.new_copy()
    lines = [line(FIRST * DAY, "a"), line(FIRST * DAY, "b"), line((FIRST + 2) * DAY - 1, "c")]
    for each in lines:
        one.add(0, each)
    other.add(0, lines[1])
    assert spool.days() == [FIRST, FIRST + 1]
    assert spool.copies(FIRST) == [lines[:2], lines[1:2]]
    assert spool.copies(FIRST + 1) == [lines[2:]]


def test_a_file_that_tells_its_rows_again_is_two_copies(spool: Spool) -> None:
    lines, copy = [line(FIRST * DAY + at) for at in (0, 300)], spool.new_copy()
    for each in (*lines, *lines):
        copy.add(0, each)
    assert spool.copies(*spool.days()) == [lines, lines]


def test_a_line_that_a_slow_disk_wrote_late_is_of_the_same_copy(spool: Spool) -> None:
    lines, copy = [line(FIRST * DAY + at) for at in (200, 90, 201)], spool.new_copy()
    for each in lines:
        copy.add(0, each)
    assert spool.copies(*spool.days()) == [lines]


def test_a_table_has_the_order_of_its_numbers(spool: Spool) -> None:
    lines, copy = [line(FIRST * DAY, text) for text in "abc"], spool.new_copy()
    for number, each in reversed(list(enumerate(lines, start=8))):
        copy.add(number, each)
    assert spool.copies(*spool.days()) == [lines]


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with opened_spool() as made:
        made.new_copy().add(0, line(FIRST * DAY))
        made.flush()
        assert list(tmp_path.iterdir()) != []
    assert list(tmp_path.iterdir()) == []
