from datetime import date, datetime
from decimal import Decimal

import pytest

from backoffice.extracts.cells.amounts import read_amount
from backoffice.extracts.cells.dates import read_date
from backoffice.extracts.cells.problems import UnreadableCell
from backoffice.extracts.cells.service_names import read_service
from backoffice.extracts.cells.values import as_text, bare, read_cell
from backoffice.extracts.files.sheets import Cell
from backoffice.extracts.kinds import FieldType
from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customers import ProductKind

LAST_DAY = date(2026, 12, 31)


@pytest.mark.parametrize(
    "cell",
    [
        *("31/12/2026", "31-12-26", "31.12.2026", "2026-12-31", "2026/12/31", "20261231", "46387", "46387.5"),
        *("31/12/2026 10:30", "31/12/2026 10:30:59 p. m.", "2026-12-31T10:30:00", "2026-12-31 00:00:00.000"),
        *("31 de diciembre de 2026", "31-dic-2026", "31 Dic. 26", "31/DIC/2026"),
        *("jueves, 31 de diciembre del 2026 08:00", 46387, 46387.75, 20261231),
        *(datetime.fromisoformat("2026-12-31T23:59"), LAST_DAY),
    ],
)
def test_every_way_to_write_a_day(cell: Cell) -> None:
    assert read_date(cell) == LAST_DAY


@pytest.mark.parametrize(
    ("text", "month"), [("1 set 2026", 9), ("1 sept. 2026", 9), ("1-setiembre-26", 9), ("1 ene 26", 1), ("1-Aug-26", 8)]
)
def test_months_by_any_of_their_names(text: str, month: int) -> None:
    assert read_date(text) == date(2026, month, 1)


def test_the_day_comes_before_the_month() -> None:
    assert read_date("05/06/26") == date(2026, 6, 5)


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("12/31/2026", "el mes antes del día"),
        ("2026-31-12", "el mes antes del día"),
        ("31/02/2026", "no existe en el calendario"),
        ("00/00/0000", "no existe en el calendario"),
        ("32/01/2026", "no existe en el calendario"),
        ("99/99/9999", "no existe en el calendario"),
        ("31/12", "no es una fecha completa"),
        ("diciembre 2026", "no es una fecha completa"),
        ("31/12-2026", "no es una fecha completa"),
        ("mañana", "no es una fecha completa"),
        ("²/12/2026", "no es una fecha completa"),
        ("01/01/1026", "año"),
        (5, "año"),
        (0, "no es una fecha"),
        (-3.5, "no es una fecha"),
        (1e300, "no es una fecha"),
        (float("inf"), "no es una fecha"),
        (20261331, "calendario"),
        (True, "no es una fecha"),
    ],
)
def test_days_that_are_none_or_of_which_part_is_missing(cell: Cell, wrong: str) -> None:
    with pytest.raises(UnreadableCell, match=wrong):
        read_date(cell)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        *(("Bs 1.234,50", "1234.50"), ("Bs. 1.234,50", "1234.50"), ("1234.50", "1234.50"), ("1,234.50", "1234.50")),
        *(
            ("1.234", "1234.00"),
            ("1.234.567,8", "1234567.80"),
            ("1 234,50", "1234.50"),
            ("150", "150.00"),
            ("0", "0.00"),
        ),
        *(("100 Bs", "100.00"), ("BOB 100", "100.00"), ("150.-", "150.00"), ("-Bs 5,5", "-5.50"), ("Bs -5", "-5.00")),
        *(("(150,00)", "-150.00"), (150, "150.00"), (150.5, "150.50"), (0.1 + 0.2, "0.30")),
    ],
)
def test_every_way_to_write_bolivianos(cell: Cell, amount: str) -> None:
    assert read_amount(cell) == Decimal(amount)
    assert read_amount(cell).as_tuple().exponent == -2


@pytest.mark.parametrize(
    "cell", ["1,234", "1.23.4", "$us 5", "--5", "abc", "", "1" * 50, 1e30, float("nan"), True, LAST_DAY, "١٢"]
)
def test_what_is_no_amount_or_could_be_two(cell: Cell) -> None:
    with pytest.raises(UnreadableCell, match="monto"):
        read_amount(cell)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(
            (name, ProductKind.INTERNET)
            for name in ("INTERNET", "Internet 20 Mbps", "ADSL", "Fibra Óptica", "Cable módem")
        ),
        *(
            (name, ProductKind.INTERNET)
            for name in ("INTERNET POR CABLE", "banda-ancha", "FTTH_50", "Prepago Internet")
        ),
        *((name, ProductKind.CABLE_TV) for name in ("TV CABLE", "Televisión por Cable", "CABLE", "tv-digital", "CATV")),
    ],
)
def test_services_by_the_names_they_are_given(text: str, kind: ProductKind) -> None:
    assert read_service(text) is kind


@pytest.mark.parametrize("text", ["AGUA", "telefonía fija", "", "?", "Internet + TV cable", "interné"])
def test_a_service_of_no_campaign_or_of_two_is_not_guessed(text: str) -> None:
    with pytest.raises(UnreadableCell, match="servicio"):
        read_service(text)


def test_text_is_printable_and_not_endless() -> None:
    assert read_cell("  JUAN\x07\t PÉREZ\u2028\u202e ", FieldType.TEXT) == "JUAN PÉREZ"
    assert read_cell("ab " * 500, FieldType.TEXT) == ("ab " * 40).strip()
    assert read_cell(12.0, FieldType.TEXT) == "12"


@pytest.mark.parametrize(
    ("cell", "code"), [(100001.0, "100001"), ("100001.0", "100001"), (" 00-12/A ", "00-12/A"), ("2 000 001", "2000001")]
)
def test_a_code_as_text_or_as_a_number(cell: Cell, code: str) -> None:
    assert read_cell(cell, FieldType.CODE) == code


@pytest.mark.parametrize("cell", ["1.0E+05", "x" * 21, "a'; DROP", 1.5, 1e16, True, LAST_DAY, "ñ"])
def test_what_is_no_code(cell: Cell) -> None:
    with pytest.raises(UnreadableCell):
        read_cell(cell, FieldType.CODE)


def test_a_document_with_its_complement_and_as_a_number() -> None:
    assert read_cell("1234567-1A CB", FieldType.DOCUMENT) == IdentityCard("1234567", "1A", "CB")
    assert read_cell(1234567.0, FieldType.DOCUMENT) == IdentityCard("1234567")


@pytest.mark.parametrize("cell", ["", "  ", "-", "--", "N/A", "s/n", "NULL", "Sin dato", "\u200b", "'", "\ufeff"])
def test_what_stands_for_nothing_is_nothing(cell: str) -> None:
    assert bare(cell) is None


@pytest.mark.parametrize(
    ("cell", "said"), [(True, "VERDADERO"), (1e20, "1e+20"), (7.5, "7.5"), (None, ""), (LAST_DAY, "31/12/2026")]
)
def test_a_cell_as_people_see_it(cell: Cell, said: str) -> None:
    assert as_text(cell) == said
