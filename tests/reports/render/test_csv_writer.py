"""CSV as a spreadsheet of Bolivia reads it: numbers that are numbers, and texts that calculate nothing."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from reports.render.csv_writer import write_csv
from reports.render.document import ReportDocument, Table
from tests.reports.render.made_documents import COLUMNS, DOCUMENT, ROW, TABLE, rendered, texts, with_tables


def read(document: ReportDocument) -> list[list[str]]:
    return list(csv.reader(io.StringIO(rendered(write_csv, document).decode("utf-8-sig"), newline=""), delimiter=";"))


def test_values_are_written_as_excel_reads_them_where_the_decimal_sign_is_a_comma() -> None:
    headings, row, unknown, totals = read(DOCUMENT)
    assert headings[4:] == ["Saldo (Bs)", "Vence", "Última llamada"]
    assert row[:4] == ["Guía, señas y ñandúes", "60000", "81,13%", "26:00:05"]
    assert row[4:] == ["-1234,50", "31/12/2026", "30/11/2026 23:59:30"]
    assert unknown == ["Nadie", "0", "sin datos", "", "", "", ""]
    assert totals == ["Total", "60000", "81,13%", "", "-1234,50", "", ""]


def test_the_file_says_that_it_is_utf_8_and_its_lines_end_as_windows_wants() -> None:
    data = rendered(write_csv)
    assert data.startswith(b"\xef\xbb\xbfServicio;") and data.count(b"\xef\xbb\xbf") == 1
    assert data.count(b"\r\n") == data.count(b"\n") == 4


def test_several_tables_stand_below_one_another_under_their_titles() -> None:
    lines = read(with_tables(TABLE, Table("Otra", COLUMNS, [ROW])))
    assert [line[0] if line else "" for line in lines] == [
        *("Nivel por línea", "Servicio", "Guía, señas y ñandúes", "Nadie", "Total", ""),
        *("Otra", "Servicio", "Guía, señas y ñandúes"),
    ]


@given(st.lists(st.text(alphabet=st.sampled_from("=+-@＝ \t\r\n;\"'a1")) | st.text(), min_size=1))
def test_no_text_is_taken_for_a_formula_or_for_more_than_one_cell(values: list[str]) -> None:
    lines = read(with_tables(texts(*values)))
    assert [len(line) for line in lines if line] == [1] * sum(1 for line in lines if line)
    assert not [line[0] for line in lines if line and line[0].lstrip().startswith(tuple("=+-@＝＋－＠"))]


def test_a_negative_amount_is_a_number_and_a_text_that_looks_like_one_is_marked() -> None:
    assert read(DOCUMENT)[1][4] == "-1234,50"
    assert read(with_tables(texts("-1234,50", "+591 4 4200224"))) == [["Texto"], ["'-1234,50"], ["'+591 4 4200224"]]
