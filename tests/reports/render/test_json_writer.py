"""A document for programs: typed values under stable keys, and texts that no spreadsheet calculates."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from reports.render.document import Column, Table
from reports.render.json_writer import as_data, as_program_csv
from reports.render.machine_values import column_keys, key_of
from tests.reports.render.made_documents import DOCUMENT, TABLE, texts, with_tables


def test_values_are_numbers_seconds_and_dates_and_what_is_not_known_is_null() -> None:
    [table] = as_data(DOCUMENT)["tables"]
    assert table["rows"][0] == {
        "servicio": "Guía, señas y ñandúes",
        "registradas": 60_000,
        "nivel": "81.13",
        "espera_media": 93_605.0,
        "saldo": "-1234.50",
        "vence": "2026-12-31",
        "ultima_llamada": "2026-11-30T23:59:30-04:00",
    }
    assert table["rows"][1]["nivel"] is None
    assert table["totals"]["servicio"] == "Total"
    assert [column["kind"] for column in table["columns"]][:4] == ["text", "whole", "percent", "duration"]


def test_key_figures_and_charts_are_there_with_their_kinds() -> None:
    data = as_data(DOCUMENT)
    assert data["key_figures"][0] == {
        **{"key": "nivel", "label": "Nivel", "kind": "percent"},
        **{"value": "81.13", "note": "aceptado"},
    }
    assert data["key_figures"][1]["value"] == 83.0
    assert data["charts"][0]["series"][0]["values"] == ["81.13", None, "79.99"]
    assert data["charts"][0]["target"] == {"name": "Meta 80 %", "value": "80.00"}
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize(
    ("heading", "key"),
    [("Espera media", "espera_media"), ("% sin agente", "porcentaje_sin_agente"), ("Año", "ano"), ("≤", "sin_nombre")],
)
def test_a_heading_is_its_key(heading: str, key: str) -> None:
    assert key_of(heading) == key


def test_a_column_that_names_itself_and_two_of_one_heading_have_keys_of_their_own() -> None:
    columns = (Column("En 20 s", name="within_threshold"), Column("Veces"), Column("veces"))
    assert column_keys(columns) == ["within_threshold", "veces", "veces_2"]


def lines(*tables: Table) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(as_program_csv(with_tables(*tables)))))


def test_tables_stand_below_one_heading_and_totals_are_told_apart() -> None:
    first, _, totals, text = lines(TABLE, replace(texts("hola"), title="Otra"))
    assert (first["table"], first["row"], first["nivel"], first["texto"]) == ("nivel_por_linea", "row", "81.13", "")
    assert (totals["row"], totals["espera_media"]) == ("totals", "")
    assert (text["table"], text["texto"]) == ("otra", "hola")


@pytest.mark.parametrize("text", ["=1+1", "+591", "-2", "@SUM(A1)", "  =x"])
def test_no_text_of_a_caller_becomes_a_formula_in_a_file_for_programs(text: str) -> None:
    assert lines(texts(text))[0]["texto"] == f"'{text}"


def test_a_negative_number_is_no_text() -> None:
    assert lines(TABLE)[0]["saldo"] == "-1234.50"
