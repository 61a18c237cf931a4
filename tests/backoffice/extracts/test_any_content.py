"""Whatever is in a file or a cell, it is read or refused; nothing else is raised."""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backoffice.extracts.cells.problems import RowError, UnreadableCell
from backoffice.extracts.cells.telephones import TelephoneProblem, read_telephones
from backoffice.extracts.cells.values import bare, read_cell
from backoffice.extracts.extract import ReadingTerms
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.headers import find_header
from backoffice.extracts.kinds import FieldType
from backoffice.extracts.prepaid_report import PREPAID_REPORT, read_prepaid_report
from backoffice.extracts.rows import RowReader
from tests.backoffice.extracts.made_files import ANA, DECEMBER, HEADINGS, LUIS, page, text_file, workbook

OLD_WORKBOOK = Path(__file__).with_name("smartflex.xls").read_bytes()
WORKBOOK = workbook(Hoja1=[("TÍTULO",), HEADINGS, ANA, LUIS])
TEXT, PAGE = text_file(HEADINGS, ANA, LUIS), page(HEADINGS, ANA, LUIS)

LIKE_DAYS = st.from_regex(r"[0-9]{1,2}.[0-9]{1,4}.[0-9]{1,4}")
WRITTEN = st.text(max_size=60) | st.text("0123456789/.,-:; E+()yBs", max_size=30) | LIKE_DAYS
NUMBERS = st.floats() | st.integers() | st.booleans() | st.none()
CELLS = WRITTEN | NUMBERS | st.dates() | st.datetimes()


def read_whole(content: bytes) -> None:
    """Errors are what they should be: printable and short, with a remedy."""
    with suppress(ExtractRefused):
        for item in read_prepaid_report(Upload("x", content), DECEMBER, ReadingTerms()):
            if isinstance(item, RowError):
                assert item.value.isprintable() and len(item.value) <= 40
                assert item.wrong and item.remedy and item.number > 0


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with some of its bytes changed, and perhaps cut off."""
    changed = bytearray(whole)
    places = st.integers(0, len(whole) - 1)
    for place, byte in draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=20)):
        changed[place] = byte
    return bytes(changed[: draw(st.none() | places)])


@given(st.binary(max_size=3000) | damaged(TEXT) | damaged(PAGE))
@example(b"<html><table><tr><td>x</td></tr><![foo[ x ]]></table>")
@example(b"<table><tr><td rowspan=9999999999 colspan=-1>x<td colspan=100>y")
@example(b'sep=;\n"')
@example(b'sep="\n"')
@example(b"sep=\r\nx")
@example(b"sep=a\nbab\nbab")
@example(b"\xff\xfea")
@example(b"a\x00b\x00\xff")
def test_any_bytes(content: bytes) -> None:
    read_whole(content)


@pytest.mark.slow
@settings(max_examples=15)
@given(damaged(WORKBOOK) | damaged(OLD_WORKBOOK) | st.binary(max_size=500).map(lambda rest: b"PK\x03\x04" + rest))
def test_any_workbook(content: bytes) -> None:
    read_whole(content)


@given(CELLS, st.sampled_from([each for each in FieldType if each is not FieldType.TELEPHONES]))
@example("9" * 5000, FieldType.DATE)
@example("²/²/2026", FieldType.DATE)
@example(datetime(1, 1, 1), FieldType.DATE)  # noqa: DTZ001 - as a workbook has it
def test_any_cell(cell: str | float | date | None, field_type: FieldType) -> None:
    seen = bare(cell)
    if seen is not None:
        with suppress(UnreadableCell):
            read_cell(seen, field_type)


@pytest.mark.slow
@given(CELLS)
def test_any_cell_of_telephones(cell: str | float | date | None) -> None:
    for found in read_telephones(cell, "4"):
        assert not isinstance(found, TelephoneProblem) or (found.wrong and found.remedy)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(st.lists(CELLS, max_size=8), max_size=30))
def test_any_rows(rows: list[list[str | float | date | None]]) -> None:
    header = find_header("", [list(HEADINGS)], PREPAID_REPORT, ())
    assert header is not None
    reader = RowReader(PREPAID_REPORT, header, {"expires_on": DECEMBER})
    for number, row in enumerate(rows, start=2):
        assert all(item.number == number for item in reader.read(number, row))
    find_header("", rows, PREPAID_REPORT, ())
