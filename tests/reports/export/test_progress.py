"""How far a report is: rows are counted as they are written, and said as often as somebody can look."""

import io
from dataclasses import replace

import pytest

from reports.export.progress import READING, ExportProgress, as_line, counted, progress_in
from reports.render.document import Column, ReportDocument, Table
from reports.render.files import WRITERS
from tests.reports.render.made_documents import DOCUMENT, rendered

LONG = Table("Larga", (Column("Texto"),), [(f"fila {number}",) for number in range(3000)])


def told(document: ReportDocument, form: str) -> list[ExportProgress]:
    heard: list[ExportProgress] = []
    WRITERS[form](counted(document, heard.append), io.BytesIO())
    return heard


@pytest.mark.parametrize("form", [".csv", ".xlsx"])
def test_rows_are_counted_while_they_are_written(form: str) -> None:
    heard = told(replace(DOCUMENT, body=(LONG, LONG)), form)
    assert heard[0] == ExportProgress(200, 6000) and heard[-1] == ExportProgress(6000, 6000)
    assert [each.rows for each in heard] == sorted({each.rows for each in heard})
    assert len(heard) <= 100


def test_csv_is_written_row_by_row() -> None:
    """And not after all of them were gathered: the file grows while rows are counted."""
    out = io.BytesIO()
    sizes: list[int] = []
    WRITERS[".csv"](counted(replace(DOCUMENT, body=(LONG,)), lambda _: sizes.append(out.tell())), out)
    assert len(set(sizes)) > 3


@pytest.mark.parametrize("form", WRITERS)
def test_a_document_that_is_counted_is_the_same_file(form: str) -> None:
    document = replace(DOCUMENT, body=(LONG, *DOCUMENT.body))
    assert rendered(WRITERS[form], counted(document, lambda _: None)) == rendered(WRITERS[form], document)


def test_progress_is_a_line_that_is_read_back() -> None:
    for each in (READING, ExportProgress(7, 9)):
        assert progress_in(as_line(each)) == each
    with pytest.raises(ValueError):
        progress_in(b"no\n")
