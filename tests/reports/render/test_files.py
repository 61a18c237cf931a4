"""Files of a report: their form by their name, and never half of one."""

from pathlib import Path

import pytest

from reports.render.document import Table
from reports.render.files import UnknownForm, write_file
from tests.reports.render.made_documents import DOCUMENT, TABLE, with_tables


@pytest.mark.parametrize(("name", "beginning"), [("a.PDF", b"%PDF-"), ("a.xlsx", b"PK"), ("a.csv", b"\xef\xbb\xbf")])
def test_the_ending_of_the_name_says_the_form(tmp_path: Path, name: str, beginning: bytes) -> None:
    write_file(DOCUMENT, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(beginning)
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_a_name_that_says_no_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownForm, match=r"\.csv, \.pdf, \.xlsx"):
        write_file(DOCUMENT, tmp_path / "informe.doc")


def test_a_report_that_cannot_be_written_leaves_the_older_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "informe.xlsx"
    older.write_bytes(b"older")
    monkeypatch.setattr("reports.render.xlsx_writer.MOST_ROWS", 1)
    with pytest.raises(ValueError, match="a sheet has room"):
        write_file(with_tables(Table("T", TABLE.columns, [])), older)
    assert (older.read_bytes(), list(tmp_path.iterdir())) == (b"older", [older])
