"""Rows of an Asterisk that stood still: how exactly their moments are known."""

from collections.abc import Iterable

import pytest

from ami_bridge.feeds.standstills import Standstills
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from callcenter.instants import MICROSECONDS
from callcenter.moments import Moment

START_US = 1_790_000_000_000_000


def at(seconds: float) -> int:
    return START_US + round(seconds * MICROSECONDS)


def row(seconds: float, verb: str, *data: str, agent: str = "1001") -> Row:
    return Row(1, Moment.exact(at(seconds)), "1790000000.1", "101", agent, verb, data)


def looked(standstills: Standstills, until: float, heard: Iterable[float]) -> None:
    """Looks every half a second up to then; Asterisk answers at those seconds."""
    answers = sorted(heard)
    for step in range(round(until * 2) + 1):
        while answers and answers[0] <= step / 2:
            standstills.heard(at(answers.pop(0)))
        standstills.look(at(step / 2))


@pytest.fixture
def stood_still() -> Standstills:
    """Asterisk answered until the 10th second, and again at the 40th."""
    standstills = Standstills()
    looked(standstills, 41, [*range(0, 11, 2), 40, 41])
    return standstills


@pytest.mark.parametrize(
    ("verb", "data", "left"),
    [
        ("CONNECT", ("38", "1790000000.2", "36"), ("", "1790000000.2", "36")),
        ("ABANDON", ("1", "1", "38"), ("1", "1", "")),
        ("COMPLETECALLER", ("3", "30", "1"), ("", "", "1")),
    ],
)
def test_what_a_telephone_did_may_have_been_at_any_moment_of_it(
    stood_still: Standstills, verb: str, data: tuple[str, ...], left: tuple[str, ...]
) -> None:
    known = stood_still.as_known(row(40.2, verb, *data))
    assert (known.at, known.data) == (Moment(at(10), at(40.2)), left)


@pytest.mark.parametrize("verb", ["ENTERQUEUE", "ARRIVED", "EXITWITHTIMEOUT", "OFFERED"])
def test_what_asterisk_did_itself_was_then(stood_still: Standstills, verb: str) -> None:
    assert stood_still.as_known(row(40.2, verb)) == row(40.2, verb)


@pytest.mark.parametrize("seconds", [9.9, 10.5, 14.9, 42.1])
def test_rows_before_and_long_after_are_exact(stood_still: Standstills, seconds: float) -> None:
    assert stood_still.as_known(row(seconds, "ABANDON", "1", "1", "8")) == row(seconds, "ABANDON", "1", "1", "8")


def test_a_row_is_read_before_asterisk_answers_again() -> None:
    standstills = Standstills()
    looked(standstills, 40, range(0, 11, 2))
    assert standstills.as_known(row(40, "CONNECT", "38", "1790000000.2", "36")).at == Moment(at(10), at(40))


def test_who_did_not_look_cannot_tell() -> None:
    """This process was stopped: Asterisk went on, and stamped its rows when they happened."""
    standstills = Standstills()
    looked(standstills, 11, range(0, 11, 2))
    for seconds in (40.0, 40.5):
        standstills.look(at(seconds))
    standstills.heard(at(41))
    assert standstills.as_known(row(40.2, "ABANDON", "1", "1", "8")).at == Moment.exact(at(40.2))


def test_a_restart_is_no_standstill(stood_still: Standstills) -> None:
    stood_still.restarted()
    assert stood_still.as_known(row(40.2, "ABANDON", "1", "1", "8")).at == Moment.exact(at(40.2))


def test_it_is_said_once() -> None:
    standstills = Standstills()
    standstills.heard(at(0))
    said = [seconds for seconds in range(20) if standstills.look(at(seconds))]
    assert said == [6]


@pytest.mark.parametrize(
    ("entered", "least", "most"),
    [(8.0, 2.0, 32.2), (38.0, 0.0, 2.2), (-15.0, 25.0, 55.2)],
    ids=["straddles twenty seconds", "within them", "beyond them"],
)
def test_a_wait_across_it_is_an_interval(stood_still: Standstills, entered: float, least: float, most: float) -> None:
    fold = Fold("central")
    fold.apply(row(entered, "ENTERQUEUE", "", "70712345", "1", agent="NONE"))
    fold.apply(stood_still.as_known(row(40.2, "CONNECT", "38", "1790000000.2", "36")))
    (entry,) = fold.drain().entries
    assert (entry.wait.least_us, entry.wait.most_us) == (round(least * MICROSECONDS), round(most * MICROSECONDS))
