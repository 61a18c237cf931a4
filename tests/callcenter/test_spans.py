"""Spans of time: joined, cut, taken away."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from callcenter.spans import Span, common, covered_us, cut, merged, without

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)))


def instants(spans: list[Span]) -> set[int]:
    """Every instant that is in one of them."""
    return {at for start, end in spans for at in range(start, end)}


@given(SPANS, SPANS)
def test_spans_are_sets_of_instants(some: list[Span], others: list[Span]) -> None:
    one, other = merged(some), merged(others)
    assert instants(one) == instants(some)
    assert covered_us(some) == len(instants(some))
    assert instants(common(one, other)) == instants(some) & instants(others)
    assert instants(without(one, other)) == instants(some) - instants(others)


@given(SPANS, st.lists(st.integers(0, 40), min_size=2, unique=True))
def test_what_is_cut_is_the_same_between_the_borders(some: list[Span], at: list[int]) -> None:
    borders = sorted(at)
    parts = cut(merged(some), borders)
    between = pairwise(borders)
    assert [instants(part) for part in parts] == [
        {instant for instant in instants(some) if since <= instant < until} for since, until in between
    ]


def test_spans_that_touch_are_one() -> None:
    assert merged([(5, 8), (1, 5), (8, 8), (9, 7)]) == [(1, 8)]
