"""How the bench prints its figures: a line each for people, the same as JSON for programs."""

import json
import logging
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from troncal import bench
from troncal.bench import MeasurementGroup
from troncal.bench.figures import Beside, Figure, Target
from troncal.bench.printing import WIDTH, json_of, line_of

DELAY = Figure("row written to committed, p99", 33.1, "ms", target=Target(50, "ms"))
RATE = Figure("rows into the records", 24_600, "rows/s", Beside("plain inserts of the same rows", 410_000))
COST = Figure("processor a call, bridge", 4.0, "ms", Beside("Asterisk", 16.6), Target(0.2, "x"), True)
WORDS = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20)
FIGURES = st.builds(
    Figure,
    st.lists(WORDS, min_size=1, max_size=20).map(" ".join),
    st.floats(0, 1e8),
    st.sampled_from(["ms", "rows/s", "events/s", "%", ""]),
    st.none() | st.builds(Beside, WORDS, st.floats(0, 1e8)),
    st.none() | st.builds(Target, st.floats(0, 1e6), st.just("ms")),
)


def test_a_figure_begins_with_its_value_and_whether_it_is_as_it_should_be() -> None:
    assert line_of(DELAY) == ("         33.1 ms  met      row written to committed, p99; target: under 50.0 ms")


def test_what_a_figure_stands_beside_is_in_the_same_line_and_goes_on_under_its_name() -> None:
    assert line_of(RATE).splitlines() == [
        "   24,600 rows/s           rows into the records; 0.06 of plain inserts of the",
        "                           same rows, 410,000 rows/s",
    ]


def test_a_target_of_a_ratio_says_so() -> None:
    line = " ".join(line_of(COST).split())
    assert line == "4.00 ms not met processor a call, bridge; target: ratio under 0.20 x; 0.24 of Asterisk, 16.6 ms"


@given(FIGURES)
def test_no_line_is_wider_than_a_terminal_and_nothing_is_left_out(figure: Figure) -> None:
    printed = line_of(figure)
    assert all(len(line) <= WIDTH for line in printed.splitlines())
    assert " ".join(figure.what.split()) in " ".join(printed.split())


def test_programs_get_the_same_figures() -> None:
    first, second, third = json.loads(json_of({"records": [DELAY, RATE], "calls": [COST]}))
    assert first == {
        "group": "records",
        "name": "row written to committed, p99",
        "value": 33.1,
        "unit": "ms",
        "target": {"bound": 50, "at_least": False, "of_ratio": False},
        "met": True,
        "beside": None,
    }
    assert (second["target"], second["met"]) == (None, None)
    assert second["beside"] == {"name": "plain inserts of the same rows", "value": 410_000, "ratio": 0.06}
    assert (third["group"], third["met"], third["target"]["of_ratio"]) == ("calls", False, True)


async def two_figures(*, quick: bool) -> list[Figure]:
    """A measurement that takes no time."""
    return [DELAY, RATE]


async def no_figures(*, quick: bool) -> list[Figure]:
    """A measurement that fails."""
    raise RuntimeError("the broker is away")


GROUPS = {"records": MeasurementGroup("rows", two_figures), "live": MeasurementGroup("events", no_figures)}


def test_beside_json_nothing_is_printed_and_a_failure_goes_to_the_error_stream(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "PARTS", GROUPS)
    out = StringIO()
    assert not bench.main(("records", "live"), Console(file=out, width=40), quick=True, as_json=True)
    assert [each["value"] for each in json.loads(out.getvalue())] == [33.1, 24_600]
    assert "live failed: the broker is away" in capsys.readouterr().err


def test_for_people_each_figure_is_printed_as_soon_as_its_group_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "PARTS", GROUPS)
    out = StringIO()
    assert bench.main(("records",), Console(file=out, width=40), quick=True)
    assert out.getvalue().splitlines()[:2] == ["- measuring records: rows", line_of(DELAY)]


def test_what_is_logged_afterwards_is_what_was_logged_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "PARTS", GROUPS)
    before = logging.getLogger().level
    bench.main(("records", "live"), Console(file=StringIO()), quick=True)
    assert logging.getLogger().level == before
