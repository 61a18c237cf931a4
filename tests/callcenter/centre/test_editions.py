"""Lines and queues as they were: an entry counts for the line of its day."""

import pytest

from callcenter.centre.editions import DatedEdition, Edition, EditionLine, Editions


def edition(*lines: tuple[str, str, str]) -> Edition:
    return Edition(tuple(EditionLine(*line) for line in lines), {line[2]: line[1] for line in lines})


TV, TELE = edition(("4522222", "Televisión", "tv"), ("101", "Reclamos", "101")), edition(("4522222", "Tele", "tele"))
EDITIONS = Editions([DatedEdition(50, TV), DatedEdition(100, TELE)])


@pytest.mark.parametrize(
    ("queue", "since_us", "until_us", "name"),
    [
        ("tv", 60, 70, "Televisión"),
        ("tele", 110, 120, "Tele"),
        ("tv", 10, 20, "Televisión"),  # before the first edition
        ("tv", 90, 110, "Televisión"),  # the half-hour of the change
        ("tele", 90, 110, "Tele"),
        ("tv", 110, 120, "Televisión"),  # Asterisk had not heard of it yet
        ("101", 110, 120, "Reclamos"),  # the line was given up
    ],
)
def test_a_queue_leads_to_the_line_of_its_day(queue: str, since_us: int, until_us: int, name: str) -> None:
    found = EDITIONS.line_of(queue, "4522222", since_us, until_us)
    assert found is not None
    assert found.name == name


def test_of_two_lines_of_a_queue_it_is_the_one_that_was_dialled_and_else_the_first() -> None:
    two = Editions([DatedEdition(0, edition(("101", "Reclamos", "101"), ("1010", "Reclamos VIP", "101")))])
    assert [getattr(two.line_of("101", line, 1, 2), "number", "") for line in ("1010", "101", "102", "")] == [
        *("1010", "101", "101", "101")
    ]


def test_a_queue_that_no_line_ever_led_to_has_none() -> None:
    assert EDITIONS.line_of("prepago", "102", 60, 70) is None


def test_an_edition_is_the_same_text_again_and_comes_back_from_it() -> None:
    assert Edition.from_json(TV.as_json()) == TV
    assert Edition.from_json(TV.as_json()).as_json() == TV.as_json()


def test_what_changed_in_a_time_is_told_with_its_moment() -> None:
    assert list(EDITIONS.changes(90, 110)) == [(100, TV, TELE)]
    assert list(EDITIONS.changes(101, 110)) == []
