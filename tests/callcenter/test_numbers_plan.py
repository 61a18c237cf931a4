import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callcenter.numbers import Number, NumberKind, UnreadableNumber, Withheld, normalise, show

FIXED = Number("44251234", NumberKind.FIXED)
MOBILE = Number("71712345", NumberKind.MOBILE)
TOLL_FREE = Number("800131313", NumberKind.TOLL_FREE)


@pytest.mark.parametrize("line", [str(number) for number in range(101, 110)])
def test_a_short_line_is_itself(line: str) -> None:
    assert normalise(line) == Number(line, NumberKind.SHORT)


@pytest.mark.parametrize(
    "text",
    [
        *("4251234", "425-1234", "44251234", "(4) 425 1234", "044251234", "01344251234", "+591 4 425-1234"),
        *("0059144251234", "59144251234", " 44251234 ", "tel:+59144251234", "4\u00a0425\u00a01234"),
    ],
)
def test_every_way_to_write_a_cochabamba_number_is_one_number(text: str) -> None:
    assert normalise(text) == FIXED


@pytest.mark.parametrize("text", ["71712345", "717-12345", "071712345", "01071712345", "+59171712345"])
def test_every_way_to_write_a_mobile_is_one_number(text: str) -> None:
    assert normalise(text) == MOBILE


@pytest.mark.parametrize("text", ["800131313", "800-13-1313", "+591800131313"])
def test_a_toll_free_number_is_of_the_own_plan(text: str) -> None:
    assert normalise(text) == TOLL_FREE


@pytest.mark.parametrize("line", ["4200224", "4251000", "4522222", "4639999"])
def test_the_centres_own_lines_are_fixed_numbers(line: str) -> None:
    assert normalise(line) == Number(f"4{line}", NumberKind.FIXED)


def test_seven_digits_are_of_the_centres_own_area() -> None:
    assert normalise("3251234", area_code="3") == Number("33251234", NumberKind.FIXED)


@pytest.mark.parametrize(
    "text",
    [
        *("7171234", "6123456", "717-1234", "6 834 002", "6903123", "07171234", "0107171234", "+5917171234"),
        *("005916123456", "5917171234", "tel:7171234"),
    ],
)
def test_a_mobile_that_lacks_a_digit_is_never_completed(text: str) -> None:
    assert normalise(text) == UnreadableNumber(text, lacks_digit=True)


@pytest.mark.parametrize("text", ["2251234", "3251234", "5251234", "8251234", "9251234", "2476123", "0251234"])
def test_seven_digits_of_another_city_are_of_no_number(text: str) -> None:
    assert normalise(text) == UnreadableNumber(text)


@pytest.mark.parametrize("area_code", ["2", "3", "4"])
@given(digits=st.from_regex(r"[0-9]{7}", fullmatch=True))
def test_seven_digits_are_local_or_nothing(area_code: str, digits: str) -> None:
    found = normalise(digits, area_code)
    assert isinstance(found, UnreadableNumber) or found == Number(area_code + digits, NumberKind.FIXED)
    assert digits[0] not in "67" or isinstance(found, UnreadableNumber)


def test_a_fixed_number_with_its_area_code_may_go_on_with_6() -> None:
    assert normalise("46451234") == Number("46451234", NumberKind.FIXED)


@pytest.mark.parametrize("text", ["+13055550123", "0013055550123", "+34 912 345 678", "34912345678"])
def test_a_foreign_number_keeps_its_country(text: str) -> None:
    found = normalise(text)
    assert isinstance(found, Number)
    assert (found.kind, found.digits[0]) == (NumberKind.INTERNATIONAL, "+")


@pytest.mark.parametrize("text", ["", "  ", "anonymous", "Restricted", "UNKNOWN", "<unknown>", '"Private"'])
def test_a_caller_who_hides_is_withheld(text: str) -> None:
    assert normalise(text) == Withheld()


@pytest.mark.parametrize(
    "text",
    [
        *("0", "12", "100", "110", "1234567", "04251234", "1" * 1000, "4251234\n", "4251\x00234", "٤٤٢٥١٢٣٤"),
        *("４４２５１２３４", "sip:44251234@x", "+", "++59144251234", "+5914425123", "44251234;ext=1", "-.-"),
        *("+59101344251234", "hola", "'; DROP TABLE calls", "999999999999999999"),
    ],
)
def test_what_is_no_number_is_unreadable_and_printable(text: str) -> None:
    found = normalise(text)
    assert isinstance(found, UnreadableNumber)
    assert found.text.isprintable()
    assert len(found.text) <= 40


@given(st.text(max_size=60) | st.text("+0123456789 -()", max_size=30) | st.from_regex(r"\+?[0-9]{3,18}"))
@example("\ud800")
def test_no_text_raises_and_what_is_shown_is_printable(text: str) -> None:
    found = normalise(text)
    assert show(found).isprintable()


NUMBERS = st.one_of(
    st.from_regex(r"10[1-9]", fullmatch=True),
    st.from_regex(r"[234][2-9][0-9]{6}", fullmatch=True),
    st.from_regex(r"[67][0-9]{7}", fullmatch=True),
    st.from_regex(r"800[0-9]{6}", fullmatch=True),
    st.from_regex(r"\+(1|34|44|54|55)[1-9][0-9]{7,10}", fullmatch=True),
)


@given(NUMBERS)
def test_a_number_is_read_back_from_its_digits_and_from_what_is_shown(text: str) -> None:
    found = normalise(text)
    if isinstance(found, Number):
        assert normalise(found.digits) == found
        assert normalise(show(found)) == found


@given(
    st.from_regex(r"[234][2-9][0-9]{6}|[67][0-9]{7}", fullmatch=True),
    st.sampled_from(["", "0", "010", "013", "099", "591", "+591", "00591"]),
)
def test_prefixes_do_not_change_a_national_number(digits: str, prefix: str) -> None:
    assert normalise(prefix + digits) == normalise(digits)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (FIXED, "4 425 1234"),
        (MOBILE, "717 12345"),
        (TOLL_FREE, "800 13 1313"),
        (Number("101", NumberKind.SHORT), "101"),
        (Number("+13055550123", NumberKind.INTERNATIONAL), "+1 305-555-0123"),
        (Withheld(), "Número privado"),
        (UnreadableNumber("x"), "Número no reconocido"),
    ],
)
def test_numbers_are_shown_as_people_read_them(number: Number | Withheld | UnreadableNumber, shown: str) -> None:
    assert show(number) == shown
