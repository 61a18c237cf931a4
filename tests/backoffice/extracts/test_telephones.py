import pytest

from backoffice.extracts.cells.telephones import TelephoneProblem, read_telephones
from backoffice.extracts.files.sheets import Cell
from callcenter.numbers import Number

A, B, FIXED = "70712345", "71712345", "44251234"


def digits(cell: Cell) -> list[str]:
    """The numbers in a cell in which nothing is wrong."""
    found = list(read_telephones(cell, "4"))
    assert [each for each in found if isinstance(each, TelephoneProblem)] == []
    return [each.digits for each in found if isinstance(each, Number)]


def problem(cell: Cell) -> TelephoneProblem:
    """What is wrong with the one number of a cell."""
    (found,) = read_telephones(cell, "4")
    assert isinstance(found, TelephoneProblem)
    return found


@pytest.mark.parametrize(
    "cell",
    [
        *(f"{A}/{B}", f"{A};{B}", f"{A}, {B}", f"{A} - {B}", f"{A}-{B}", f"{A} y {B}", f"{A} Y {B}", f"{A} | {B}"),
        *(f"{A}\n{B}", f"{A} {B}", f"Cel: {A} / Ref. {B}", f"{A} (esposa); {B} (hijo)", f"707-12345-{B}"),
        *(f"{A} / S/N / {B}", f"casa {A} cel 717-12345", f"+591 {A} o {B}", f"{A}/{B}/", f"0;{A};-;{B}"),
        f"WhatsApp {A} - casa {B}",
    ],
)
def test_several_numbers_in_a_cell_in_their_order(cell: str) -> None:
    assert digits(cell) == [A, B]


@pytest.mark.parametrize("cell", ["4251234", "425-1234", "4-4251234", "425 1234", "(4) 425-1234", 4251234, 44251234.0])
def test_a_dash_or_a_space_within_a_number_separates_nothing(cell: Cell) -> None:
    assert digits(cell) == [FIXED]


@pytest.mark.parametrize("cell", [70712345, 70712345.0, "70712345.0", "70712345,00", "7.0712345E+07", "7,0712345e7"])
def test_a_number_that_a_spreadsheet_made_of_it(cell: Cell) -> None:
    assert digits(cell) == [A]


@pytest.mark.parametrize("cell", ["7.07E+07", "7.0E+07", "7E+07", "5.9170712E+10", 5.9170712345e20, "1.0E+99"])
def test_digits_that_a_spreadsheet_lost_are_not_made_up(cell: Cell) -> None:
    assert "notación científica" in problem(cell).wrong


@pytest.mark.parametrize("cell", ["7071234", 7071234, 7071234.0, "6123456", "707-1234", "Cel. 7071234", "+591 7071234"])
def test_a_mobile_that_lacks_a_digit_is_no_local_number(cell: Cell) -> None:
    assert "le falta una cifra" in problem(cell).wrong


def test_one_doubtful_number_does_not_hide_the_other() -> None:
    found = list(read_telephones("7071234-4251234", "4"))
    assert isinstance(found[0], TelephoneProblem) and found[0].value == "7071234"
    assert isinstance(found[1], Number) and found[1].digits == FIXED


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("102", "línea corta"),
        (104.0, "línea corta"),
        ("800-13-1313", "gratuito"),
        ("+54 9 11 2345-6789", "otro país"),
        ("2251234", "no es un número de teléfono"),
        ("hola", "no es un número de teléfono"),
        (True, "no es un número de teléfono"),
        ("1" * 400, "no es un número de teléfono"),
        (1.5, "no es un número entero"),
        (float("nan"), "no es un número entero"),
    ],
)
def test_what_a_campaign_cannot_call_is_named(cell: Cell, wrong: str) -> None:
    assert wrong in problem(cell).wrong


@pytest.mark.parametrize("cell", ["", "-", "S/N", "0", "00000000", "sin dato", "N/A", 0, 0.0, " / "])
def test_no_number_is_no_problem(cell: Cell) -> None:
    assert list(read_telephones(cell, "4")) == []


def test_no_more_than_ten_numbers_in_a_cell() -> None:
    found = list(read_telephones("/".join(str(70712345 + each) for each in range(12)), "4"))
    assert [isinstance(each, Number) for each in found] == [True] * 10 + [False]


def test_seven_digits_are_of_the_centres_own_city() -> None:
    assert [each.digits for each in read_telephones("3251234", "3") if isinstance(each, Number)] == ["33251234"]
