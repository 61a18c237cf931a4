"""Tables of any length: in both forms for spreadsheets the same cells as a short table of the same rows."""

import csv
import io
import re
import tracemalloc
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reports.export.progress import ExportProgress, counted
from reports.render import xlsx_writer
from reports.render.csv_writer import write_csv
from reports.render.document import Column, LongTable, ReportDocument, Row, Table, ValueKind
from reports.render.files import WRITERS, Writer
from reports.render.xlsx_writer import write_xlsx
from tests.reports.render.made_documents import COLUMNS, DOCUMENT, ROW, UNKNOWN, rendered

_LENGTHS = st.timedeltas(timedelta(0), timedelta(days=3))
_MOMENTS = st.datetimes(datetime(1900, 3, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_TEXTS = st.text(st.sampled_from("=+-@＝ <r>&\"'_x0041;\t\r\n\U0001f600ñA")) | st.text()
_CENTS = st.decimals(-1_000_000, 1_000_000, places=2)
_ROWS = st.tuples(
    *(_TEXTS, st.integers(0, 10_000_000), st.none() | st.decimals(0, 100, places=2), st.none() | _LENGTHS),
    *(st.none() | _CENTS, st.none() | st.dates(date(1900, 3, 2)), st.none() | _MOMENTS, st.none() | _LENGTHS),
)
ALL_COLUMNS = (*COLUMNS, Column("Exacta", ValueKind.SECONDS, missing="—"))


def long(rows: Sequence[Row], columns: tuple[Column, ...] = ALL_COLUMNS) -> LongTable:
    return LongTable("Larga", columns, lambda: iter(rows), len(rows))


def with_parts(*parts: Table | LongTable) -> ReportDocument:
    return replace(DOCUMENT, body=parts)


def sheets(document: ReportDocument) -> dict[str, str]:
    """The files of the sheets but the summary."""
    with zipfile.ZipFile(io.BytesIO(rendered(write_xlsx, document))) as files:
        names = [name for name in files.namelist() if "worksheets/" in name and not name.endswith("sheet1.xml")]
        return {name: files.read(name).decode("utf-8") for name in names}


def values(document: ReportDocument, sheet: str = "Larga") -> list[list[object]]:
    made = CalamineWorkbook.from_filelike(io.BytesIO(rendered(write_xlsx, document)))
    return [list(row) for row in made.get_sheet_by_name(sheet).to_python()]


def lines(document: ReportDocument) -> list[list[str]]:
    text = rendered(write_csv, document).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@given(st.lists(_ROWS, min_size=1))
def test_in_csv_a_long_table_has_the_texts_of_a_short_one(rows: list[Row]) -> None:
    title, *found = lines(with_parts(long(rows)))
    assert title == ["Larga"]
    assert found == lines(with_parts(Table("Corta", ALL_COLUMNS, rows)))


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(_ROWS, min_size=1))
def test_in_a_workbook_a_long_table_has_the_values_of_a_short_one(rows: list[Row]) -> None:
    document = with_parts(Table("Corta", ALL_COLUMNS, rows), long(rows))
    assert values(document) == values(document, "Corta")


def test_in_a_workbook_a_long_table_looks_like_a_short_one() -> None:
    rows: list[Row] = [(*ROW, timedelta(seconds=2)), (*UNKNOWN, None), (" =1+1", *ROW[1:], None)]
    short, other = sheets(with_parts(Table("Corta", ALL_COLUMNS, rows), long(rows))).values()
    cells = re.compile("<sheetData>.*</sheetData>")
    assert cells.findall(short) == cells.findall(other) != []


def test_dates_that_excel_takes_for_others_are_texts() -> None:
    early = datetime(1900, 2, 28, 12, tzinfo=ZoneInfo("America/La_Paz"))
    columns = (Column("Día", ValueKind.DATE), Column("Momento", ValueKind.MOMENT))
    assert values(with_parts(long([(early.date(), early)], columns)))[1] == ["28/02/1900", "28/02/1900"]


@pytest.mark.parametrize(
    "text", ["=1+1", " @SUM(A1)", "<r></is></c><c r='B9'><f>1+1</f><v>2</v></c><c><is></r>", "_x003D_1+1", "a\x00b\x1b"]
)
def test_a_text_is_neither_a_formula_nor_markup(text: str) -> None:
    table = long([(text,)], (Column("Texto"),))
    (sheet,) = sheets(with_parts(table)).values()
    assert "<f>" not in sheet
    shown = text.replace("\x00", " ").replace("\x1b", " ")
    assert [str(row[0]).strip() for row in values(with_parts(table))] == ["Texto", shown.strip()]


def test_a_text_is_cut_off_where_excel_counts_it_as_too_long() -> None:
    """Excel counts the halves of a letter that is none of UTF-16's first 65,536."""
    _, [letters], [faces] = values(with_parts(long([("ñ" * 40_000,), ("\U0001f600" * 20_000,)], (Column("Texto"),))))
    assert (len(str(letters)), str(letters)[-1]) == (32_767, "…")
    assert len(str(faces).encode("utf-16-le")) // 2 == 32_766


def test_what_no_sheet_has_room_for_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_writer, "MOST_ROWS", 3001)
    columns = (Column("Número", ValueKind.WHOLE), Column("Nombre"))
    document = with_parts(long([(each, str(each)) for each in range(7000)], columns))
    first, last = (values(document, f"Larga {number}") for number in (1, 3))
    assert first[0] == last[0] == ["Número", "Nombre"]
    assert [first[1][0], first[-1][0], last[1][0], last[-1][0]] == [0, 2999, 6000, 6999]
    found = [re.findall(r'<dimension ref="([^"]*)"', sheet) for sheet in sheets(document).values()]
    assert found == [["A1:B3001"], ["A1:B3001"], ["A1:B1001"]]


def test_a_long_table_without_rows_has_its_headings() -> None:
    assert values(with_parts(long([]))) == [[column.title for column in ALL_COLUMNS]]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_row_that_is_longer_than_another_is_refused(write: Writer) -> None:
    with pytest.raises(ValueError):
        rendered(write, with_parts(long([("a",), ("b", "c")], (Column("Texto"),))))


@pytest.mark.parametrize("form", [".csv", ".xlsx"])
def test_its_rows_are_counted_as_they_are_written_and_the_file_grows(form: str) -> None:
    rows: list[Row] = [(f"{number * 7919 % 10_007}",) for number in range(20_000)]
    out, heard, sizes = io.BytesIO(), list[ExportProgress](), set[int]()

    def tell(progress: ExportProgress) -> None:
        heard.append(progress)
        sizes.add(out.tell())

    WRITERS[form](counted(with_parts(long(rows, (Column("Texto"),))), tell), out)
    assert [each.rows for each in heard] == list(range(200, 20_001, 200))
    assert len(sizes) > 3


@pytest.mark.parametrize("form", [".csv", ".xlsx"])
def test_the_same_rows_are_the_same_bytes(form: str) -> None:
    document = replace(DOCUMENT, body=(*DOCUMENT.body, long([(*ROW, timedelta(seconds=2))] * 2500)))
    assert rendered(WRITERS[form], document) == rendered(WRITERS[form], document)


@pytest.mark.slow
@pytest.mark.parametrize("form", [".csv", ".xlsx"])
def test_it_takes_hardly_more_memory_than_a_short_one(form: str, tmp_path: Path) -> None:
    peaks = []
    for length in (5_000, 30_000):
        tracemalloc.start()
        with (tmp_path / f"{length}{form}").open("wb") as out:
            WRITERS[form](with_parts(_numbered(length)), out)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 500_000


def _numbered(length: int) -> LongTable:
    columns = (Column("Nombre"), Column("Espera", ValueKind.SECONDS), Column("Saldo", ValueKind.MONEY))
    return LongTable(
        "Larga", columns, lambda: ((f"José {n}", timedelta(seconds=n), Decimal(n)) for n in range(length)), length
    )
