"""What becomes of the rows of a list: values, errors, repeated ones."""

from datetime import date
from decimal import Decimal

import pytest

from backoffice.extracts.cells.problems import RowError
from backoffice.extracts.extract import ReadingTerms, RepeatedRow
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.payments import PaymentRow, read_payments
from backoffice.extracts.prepaid_report import PrepaidRow
from backoffice.extracts.rows import DateSpan, TotalsRow
from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customers import ProductKind
from callcenter.numbers import Number, NumberKind
from tests.backoffice.extracts.made_files import ANA, HEADINGS, LUIS, errors, listed, taken, text_file, workbook

DAY = date(2026, 12, 28)
WHOLE = (*HEADINGS, "Teléfono 2", "Monto", "CI", "Segmento")


def with_change(row: tuple[str, ...], **changes: str) -> tuple[str, ...]:
    """A row with other cells: `code`, `contract`, `name`, `telephone`, `service`, `expires`."""
    named = dict(zip(("code", "contract", "name", "telephone", "service", "expires"), row, strict=True))
    return tuple({**named, **changes}.values())


def only_error(*rows: tuple[str, ...]) -> RowError:
    (error,) = errors(listed(text_file(HEADINGS, *rows, ANA)))
    return error


def test_a_whole_row() -> None:
    row = with_change(ANA, telephone="4251234", service="TV CABLE")
    (item,) = listed(text_file(WHOLE, (*row, "70712345/4251234", "Bs 150,50", "123 CB", "VIP")))
    assert item == PrepaidRow(
        number=2,
        customer="customer_code:100001",
        customer_code="100001",
        contract="2000001",
        name="ANA MAMANI",
        telephones=(Number("44251234", NumberKind.FIXED), Number("70712345", NumberKind.MOBILE)),
        service=ProductKind.CABLE_TV,
        expires_on=date(2026, 12, 31),
        amount=Decimal("150.50"),
        document=IdentityCard("123", issued="CB"),
        segment="VIP",
    )


@pytest.mark.parametrize(
    ("changes", "column", "wrong"),
    [
        ({"telephone": ""}, "Teléfono", "falta el dato"),
        ({"telephone": "S/N"}, "Teléfono", "falta el dato"),
        ({"telephone": "0/0"}, "Teléfono", "falta el dato"),
        ({"telephone": "7071234"}, "Teléfono", "parece un celular al que le falta una cifra"),
        ({"telephone": "800131313"}, "Teléfono", "es un número gratuito (800) y no se le puede llamar en una campaña"),
        ({"service": "AGUA"}, "Servicio", "no es un servicio conocido"),
        ({"service": ""}, "Servicio", "falta el dato"),
        ({"expires": "31/02/2026"}, "Vencimiento", "la fecha no existe en el calendario"),
        ({"expires": "31/01/2027"}, "Vencimiento", "la fecha está fuera del período del 01/12/2026 al 31/12/2026"),
    ],
)
def test_a_row_without_what_it_needs_is_an_error_and_the_others_go_on(
    changes: dict[str, str], column: str, wrong: str
) -> None:
    items = listed(text_file(HEADINGS, with_change(LUIS, **changes), ANA))
    (error,) = errors(items)
    assert (error.number, error.column, error.wrong, error.kept) == (2, column, wrong, False)
    assert [row.name for row in taken(items)] == ["ANA MAMANI"]


def test_an_error_says_where_what_and_what_to_do() -> None:
    assert str(only_error(with_change(LUIS, expires="31/02/2026"))) == (
        "Fila 2, Vencimiento: la fecha no existe en el calendario «31/02/2026». "
        "Escríbala como día/mes/año, por ejemplo 31/12/2026."
    )


def test_the_value_in_an_error_is_printable_and_short() -> None:
    value = only_error(with_change(LUIS, service="\x1b[31m" + "agua " * 50)).value
    assert value.isprintable() and len(value) == 40 and value.endswith("…")


def test_a_row_goes_on_without_what_it_can_do_without() -> None:
    row = ("100001", "x" * 30, "", "70712345/7071234", "INTERNET", "31/12/2026", "102", "gratis", "?x?", "")
    items = listed(text_file(WHOLE, row))
    (kept,) = taken(items)
    assert (kept.contract, kept.name, kept.amount, kept.document) == ("", "", None, None)
    assert [each.digits for each in kept.telephones] == ["70712345"]
    assert [(error.column, error.kept) for error in errors(items)] == [
        ("Contrato", True), ("Teléfono", True), ("Teléfono 2", True), ("Monto", True), ("CI", True),
    ]  # fmt: skip


def test_nothing_is_kept_of_a_row_that_is_not_taken() -> None:
    items = listed(text_file(HEADINGS, with_change(LUIS, contract="x" * 30, service="AGUA"), ANA))
    assert [error.kept for error in errors(items)] == [False, False]


def test_the_same_service_of_a_customer_twice_is_declared_and_the_first_counts() -> None:
    later = with_change(ANA, service="Internet 20 Mbps", telephone="71712345")
    items = listed(text_file(HEADINGS, ANA, LUIS, later))
    assert [row.number for row in taken(items)] == [2, 3]
    assert items[-1] == RepeatedRow(number=4, first=2, customer="customer_code:100001")


def test_two_services_of_a_customer_are_two_rows_with_one_key() -> None:
    rows = taken(listed(text_file(HEADINGS, ANA, with_change(ANA, service="TV CABLE"))))
    assert [row.service for row in rows] == [ProductKind.INTERNET, ProductKind.CABLE_TV]
    assert rows[0].customer == rows[1].customer


def test_a_customer_is_known_by_the_code_else_the_document_else_the_first_number() -> None:
    cells = ("70712345", "INTERNET", "31/12/2026", "", "")
    rows = [("1", "2", "ANA", *cells, "55 CB"), ("", "2", "EVA", *cells, "55 LP"), ("-", "2", "LUZ", *cells, "")]
    customers = [row.customer for row in taken(listed(text_file((*HEADINGS, "Teléfono 2", "Monto", "CI"), *rows)))]
    assert customers == ["customer_code:1", "document:55", "telephones:70712345"]


@pytest.mark.parametrize(
    "row",
    [
        ("TOTAL", "", "", "", "", ""),
        ("", "", "Total general:", "", "", ""),
        ("Total de registros: 2", "", "", "", "", ""),
        ("", "", "", "TOTAL", "", ""),
        ("", "", "", "", "", "", "", "Bs 12.345,00", "", ""),
        ("-----", "-----", "", "", "", ""),
    ],
)
def test_a_row_that_sums_up_is_no_customer(row: tuple[str, ...]) -> None:
    items = listed(text_file(WHOLE, ANA, LUIS, row))
    assert items[2:] == [TotalsRow(4)]


def test_a_customer_of_whom_nearly_all_is_missing_is_no_sum() -> None:
    items = listed(text_file(HEADINGS, ("100003", "2000003", "", "", "", ""), ANA))
    assert [error.column for error in errors(items)] == ["Teléfono", "Servicio", "Vencimiento"]


def test_a_customer_whose_name_begins_like_a_sum_is_a_customer() -> None:
    items = listed(text_file(HEADINGS, with_change(ANA, name="TOTAL SERVICE S.R.L.")))
    assert [row.name for row in taken(items)] == ["TOTAL SERVICE S.R.L."]


def test_a_header_that_is_repeated_on_every_page_is_passed_over() -> None:
    assert len(listed(text_file(HEADINGS, ANA, HEADINGS, LUIS))) == 2


def test_a_list_with_nothing_in_its_period_is_refused_and_the_period_named() -> None:
    with pytest.raises(ExtractRefused, match=r"período del 01/01/2027 al 31/01/2027") as refused:
        listed(text_file(HEADINGS, ANA, LUIS), expiring=DateSpan(date(2027, 1, 1), date(2027, 1, 31)))
    assert str(refused.value).startswith("Ninguna fila")


def paid(*rows: tuple[object, ...]) -> list[object]:
    content = workbook(Pagos=[("Cód. Cliente", "Contrato", "Fecha", "Importe (Bs)", "Servicio"), *rows])
    return list(read_payments(Upload("pagos.xlsx", content), ReadingTerms()))


def test_payments() -> None:
    items = paid((100001, "", DAY, 150.5, "Internet"), ("", "2000001", "28/12/2026", "Bs 1.234,50", ""))
    assert items == [
        PaymentRow(2, "customer_code:100001", "100001", "", DAY, Decimal("150.50"), ProductKind.INTERNET),
        PaymentRow(3, "contract:2000001", "", "2000001", DAY, Decimal("1234.50"), None),
    ]


def test_two_equal_payments_are_two_and_their_sum_is_none() -> None:
    once = (100001, "", DAY, 150.5, "")
    items = paid(once, once, ("TOTAL", "", "", 301, ""), ("", "", "", 301, ""))
    assert [type(item) for item in items] == [PaymentRow, PaymentRow, TotalsRow, TotalsRow]


def test_a_payment_of_nobody_is_an_error() -> None:
    (item,) = paid(("", "", DAY, 150.5, "Internet"))
    assert isinstance(item, RowError)
    assert str(item) == ("Fila 2: no dice de quién es: falta Código de cliente, Contrato. Complete uno de esos datos.")
