"""Files as people export them, made by the tests: workbooks, text files, pages; and how a list of theirs is read."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

from backoffice.extracts.cells.problems import RowError
from backoffice.extracts.extract import ReadingTerms
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.prepaid_report import PrepaidItem, PrepaidRow, read_prepaid_report
from backoffice.extracts.rows import DateSpan

DECEMBER = DateSpan(date(2026, 12, 1), date(2026, 12, 31))
HEADINGS = ("Código", "Contrato", "Nombre", "Teléfono", "Servicio", "Vencimiento")
ANA = ("100001", "2000001", "ANA MAMANI", "70712345", "INTERNET", "31/12/2026")
LUIS = ("100002", "2000002", "LUIS ÑÁÑEZ", "4251234", "TV CABLE", "31/12/2026")
_OPEN_DOCUMENT = ("office", "table", "text")
Rows = Iterable[Sequence[Any]]


def text_file(*rows: Sequence[str], separator: str = ";", encoding: str = "utf-8") -> bytes:
    """A text file, without quotation marks."""
    return "".join(separator.join(row) + "\r\n" for row in rows).encode(encoding)


def workbook(**named: Rows) -> bytes:
    """A workbook with these sheets. Days are cells of days."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for title, rows in named.items():
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date | datetime):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)
    book.close()
    return made.getvalue()


def archive(**parts: str) -> bytes:
    """A compressed file with these parts."""
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return made.getvalue()


def page(*rows: Sequence[str]) -> bytes:
    """A page with a table, as programs save it under the name of a workbook."""
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    table = "".join(f"<tr>{row}</tr>\n" for row in cells)
    return f"<html><head><style>td {{ color: black }}</style></head><body><table>{table}</table></body></html>".encode()


def open_document(*rows: Sequence[str]) -> bytes:
    """A workbook of LibreOffice, with the least that makes one."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = ("".join(cell.format(text) for text in row) for row in rows)
    table = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _OPEN_DOCUMENT)
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="Hoja1">{table}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return archive(**{"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": "<manifest/>"})


def listed(content: bytes, terms: ReadingTerms | None = None, expiring: DateSpan = DECEMBER) -> list[PrepaidItem]:
    """The whole report in a file."""
    return list(read_prepaid_report(Upload("reporte", content), expiring, terms or ReadingTerms()))


def taken(items: Iterable[PrepaidItem]) -> list[PrepaidRow]:
    return [item for item in items if isinstance(item, PrepaidRow)]


def errors(items: Iterable[PrepaidItem]) -> list[RowError]:
    return [item for item in items if isinstance(item, RowError)]


def names(content: bytes, terms: ReadingTerms | None = None) -> list[str]:
    """Whom a file lists; nothing else may be in it."""
    items = listed(content, terms)
    assert errors(items) == []
    return [row.name for row in taken(items)]
