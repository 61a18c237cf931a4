"""A report into files, each in the form that the ending of its name says."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from reports.render.csv_writer import write_csv
from reports.render.document import ReportDocument
from reports.render.pdf.writer import write_pdf
from reports.render.xlsx_writer import write_xlsx

Writer = Callable[[ReportDocument, BinaryIO], None]
WRITERS: Mapping[str, Writer] = {".csv": write_csv, ".pdf": write_pdf, ".xlsx": write_xlsx}


class UnknownForm(ValueError):
    """The ending of a file's name is that of no form that reports have."""


def writer_of(path: Path) -> Writer:
    """What writes a file of this name. Raises UnknownForm."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UnknownForm(f"{path}: a report is written as {', '.join(WRITERS)}: end the name of the file so")
    return writer


def write_file(document: ReportDocument, path: Path) -> None:
    """Write the document; an older file of this name is replaced only once the new one is whole.

    Raises UnknownForm, and OSError where it cannot be written.
    """
    write, fresh = writer_of(path), path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as out:
            write(document, out)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
