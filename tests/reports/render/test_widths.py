"""How columns share a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.render.pdf.widths import ColumnNeed, fits, groups, shared

NEEDS = st.lists(
    st.builds(lambda least, more: ColumnNeed(least + more, least), st.floats(5, 200), st.floats(0, 400)), min_size=1
)


@given(NEEDS, st.floats(100, 1000))
def test_together_they_are_as_wide_as_the_page(needs: list[ColumnNeed], available: float) -> None:
    assert sum(shared(needs, available)) == pytest.approx(available)


@given(NEEDS, st.floats(100, 1000))
def test_where_all_fit_each_has_its_least(needs: list[ColumnNeed], available: float) -> None:
    if fits(needs, available):
        assert all(width >= need.least - 0.001 for width, need in zip(shared(needs, available), needs, strict=True))


def test_long_texts_give_way_to_figures() -> None:
    assert shared([ColumnNeed(300, 60), ColumnNeed(40, 40)], 200) == [160, 40]


@given(NEEDS, st.floats(100, 1000))
def test_columns_that_find_no_room_beside_the_others_follow_below_beside_the_first(
    needs: list[ColumnNeed], available: float
) -> None:
    found = groups(needs, available)
    assert [0, *(place for group in found for place in group[1:])] == list(range(len(needs)))
    assert all(group[0] == 0 and (len(group) <= 2 or fits([needs[at] for at in group], available)) for group in found)


def test_a_table_that_fits_is_not_divided() -> None:
    assert groups([ColumnNeed(90, 20), ColumnNeed(90, 20)], 40) == [[0, 1]]
    assert groups([ColumnNeed(90, 20), ColumnNeed(90, 20), ColumnNeed(20, 20)], 40) == [[0, 1], [0, 2]]
