"""A PDF read again: its text, its pages, what it says of itself, and that fonts are in it."""

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Series, Table, ValueKind
from reports.render.pdf.tables import MOST_ROWS
from reports.render.pdf.writer import write_pdf
from tests.reports.render.made_documents import BARS, COLUMNS, DOCUMENT, LINES, ROW, rendered, texts, with_tables


def pdf(document: ReportDocument = DOCUMENT) -> PdfReader:
    return PdfReader(io.BytesIO(rendered(write_pdf, document)))


def words(document: ReportDocument = DOCUMENT) -> str:
    """All its text, blanks as one."""
    return " ".join(" ".join(page.extract_text() for page in pdf(document).pages).split())


def numbers(length: int) -> Table:
    """A table with so many rows and a total."""
    columns = (Column("Número", ValueKind.WHOLE), Column("Nombre"))
    return Table("Larga", columns, [(each, "José") for each in range(length)], (length, "Total"))


def test_the_document_is_read_in_spanish() -> None:
    text = words()
    for said in (
        *("Nivel de servicio", "Noviembre de 2026", "Centro de Atención", "Elaborado el 30/11/2026 14:23. Fórmula A"),
        *("81,13 %", "aceptado", "1 min 23 s", "Bs 1.234,50", "sin datos"),
        *("Guía, señas y ñandúes", "60.000", "26:00:05", "-1.234,50", "31/12/2026", "30/11/2026 23:59", "Saldo (Bs)"),
        *("Nivel: en 20 s.", "Las atendidas por el IVR se cuentan aparte.", "Meta 80 %", "79,99 %"),
    ):
        assert said in text, said


def test_a_long_table_has_its_headings_on_each_page_and_pages_are_counted() -> None:
    pages = pdf(with_tables(numbers(200))).pages
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        text = " ".join(page.extract_text().split())
        assert "Número Nombre" in text
        assert f"Página {number} de {len(pages)}" in text


def test_what_is_too_long_for_paper_is_cut_and_says_where_the_rest_is() -> None:
    text = words(with_tables(numbers(MOST_ROWS + 5)))
    assert "Se imprimen las primeras 1.000 de 1.005 filas; la tabla completa está en la planilla (XLSX)" in text
    assert "999 José" in text and "1.000 José" not in text and "1.005 Total" in text
    assert "planilla" not in words(with_tables(numbers(MOST_ROWS)))


def test_it_names_itself_and_the_moment_of_the_report() -> None:
    about = pdf().metadata
    assert about is not None
    assert (about.title, about.subject, about.author) == (
        "Nivel de servicio",
        "Noviembre de 2026",
        "Centro de Atención",
    )
    assert about.creation_date == datetime(2026, 11, 30, 14, 23, tzinfo=timezone(-timedelta(hours=4)))


def test_the_same_document_becomes_the_same_bytes() -> None:
    assert rendered(write_pdf) == rendered(write_pdf)


def test_every_text_is_in_a_font_that_is_in_the_file() -> None:
    fonts: dict[str, bool] = {}

    def look(text: str, _user: Any, _text: Any, font: dict[str, Any] | None, _size: float) -> None:
        if text.strip() and font is not None:
            fonts[font["/BaseFont"]] = "/FontFile2" in font["/FontDescriptor"]

    for page in pdf().pages:
        page.extract_text(visitor_text=look)
    assert fonts == {"/AAAAAA+BitstreamVeraSans-Roman": True, "/AAAAAA+BitstreamVeraSans-Bold": True}


def test_pages_are_of_letter_size_and_lie_only_where_a_table_is_too_wide() -> None:
    upright, lying = (pdf(document).pages[0].mediabox for document in (DOCUMENT, with_tables(wide())))
    assert (round(upright.width), round(upright.height)) == (612, 792)
    assert (round(lying.width), round(lying.height)) == (792, 612)


def wide() -> Table:
    """A table that no upright page has room for."""
    columns = (*COLUMNS, *COLUMNS[1:], *COLUMNS[1:3])
    return Table("Ancha", columns, [(*ROW, *ROW[1:], *ROW[1:3])])


def test_a_table_that_no_page_has_room_for_goes_on_below_and_breaks_no_figure() -> None:
    columns, row = (COLUMNS[0], *COLUMNS[1:] * 5), (ROW[0], *tuple(ROW[1:]) * 5)
    text = words(with_tables(Table("Muy ancha", columns, [row])))
    assert [text.count(each) for each in ("81,13 %", "-1.234,50", "30/11/2026 23:59")] == [6, 5, 5]
    assert text.count("Guía, señas y ñandúes") == text.count("Servicio") == 3


@pytest.mark.parametrize("figures", range(10))
def test_any_number_of_key_figures_finds_room(figures: int) -> None:
    some = tuple(KeyFigure(f"Cifra {each}", ValueKind.WHOLE, each) for each in range(figures))
    assert words(replace(DOCUMENT, key_figures=some, body=())).count("Cifra") == figures


@pytest.mark.parametrize(
    "text", ["<b>x</b> & <img src='http://example.com/x.png'/>", "ñ" * 5_000, "palabras " * 600, "\x1b[31m\u202e", ""]
)
def test_any_text_is_a_text_and_finds_room(text: str) -> None:
    assert len(pdf(with_tables(texts(text, "siguiente"))).pages) == 1


def test_markup_in_a_name_is_printed_as_it_is() -> None:
    assert "<b>x</b> & y" in words(with_tables(texts("<b>x</b> & y")))


def test_a_large_amount_stands_in_one_line() -> None:
    figures = tuple(KeyFigure("Saldo", ValueKind.MONEY, Decimal("123456789012.34")) for _ in range(4))
    assert (
        words(replace(DOCUMENT, key_figures=figures)).replace("\N{NO-BREAK SPACE}", " ").count("Bs 123.456.789.012,34")
        == 4
    )


ONES = Series("Llamadas", (1,) * 30)


@pytest.mark.parametrize("chart", [BARS, LINES], ids=["bars", "lines"])
def test_a_chart_without_any_value_is_drawn(chart: Chart) -> None:
    empty = replace(chart, series=tuple(Series(each.name, (None,) * 3) for each in chart.series))
    text = words(replace(DOCUMENT, body=(empty,), key_figures=()))
    assert chart.title in text and chart.labels[0] in text and "sin datos" in text


def test_bars_whose_names_find_no_room_side_by_side_lie_and_keep_them_all() -> None:
    labels = tuple(f"Agente {each:03} Condori" for each in range(30))
    chart = replace(LINES, form=ChartForm.BARS, labels=labels, series=(ONES,))
    page = pdf(replace(DOCUMENT, body=(chart,))).pages[0].extract_text(extraction_mode="layout")
    assert re.findall(r"Agente \d+ Condori", page) == list(labels), "from above to below"


@pytest.mark.parametrize("form", ChartForm)
def test_more_labels_than_find_room_are_thinned_out(form: ChartForm) -> None:
    labels = tuple(f"Agente {each:03}" for each in range(200))
    text = words(replace(DOCUMENT, body=(replace(LINES, form=form, labels=labels, series=(Series("x", (1,) * 200),)),)))
    assert "Agente 000" in text and 5 < text.count("Agente ") < 40


def test_a_list_to_work_on_is_named_and_makes_no_page_lie() -> None:
    wide = Table("Lista", COLUMNS * 2, [(*ROW, *ROW)], to_work_on=True)
    document = with_tables(wide, texts("corto"))
    assert "Lista (1): la lista está en la planilla (XLSX) de este informe." in words(document)
    assert "ñandúes" not in words(document)
    assert pdf(document).pages[0].mediabox.width < pdf(document).pages[0].mediabox.height
    assert (lies := pdf(with_tables(replace(wide, to_work_on=False))).pages[0].mediabox).width > lies.height
