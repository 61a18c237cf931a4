"""Sheets of cells out of an upload of any form: what it is, its first bytes say, whatever its name.

A sheet's rows flow: whoever goes on to the next sheet has the rest of the last one read over.
"""

from collections.abc import Generator

from backoffice.extracts.files import delimited, html_table, workbook
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.sheets import Sheet
from backoffice.extracts.files.text_encoding import encoding_of
from backoffice.extracts.files.uploads import ExtractLimits, Upload

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNING = 64 * 1024
_EMPTY = "El archivo está vacío: vuelva a exportar la lista y súbala."
_NO_TABLE = (
    "El archivo no es una lista: exporte el reporte como Excel (.xlsx) o como CSV y suba ese archivo, "
    "no un PDF, una imagen ni un documento."
)
_XML = (
    "El archivo es una hoja de cálculo XML de 2003: ábralo en Excel o LibreOffice, guárdelo como "
    "«Libro de Excel (.xlsx)» y suba ese archivo."
)


def sheets(upload: Upload, limits: ExtractLimits) -> Generator[Sheet, None, None]:
    """The sheets that people see, in their order; a text file is one. Raises ExtractRefused, also on the way."""
    limits.refuse_bytes(upload.size)
    beginning = upload.beginning(_BEGINNING)
    if not beginning:
        raise ExtractRefused(_EMPTY)
    if beginning.startswith((_ZIP, _OLE)):
        yield from workbook.sheets(upload, limits)
    else:
        yield from _text_sheets(upload, beginning)


def _text_sheets(upload: Upload, beginning: bytes) -> Generator[Sheet, None, None]:
    encoding = encoding_of(upload, beginning)
    text = beginning.decode(encoding, errors="replace") if encoding else ""
    if not encoding or not text.strip("\ufeff \t\r\n"):
        raise ExtractRefused(_EMPTY if encoding else _NO_TABLE)
    head = text[:2000].lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise ExtractRefused(_XML)
    if html_table.is_html(text):
        yield from html_table.sheets(upload, encoding)
    else:
        yield from delimited.sheets(upload, encoding)
