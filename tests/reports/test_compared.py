"""A report beside that of the time before."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from reports.compared import NOT_OVER, compared, without_before
from reports.render.document import Before, KeyFigure, Value, ValueKind
from reports.render.json_writer import as_data
from reports.render.shown import shown
from reports.render.value_text import before, figure_note
from tests.reports.render.made_documents import DOCUMENT, ZONE


def figure(kind: ValueKind, now: Value, then: Value) -> KeyFigure:
    """A key figure after it was compared."""
    one = replace(DOCUMENT, key_figures=(KeyFigure("Uno", kind, now, "meta 80 %"),))
    other = replace(DOCUMENT, key_figures=(KeyFigure("Uno", kind, then),), subtitle="Octubre de 2026")
    [found] = compared(one, other).key_figures
    return found


@pytest.mark.parametrize(
    ("kind", "now", "then", "said"),
    [
        (ValueKind.PERCENT, Decimal("81.13"), Decimal("79.00"), "antes 79,00 % (+2,13 puntos)"),
        (ValueKind.WHOLE, 1000, 2500, "antes 2.500 (−1.500)"),
        (ValueKind.DURATION, timedelta(seconds=20), timedelta(seconds=83), "antes 1 min 23 s (−1 min 03 s)"),
        (ValueKind.MONEY, Decimal(5), Decimal(5), "antes Bs 5,00 (igual)"),
        (ValueKind.PERCENT, None, Decimal(80), "antes 80,00 %"),
        (ValueKind.PERCENT, Decimal(80), None, "antes sin datos"),
        (ValueKind.TEXT, "a", "b", ""),
    ],
)
def test_each_key_figure_says_what_it_was_and_by_how_much_it_changed(
    kind: ValueKind, now: Value, then: Value, said: str
) -> None:
    assert before(figure(kind, now, then), ZONE) == said


def test_the_note_of_a_figure_keeps_its_verdict_and_the_notes_say_which_days_were_before() -> None:
    assert figure_note(figure(ValueKind.WHOLE, 3, 2), ZONE) == "meta 80 %; antes 2 (+1)"
    made = compared(DOCUMENT, replace(DOCUMENT, subtitle="Octubre de 2026"))
    assert made.notes[-1] == "Antes: octubre de 2026."


def test_a_figure_that_was_not_there_before_is_not_compared() -> None:
    made = compared(DOCUMENT, replace(DOCUMENT, key_figures=DOCUMENT.key_figures[1:]))
    assert made.key_figures[0].before is None
    assert made.key_figures[1].before == Before(timedelta(seconds=83), timedelta(0))


def test_programs_and_pages_have_the_figure_of_before_too() -> None:
    made: Any = replace(
        DOCUMENT, key_figures=(figure(ValueKind.DURATION, timedelta(seconds=20), timedelta(seconds=83)),)
    )
    [data] = as_data(made)["key_figures"]
    assert (data["before"], data["difference"]) == (83.0, -63.0)
    assert shown(made)["key_figures"][0]["before"] == "antes 1 min 23 s (−1 min 03 s)"


def test_a_period_that_is_not_over_says_that_it_is_compared_with_a_whole_one() -> None:
    assert compared(DOCUMENT, DOCUMENT, is_over=False).notes[-1] == NOT_OVER
    assert NOT_OVER not in compared(DOCUMENT, DOCUMENT).notes


def test_where_there_is_nothing_to_compare_with_the_report_says_so() -> None:
    assert without_before(DOCUMENT, "no había regla").notes[-1] == (
        "No se compara con el período anterior: no había regla."
    )
