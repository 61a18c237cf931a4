"""What is read out of files as people export them, and what is refused."""

import io
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import psutil
import pytest
import xlsxwriter

from backoffice.extracts.extract import ReadingTerms, read, understood
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.uploads import MEGABYTE, ExtractLimits, Upload
from backoffice.extracts.prepaid_report import PREPAID_REPORT, read_prepaid_report
from tests.backoffice.extracts.made_files import (
    ANA,
    DECEMBER,
    HEADINGS,
    LUIS,
    archive,
    errors,
    listed,
    names,
    open_document,
    page,
    taken,
    text_file,
    workbook,
)

BOTH = ["ANA MAMANI", "LUIS ÑÁÑEZ"]
# No library that is still kept writes this form, so the file is a kept one.
OLD_WORKBOOK = Path(__file__).with_name("smartflex.xls")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_a_text_file_of_any_separator_and_letters(separator: str, encoding: str) -> None:
    assert names(text_file(HEADINGS, ANA, LUIS, separator=separator, encoding=encoding)) == BOTH


def test_separators_within_quotation_marks_and_decimal_commas_separate_nothing() -> None:
    text = (
        'Código;Nombre;Teléfono;Servicio;Vencimiento;Monto\n1;"MAMANI; ANA";70712345;INTERNET;31/12/2026;"1.234,50"\n'
    )
    assert names(text.encode()) == ["MAMANI; ANA"]


def test_the_separator_that_excel_writes_into_the_first_line_is_believed() -> None:
    assert names(b"sep=|\r\n" + text_file(HEADINGS, ANA, LUIS, separator="|")) == BOTH


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_of_any_end_and_rows_of_several_lines(end: str) -> None:
    text = end.join([";".join(HEADINGS), '1;2;"ANA\nMAMANI";70712345;INTERNET;31/12/2026', ";".join(LUIS)])
    assert names(text.encode()) == BOTH


def test_a_formula_in_a_text_file_is_text() -> None:
    assert names(text_file(HEADINGS, ("1", "2", "=1+1", *ANA[3:]))) == ["=1+1"]


def test_a_workbook_with_cells_of_numbers_and_days() -> None:
    ana = (100001, 2000001, "ANA MAMANI", 70712345, "INTERNET", date(2026, 12, 31))
    rows = taken(listed(workbook(Hoja1=[HEADINGS, ana, LUIS])))
    assert [(row.customer_code, row.contract, row.telephones[0].digits, row.expires_on) for row in rows] == [
        ("100001", "2000001", "70712345", date(2026, 12, 31)),
        ("100002", "2000002", "44251234", date(2026, 12, 31)),
    ]


def test_title_rows_blank_rows_and_totals_are_no_customers() -> None:
    title, total = ("REPORTE DE PREPAGOS",), ("TOTAL", "", "", "", "", "")
    rows = [title, (), ("", " ", ""), HEADINGS, ANA, (), LUIS, ("", "", "", ""), total]
    assert names(workbook(Hoja1=rows)) == BOTH
    assert names(text_file(*rows)) == BOTH
    assert names(page(*rows)) == BOTH


def test_rows_have_the_numbers_of_the_spreadsheet() -> None:
    wrong = (*ANA[:4], "AGUA", ANA[5])
    rows = [("REPORTE",), (), HEADINGS, ANA, (), wrong]
    for content in (workbook(Hoja1=rows), text_file(*rows), page(*rows)):
        assert [error.number for error in errors(listed(content))] == [6]


def test_a_list_that_does_not_begin_in_the_first_cell() -> None:
    rows = [(), (), *(("", "", *row) for row in (HEADINGS, ANA))]
    assert [row.number for row in taken(listed(workbook(Hoja1=rows)))] == [4]


def test_merged_cells_hold_for_every_row_and_column_of_theirs() -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.merge_range("A1:F1", "REPORTE DE CLIENTES PREPAGO")
    for number, row in enumerate([HEADINGS, ANA, (*ANA[:4], "TV CABLE", ANA[5])], start=1):
        sheet.write_row(number, 0, row)
    for column in range(4):
        sheet.merge_range(2, column, 3, column, ANA[column])
    book.close()
    rows = taken(listed(made.getvalue()))
    assert [(row.number, row.name, row.service.value) for row in rows] == [
        (3, "ANA MAMANI", "internet"),
        (4, "ANA MAMANI", "cable_tv"),
    ]
    assert rows[0].customer == rows[1].customer


def test_a_formula_in_a_workbook_counts_as_what_it_was_last() -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, ANA)
    sheet.write_formula(1, 2, '=CONCATENATE("LUIS"," ÑÁÑEZ")', value="LUIS ÑÁÑEZ")
    book.close()
    assert names(made.getvalue()) == ["LUIS ÑÁÑEZ"]


def test_the_first_sheet_with_all_columns_is_read() -> None:
    rows = [HEADINGS, ANA]
    assert names(workbook(Portada=[("COMTECO",)], Vacía=[], Resumen=[("Servicio", "Teléfono")], Datos=rows)) == [
        BOTH[0]
    ]


def test_a_hidden_sheet_is_not_read() -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    for name, row in (("oculta", LUIS), ("vista", ANA)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, row)
        if name == "oculta":
            sheet.hide()
        else:
            sheet.activate()
            sheet.set_first_sheet()
    book.close()
    assert names(made.getvalue()) == ["ANA MAMANI"]


def test_an_old_workbook_is_read() -> None:
    rows = taken(read_prepaid_report(Upload("viejo.xls", OLD_WORKBOOK), DECEMBER, ReadingTerms()))
    assert [(row.number, row.name, row.expires_on) for row in rows] == [
        (2, "MARÍA ÑÁÑEZ", date(2026, 12, 31)),
        (3, "JUAN PÉREZ", date(2026, 12, 31)),
    ]


def test_a_workbook_of_libreoffice_is_read() -> None:
    assert names(open_document(HEADINGS, ANA, LUIS)) == BOTH


def test_a_page_that_was_saved_as_a_workbook_is_read() -> None:
    assert names(page(HEADINGS, ANA, LUIS)) == BOTH
    assert names("\ufeff<!-- export --><TABLE>".encode() + page(HEADINGS, ANA, LUIS)) == BOTH
    assert names(page(HEADINGS, ANA, LUIS).decode().encode("cp1252")) == BOTH


def test_comments_that_no_table_follows_are_soon_read() -> None:
    assert "fila de títulos" in refusal(b"<!-- -->" * 5000 + b"nada")


def test_cells_of_a_page_over_several_columns_and_rows() -> None:
    text = (
        "<table><tr><th colspan=7>PREPAGOS &amp; OTROS</th></tr>"
        "<tr><th>Código<th>Nombre<th colspan=2>Teléfonos<th>Servicio<th>Vencimiento</tr>"
        "<tr><td rowspan=2>1<td rowspan=2>ANA<td>70712345<td>4251234<br>71712345<td>INTERNET<td>31/12/2026</tr>"
        "<tr><td>70712345<td><td>TV&nbsp;CABLE<td>31/12/2026</tr></table>"
    )
    rows = taken(listed(text.encode()))
    assert [[each.digits for each in row.telephones] for row in rows] == [
        ["70712345", "44251234", "71712345"],
        ["70712345"],
    ]
    assert [(row.customer_code, row.service.value) for row in rows] == [("1", "internet"), ("1", "cable_tv")]


def refusal(content: bytes, limits: ExtractLimits | None = None) -> str:
    """Why a file is not read: one sentence or two, in Spanish."""
    with pytest.raises(ExtractRefused) as refused:
        listed(content, ReadingTerms(limits=limits or ExtractLimits()))
    said = str(refused.value)
    assert said.endswith(".") and "\n" not in said
    return said


NOISE = random.Random(1).randbytes(5000)


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (b"", "El archivo está vacío"),
        (b"\xef\xbb\xbf\r\n \r\n", "El archivo está vacío"),
        (b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n" * 20, "El archivo no es una lista"),
        (b"\x89PNG\r\n\x1a\n" + NOISE, "El archivo no es una lista"),
        (NOISE, "El archivo no es una lista"),
        (b"{\\rtf1\\ansi Lista}", "El archivo no es una lista"),
        (b"PK\x03\x04" + NOISE, "El libro está dañado"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, "El libro está dañado"),
        (OLD_WORKBOOK.read_bytes()[:3000], "El libro está dañado"),
        (archive(**{"lista.csv": "Código;Nombre"}), "El archivo comprimido no es un libro"),
        (archive(**{"[Content_Types].xml": "<Types/>"}), "El libro está dañado"),
        (workbook(Hoja1=[]), "El archivo no tiene ninguna fila"),
        (workbook(Hoja1=[HEADINGS]), "La lista tiene títulos y ninguna fila"),
        (text_file(HEADINGS), "La lista tiene títulos y ninguna fila"),
        (text_file(HEADINGS, ("", "", "")), "La lista tiene títulos y ninguna fila"),
        (b"<html><body>Su sesi\xf3n ha expirado</body></html>", "El archivo no tiene ninguna fila"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "El archivo es una hoja",
        ),
        (b"Estimada supervisora:\nadjunto la lista.\n", "No se encontró la fila de títulos"),
        (b"\x00\x01\x02\x03" * 200, "El archivo no es una lista"),
        (b"x" * 200_000, "La fila 1 del archivo es demasiado larga"),
        (text_file(HEADINGS, ANA) + b";" * 2_000_000, "La fila 3 del archivo es demasiado larga"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_is_refused_in_a_sentence(content: bytes, begins: str) -> None:
    assert refusal(content).startswith(begins)


def test_a_truncated_workbook_is_refused() -> None:
    whole = workbook(Hoja1=[HEADINGS, *([ANA] * 500)])
    for part in (len(whole) // 4, len(whole) // 2, len(whole) - 30):
        assert refusal(whole[:part]).startswith("El libro está dañado")


def test_a_workbook_with_a_password_is_refused() -> None:
    container = bytearray(OLD_WORKBOOK.read_bytes())
    named = container.index("Workbook".encode("utf-16-le"))
    container[named : named + 34] = "EncryptedPackage\0".encode("utf-16-le")
    container[named + 64] = 34
    assert refusal(bytes(container)).startswith("El libro tiene contraseña")


def test_a_quotation_mark_that_nobody_closed_is_named_with_its_row() -> None:
    assert "En la fila 2 se abre una comilla" in refusal(text_file(HEADINGS, ("1", '"ANA'), ANA, LUIS))
    many = text_file(HEADINGS, ANA, ("1", '"ANA'), *([LUIS] * 9000))
    assert "En la fila 3 se abre una comilla" in refusal(many)


def both_limits(said: str) -> bool:
    return "50 MB" in said and "500.000 filas" in said


def test_a_file_of_200_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "grande.csv"
    with large.open("wb") as file:
        file.truncate(200 * MEGABYTE)
    with pytest.raises(ExtractRefused) as refused:
        understood(Upload("grande.csv", large), PREPAID_REPORT, ReadingTerms())
    assert both_limits(str(refused.value)) and "200 MB" in str(refused.value)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = archive(**{"[Content_Types].xml": "<Types/>", "xl/worksheets/sheet1.xml": "0" * (60 * MEGABYTE)})
    assert len(bomb) < MEGABYTE
    assert both_limits(refusal(bomb))


def with_part(content: bytes, name: str, part: Callable[[bytes], bytes], size: int | None = None) -> bytes:
    """A workbook with one part changed; `size`: what the table of contents says of it instead of the truth."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as parts, ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        for each in parts.infolist():
            before = parts.read(each)
            packed.writestr(each.filename, part(before) if each.filename == name else before)
        if size is not None:
            packed.getinfo(name).file_size = size
    return made.getvalue()


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    strings = b"<si><t>" + b"x" * 1000 + b"</t></si>"
    honest = workbook(Hoja1=[HEADINGS, ANA])
    large = with_part(
        honest, "xl/sharedStrings.xml", lambda was: was.replace(b"<si>", strings * 60_000 + b"<si>", 1), 9
    )
    assert refusal(large)


def test_one_cell_in_the_last_row_and_column_does_not_end_our_process() -> None:
    honest = workbook(Hoja1=[HEADINGS, ANA])
    spread = with_part(honest, "xl/worksheets/sheet1.xml", lambda was: was.replace(b'"F2"', b'"XFD1048576"'))
    said = refusal(spread)
    assert both_limits(said) and said.startswith("El libro es demasiado grande")


@pytest.mark.parametrize("made", [text_file(HEADINGS, *[ANA] * 4), workbook(Hoja1=[HEADINGS, *[ANA] * 4])])
def test_more_rows_than_are_read_are_refused(made: bytes) -> None:
    assert "máximo 50 MB (sin comprimir) y 3 filas" in refusal(made, ExtractLimits(most_rows=3))
    assert len(listed(made, ReadingTerms(limits=ExtractLimits(most_rows=4)))) == 4


def open_files() -> set[tuple[str, str]]:
    """The descriptors of this process and what they are of; the listing's own is gone by then."""
    found = set[tuple[str, str]]()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add((each.name, str(each.readlink())))
    return found


def test_whoever_stops_reading_leaves_no_process_and_no_file_open() -> None:
    """What others had open may be closed meanwhile."""
    before, children = open_files(), set(psutil.Process().children())
    rows = read(Upload("x", workbook(Hoja1=[HEADINGS, *[ANA] * 5000])), PREPAID_REPORT, ReadingTerms())
    next(rows)
    assert open_files() - before
    rows.close()
    assert open_files() - before == set()
    assert set(psutil.Process().children()) <= children
