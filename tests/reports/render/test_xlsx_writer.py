"""A workbook read again: every value of its own type, nothing that calculates, charts that are Excel's."""

import io
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reports.render import xlsx_writer
from reports.render.document import Column, ReportDocument, Table, ValueKind
from reports.render.value_text import plain
from reports.render.xlsx_writer import write_xlsx
from tests.reports.render.made_documents import BARS, DOCUMENT, LINES, TABLE, rendered, texts, with_tables


def book(document: ReportDocument = DOCUMENT) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(rendered(write_xlsx, document)))


def parts(document: ReportDocument = DOCUMENT) -> dict[str, str]:
    """The files in the workbook."""
    with zipfile.ZipFile(io.BytesIO(rendered(write_xlsx, document))) as files:
        return {name: files.read(name).decode("utf-8") for name in files.namelist()}


def test_values_come_out_of_the_workbook_as_what_they_are() -> None:
    headings, row, unknown, totals, *_ = book().get_sheet_by_name("Nivel por línea").to_python()
    assert headings[4:] == ["Saldo (Bs)", "Vence", "Última llamada"]
    assert row[:3] == ["Guía, señas y ñandúes", 60_000, pytest.approx(0.8113)]
    assert row[3:6] == [timedelta(hours=26, seconds=5), -1234.5, date(2026, 12, 31)]
    assert row[6] == datetime(2026, 11, 30, 23, 59, 30)  # noqa: DTZ001
    assert unknown == ["Nadie", 0, "sin datos", "", "", "", ""]
    assert totals[:5] == ["Total", 60_000, pytest.approx(0.8113), "", -1234.5]


def test_the_summary_has_the_key_figures_as_values_and_says_where_they_come_from() -> None:
    summary = {row[0]: row[1:] for row in book().get_sheet_by_name("Resumen").to_python() if row[0]}
    assert list(summary)[:2] == ["Nivel de servicio", "Noviembre de 2026"]
    assert summary["Nivel"] == [pytest.approx(0.8113), "aceptado"]
    assert summary["Espera"][0] == timedelta(seconds=83)
    assert summary["Recaudado"][0] == 1234.5
    assert summary["Repetidas"][0] == "sin datos"
    assert [summary[name][0] for name in ("Centro", "Elaborado", "Regla")] == [
        *("Centro de Atención", "30/11/2026 14:23", "Fórmula A")
    ]


def test_a_sheet_can_be_sorted_and_filtered_without_its_total_and_keeps_its_headings_in_view() -> None:
    sheet = parts()["xl/worksheets/sheet2.xml"]
    assert '<autoFilter ref="A1:G3"/>' in sheet
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet


@pytest.mark.parametrize("text", ["=1+1", "+591 4 4200224", "-5", "@SUM(A1)", " =A1", "＝1+1"])
def test_a_text_that_looks_like_a_formula_stays_a_text_even_when_its_cell_is_edited(text: str) -> None:
    files = parts(with_tables(texts(text)))
    assert "<f>" not in files["xl/worksheets/sheet2.xml"]
    assert 'quotePrefix="1"' in files["xl/styles.xml"]
    assert 'quotePrefix="1"' not in parts(with_tables(texts("Nadie")))["xl/styles.xml"]


def test_a_text_that_xlsxwriter_would_take_for_its_own_markup_stays_a_text() -> None:
    text = "<r></is></c><c r='B9'><f>1+1</f><v>2</v></c><c><is></r>"
    document = with_tables(texts(text))
    assert "<f>" not in parts(document)["xl/worksheets/sheet2.xml"]
    [_, [shown]] = book(document).get_sheet_by_name("Textos").to_python()
    assert str(shown).rstrip() == text


@settings(max_examples=30)
@given(st.lists(st.text(min_size=1), min_size=1))
def test_every_text_comes_out_as_it_went_in(values: list[str]) -> None:
    rows = book(with_tables(texts(*values))).get_sheet_by_name("Textos").to_python(skip_empty_area=False)
    shown = [str(row[0]) if row else "" for row in rows[1:]]
    assert [text.strip() for text in shown] == [plain(text).strip() for text in values][: len(shown)]
    assert not "".join(plain(text) for text in values[len(shown) :]).strip()


def test_a_date_before_excels_calendar_is_a_text() -> None:
    dates = Table("Fechas", (Column("Nació", ValueKind.DATE),), [(date(1899, 12, 31),), (date(1900, 3, 1),)])
    rows = book(with_tables(dates)).get_sheet_by_name("Fechas").to_python()
    assert rows == [["Nació"], ["31/12/1899"], [date(1900, 3, 1)]]


def test_what_no_cell_has_room_for_is_cut_off() -> None:
    [_, [text]] = book(with_tables(texts("ñ" * 40_000))).get_sheet_by_name("Textos").to_python()
    assert (len(str(text)), str(text)[-2:]) == (32_767, "ñ…")


def test_charts_are_native_and_draw_the_values_with_the_target() -> None:
    files = parts()
    bars, lines = files["xl/charts/chart1.xml"], files["xl/charts/chart2.xml"]
    assert "<c:barChart>" in bars and "<c:lineChart>" in bars and "<c:barChart>" not in lines
    assert "Meta 80 %" not in bars and "'Datos de los gráficos'!$C$2" in bars
    assert "<c:v>0.8113</c:v>" in bars, "programs that show without calculating have the values"


def test_what_charts_draw_stands_on_a_sheet() -> None:
    rows = book().get_sheet_by_name("Datos de los gráficos").to_python()
    assert rows[1] == ["", "Nivel", "Meta 80 %"]
    assert rows[2:5] == [["101", pytest.approx(0.8113), 0.8], ["102", "", 0.8], ["103", pytest.approx(0.7999), 0.8]]
    assert book(with_tables(TABLE)).sheet_names == ["Resumen", "Nivel por línea"]


def test_the_same_document_becomes_the_same_bytes() -> None:
    assert rendered(write_xlsx) == rendered(write_xlsx)
    assert "2026-11-30T14:23:00Z" in parts()["docProps/core.xml"]


def test_a_table_without_rows_and_two_of_one_name_are_sheets_all_the_same() -> None:
    empty = Table("Nivel por línea", TABLE.columns, [])
    made = book(with_tables(TABLE, empty))
    assert made.sheet_names == ["Resumen", "Nivel por línea", "Nivel por línea 2"]
    assert len(made.get_sheet_by_name("Nivel por línea 2").to_python()) == 1


def test_a_table_that_no_sheet_has_room_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_writer, "MOST_ROWS", 5)
    with pytest.raises(ValueError, match="has 2 rows"):
        rendered(write_xlsx)


@pytest.mark.slow
def test_a_long_table_takes_hardly_more_memory_than_a_short_one() -> None:
    columns = (Column("Número", ValueKind.WHOLE), Column("Nombre"))
    peaks = []
    for length in (100, 10_000):
        document = with_tables(Table("Larga", columns, [(each, "José Ñuflo") for each in range(length)]))
        tracemalloc.start()
        written = rendered(write_xlsx, document)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert len(written) > 100_000
    assert peaks[1] - peaks[0] < 1_500_000


def test_charts_of_both_forms_take_a_target() -> None:
    both = replace(
        DOCUMENT, body=(BARS, replace(LINES, kind=ValueKind.PERCENT, series=BARS.series, target=BARS.target))
    )
    assert parts(both)["xl/charts/chart2.xml"].count("<c:ser>") == 2
