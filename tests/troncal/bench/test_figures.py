"""How the bench judges and shows what it measured."""

import pytest

from troncal.bench.figures import Beside, Figure, Met, Target, median, percentile, shown


def test_the_99th_percentile_is_the_value_that_99_of_100_do_not_exceed() -> None:
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([5.0], 0.99) == 5.0


def test_the_median_of_two_values_is_the_lower() -> None:
    assert median([2.0, 1.0]) == 1.0


def test_nothing_measured_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        median([])


def test_a_length_that_reaches_its_limit_is_not_met() -> None:
    assert Target(100, "ms").judge(100) is Met.NO
    assert Target(100, "ms").judge(99.9) is Met.YES


def test_a_rate_that_reaches_its_target_is_met() -> None:
    assert Target(20_000, "events/s", at_least=True).judge(20_000) is Met.YES


def test_a_target_of_the_ratio_judges_the_ratio() -> None:
    figure = Figure("bridge", 4.0, "ms", Beside("Asterisk", 10.0), Target(0.2, "x"), bounds_ratio=True)
    assert figure.ratio == 0.4
    assert figure.met is Met.NO


def test_a_figure_without_a_target_is_neither_met_nor_missed() -> None:
    assert Figure("rows", 1234.5, "rows/s").met is Met.NO_TARGET


def test_figures_are_shown_with_the_digits_that_matter() -> None:
    assert [shown(1234.5, "rows/s"), shown(12.34, "ms"), shown(1.234, "ms")] == ["1,234 rows/s", "12.3 ms", "1.23 ms"]
