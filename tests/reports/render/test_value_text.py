"""Values as people read them, alone and in a column."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from reports.render.document import Column, Value, ValueKind
from reports.render.formulas import looks_like_formula
from reports.render.value_text import in_table, in_words, plain, shortened
from tests.reports.render.made_documents import ZONE


@pytest.mark.parametrize(
    ("kind", "value", "alone", "in_column"),
    [
        (ValueKind.TEXT, "Ñuflo", "Ñuflo", "Ñuflo"),
        (ValueKind.WHOLE, 60_000, "60.000", "60.000"),
        (ValueKind.PERCENT, Decimal("81.13"), "81,13 %", "81,13 %"),
        (ValueKind.DURATION, timedelta(seconds=123), "2 min 03 s", "2:03"),
        (ValueKind.MONEY, Decimal("1234.5"), "Bs 1.234,50", "1.234,50"),
        (ValueKind.DECIMAL, Decimal("1234.5"), "1.234,50", "1.234,50"),
        (ValueKind.DATE, date(2026, 11, 30), "30/11/2026", "30/11/2026"),
        (ValueKind.MOMENT, datetime(2026, 12, 1, 3, 59, tzinfo=UTC), "30/11/2026 23:59", "30/11/2026 23:59"),
        (ValueKind.WHOLE, None, "sin datos", ""),
        (ValueKind.DECIMAL, None, "sin datos", "sin datos"),
    ],
)
def test_a_value_has_its_unit_alone_and_leaves_it_to_the_heading_in_a_column(
    kind: ValueKind, value: Value, alone: str, in_column: str
) -> None:
    assert (in_words(kind, value, ZONE), in_table(Column("x", kind), value, ZONE)) == (alone, in_column)


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\nb", "a\u202eb", "a\u2028b", "a\ud800b", "a\x00b"])
def test_a_text_controls_neither_terminal_nor_lines_nor_direction(text: str) -> None:
    assert plain(text) == f"a {text[2:]}"


def test_letters_marks_and_hard_spaces_stay() -> None:
    assert plain("Ñandú «1.234\N{NO-BREAK SPACE}%» — 😀") == "Ñandú «1.234\N{NO-BREAK SPACE}%» — 😀"


def test_a_text_that_is_too_long_says_so() -> None:
    assert (shortened("ñandú", 5), shortened("ñandúes", 5)) == ("ñandú", "ñand…")


@pytest.mark.parametrize(("text", "is_one"), [("=1", True), ("  @x", True), ("＝1", True), ("a=1", False), ("", False)])
def test_what_begins_like_a_formula_is_known(text: str, is_one: bool) -> None:
    assert looks_like_formula(text) is is_one
