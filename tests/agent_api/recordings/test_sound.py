"""Which bytes of a recording a Range header asks for."""

import pytest

from agent_api.recordings.sound import NotSatisfiable, Span, asked_span


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-", Span(0, 1000)),
        ("bytes=0-0", Span(0, 1)),
        ("bytes=40-49", Span(40, 50)),
        ("bytes=999-", Span(999, 1000)),
        ("bytes=900-99999", Span(900, 1000)),
        ("bytes=-100", Span(900, 1000)),
        ("bytes=-5000", Span(0, 1000)),
        (" bytes=7-8 ", Span(7, 9)),
    ],
)
def test_a_part_of_the_sound(asked: str, span: Span) -> None:
    assert asked_span(asked, 1000) == span


@pytest.mark.parametrize(
    "asked", [None, "", "bytes=-", "bytes=9-3", "bytes=0-1,5-6", "seconds=1-2", "bytes=a-", "bytes=" + "9" * 40 + "-"]
)
def test_what_is_not_one_part_is_answered_with_the_whole(asked: str | None) -> None:
    assert asked_span(asked, 1000) is None


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_behind_the_end_there_is_nothing(asked: str) -> None:
    with pytest.raises(NotSatisfiable):
        asked_span(asked, 1000)
