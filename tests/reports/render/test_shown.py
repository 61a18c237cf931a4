"""A report as plain data for a page."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from reports.render.document import Chart, ChartForm, Column, Series, Table, ValueKind
from reports.render.shown import shown
from tests.reports.render.made_documents import BARS, DOCUMENT, TABLE


def parts(*body: Table | Chart) -> Any:
    """What a page shows of a document with this body."""
    return shown(replace(DOCUMENT, body=body))["parts"]


def test_every_value_is_a_text_as_people_read_it() -> None:
    [part] = parts(TABLE)
    assert part["kind"] == "table"
    assert part["rows"][0][1:5] == ["60.000", "81,13 %", "26:00:05", "-1.234,50"]
    assert part["columns"][1] == {"title": "Registradas", "is_figure": True}
    assert part["totals"][0] == "Total"


def test_the_values_of_a_chart_have_their_place_on_its_axis() -> None:
    [part] = parts(BARS)
    assert [mark["text"] for mark in part["marks"]] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
    first, gap, _ = part["series"][0]["values"]
    assert (first, gap) == ({"text": "81,13 %", "at": 0.8113}, None)


def test_values_below_zero_are_within_the_axis() -> None:
    values = Series("Saldo", (Decimal(-50), Decimal(100)))
    chart = Chart("Saldo", ChartForm.LINES, ValueKind.MONEY, ("a", "b"), (values,))
    [part] = parts(chart)
    assert [round(each["at"], 2) for each in part["series"][0]["values"]] == [0.0, 1.0]
    assert part["form"] == "lines"


def test_a_sentence_stands_for_a_list_to_work_on() -> None:
    [part] = parts(replace(TABLE, to_work_on=True))
    assert part == {
        "kind": "sentence",
        "text": "Nivel por línea (2): la lista está en la planilla (XLSX) de este informe.",
    }


def test_of_a_long_table_a_page_has_the_first_rows_and_says_where_the_rest_is() -> None:
    [part] = parts(Table("Larga", (Column("Uno", ValueKind.WHOLE),), [(each,) for each in range(1200)], note="Nota."))
    assert len(part["rows"]) == 1000
    where = "la tabla completa está en la planilla (XLSX) de este informe"
    assert part["note"] == f"Se muestran las primeras 1.000 de 1.200 filas; {where}. Nota."


def test_it_is_plain_data() -> None:
    found = shown(DOCUMENT)
    assert json.loads(json.dumps(found)) == found
