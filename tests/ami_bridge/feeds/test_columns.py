"""What a row of the table or a line of the file says, as the fold gets it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_bridge.feeds.file import all_clean, clean
from ami_bridge.feeds.table import moment, read
from ami_bridge.ledger.rows.row import MAX_FIELD, Row
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.instants import as_us
from callcenter.moments import Moment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXTS = st.lists(st.text(max_size=20) | st.text("a\x00\x7f\n", min_size=250, max_size=260), max_size=9)


@given(TEXTS)
def test_texts_are_as_clean_together_as_one_by_one(texts: list[str]) -> None:
    assert all_clean(texts) == [clean(text) for text in texts]
    assert all(len(text) <= MAX_FIELD for text in all_clean(texts))


@given(st.datetimes(datetime(1969, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001
def test_a_time_of_the_table_is_known_to_the_microsecond(time: datetime) -> None:
    since = (time.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    assert moment(time.isoformat(" ")) == Moment.exact(since)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_an_instant_is_the_same_in_every_zone(time: datetime) -> None:
    assert as_us(time) == as_us(time.astimezone(UTC)) == (time.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize("time", ["", "2026-11-22", "2026-11-22 18:23:05.881808+02:00", "soon"])
def test_a_row_whose_time_is_not_one_of_asterisk_s_is_an_anomaly(time: str) -> None:
    found = read(7, time, "c1", "101", "1001", "CONNECT", "4")
    assert isinstance(found, Anomaly)
    assert (found.kind, found.position) == (AnomalyKind.MALFORMED_ROW, 7)


def test_columns_that_are_null_are_empty_and_those_at_the_end_are_left_out() -> None:
    found = read(7, "2026-11-22 18:23:05.881808", "c1", "101", "1001", "CONNECT", "4", None, "3", None, None)
    assert isinstance(found, Row)
    assert found.data == ("4", "", "3")
