"""What a document takes: values of their kinds, and nothing that would be shown as something else."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from reports.render.document import Chart, ChartForm, Column, KeyFigure, Series, Table, TargetLine, Value, ValueKind
from tests.reports.render.made_documents import BARS, DOCUMENT, LINES, ROW, TABLE

NAIVE = datetime(2026, 11, 30, 12, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ValueKind.TEXT, 102),
        (ValueKind.WHOLE, True),
        (ValueKind.WHOLE, Decimal(3)),
        (ValueKind.PERCENT, 81),
        (ValueKind.PERCENT, Decimal("NaN")),
        (ValueKind.DURATION, 20),
        (ValueKind.DURATION, timedelta(seconds=-1)),
        (ValueKind.DECIMAL, 3),
        (ValueKind.DECIMAL, Decimal("NaN")),
        (ValueKind.MONEY, Decimal("Infinity")),
        (ValueKind.DATE, NAIVE),
        (ValueKind.MOMENT, NAIVE),
        (ValueKind.MOMENT, date(2026, 11, 30)),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_place_and_without_itself(kind: ValueKind, value: Value) -> None:
    with pytest.raises(ValueError, match=rf"row 1 of table «T»: value 1, of type {type(value).__name__}"):
        Table("T", (Column("x", kind),), [(value,)])
    with pytest.raises(ValueError, match="key figure «x»"):
        KeyFigure("x", kind, value)


def test_a_row_that_lacks_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="row 2 of table «T» has 1 values, not 7"):
        Table("T", TABLE.columns, [ROW, ("x",)])


def test_a_total_may_be_a_text_under_any_column_but_no_other_kind() -> None:
    columns = (Column("Día", ValueKind.DATE), Column("Llamadas", ValueKind.WHOLE))
    assert Table("T", columns, [], ("Total", 3)).totals == ("Total", 3)
    with pytest.raises(ValueError, match="the totals of table «T»"):
        Table("T", columns, [], ("Total", Decimal(3)))


def test_a_chart_has_a_measure_for_each_label() -> None:
    with pytest.raises(ValueError, match="series «Nivel» of chart «Nivel» has 3 values, not 2"):
        replace(BARS, labels=("101", "102"))
    with pytest.raises(ValueError, match="target"):
        replace(LINES, target=TargetLine("Meta", Decimal(80)))
    with pytest.raises(ValueError, match="drawn to scale"):
        Chart("x", ChartForm.BARS, ValueKind.DATE, ("a",), (Series("s", (None,)),))


def test_a_report_is_made_at_a_moment_that_everybody_understands() -> None:
    with pytest.raises(ValueError, match="zone"):
        replace(DOCUMENT, made=NAIVE)


def test_a_column_of_money_says_its_unit_and_one_of_percentages_that_there_are_no_data() -> None:
    assert (Column("Saldo", ValueKind.MONEY).title, Column("Nombre").title) == ("Saldo (Bs)", "Nombre")
    assert [Column("x", kind).absent for kind in (ValueKind.PERCENT, ValueKind.DATE)] == ["sin datos", ""]
    assert Column("x", ValueKind.PERCENT, missing="sin llamadas").absent == "sin llamadas"
