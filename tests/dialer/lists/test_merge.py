"""Rows of one customer become one to call; whatever stands in a list, no number gets in that would cost somebody."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.extracts.cells.problems import RowError
from backoffice.extracts.extract import ReadingTerms
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.uploads import Upload
from backoffice.extracts.prepaid_report import PrepaidRow, read_prepaid_report
from backoffice.smartflex.customers import ProductKind
from callcenter.numbers import Number, NumberKind, normalise
from dialer.contacts.model import ListedService
from dialer.lists.listed import listed
from dialer.lists.merge import MOST_NUMBERS, is_held_out, merged
from dialer.lists.model import ListedCustomer
from tests.backoffice.extracts.made_files import DECEMBER, HEADINGS

OWN = frozenset({"44251000", "44251001"})
CALLABLE = {NumberKind.FIXED, NumberKind.MOBILE}
# What people and toll fraud write where a telephone belongs.
HOSTILE = (
    *("0015551234567", "+53 5 1234567", "00 44 870 123", "900123456", "800131313", "102", "911", "*67 70712345"),
    *("70712345,,1", "70712345;ext=9", "70712345@evil.bo", "PJSIP/1001", "44251000", "+591 4 4251000", "0044251000"),
    *("707-12345 / 001-555-1234567", "٧٠٧١٢٣٤٥", "７０７１２３４５", "70712345\n0015551234567", "=70712345", "7071234"),
    *("0105917012345", "591591 70712345", "070712345", "01070712345", "1e9", "4251000", "-70712345", "44 251 000"),
)
DIGITS = "0123456789+-() /;,.*#wpnPx\u200b\u00a0Ee"
CELLS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(DIGITS, max_size=30),
    st.text(max_size=20),
    st.tuples(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE)).map(" / ".join),
)


def row_of(cells: list[str]) -> bytes:
    made = io.StringIO()
    lines = csv.writer(made, delimiter=";", lineterminator="\r\n")
    lines.writerow([*HEADINGS, *(f"Teléfono {number}" for number in range(2, len(cells) + 1))])
    lines.writerow(["1", "C1", "ANA", cells[0], "INTERNET", "31/12/2026", *cells[1:]])
    return made.getvalue().encode("utf-8", errors="replace")


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_no_row_brings_in_a_number_that_is_neither_fixed_nor_mobile(cells: list[str]) -> None:
    try:
        items = list(read_prepaid_report(Upload("lista", row_of(cells)), DECEMBER, ReadingTerms()))
    except ExtractRefused:
        return
    rows = [item for item in items if isinstance(item, PrepaidRow)]
    for customer in (each for item in rows for each in listed(item, OWN) if isinstance(each, ListedCustomer)):
        assert customer.numbers
        for digits in customer.numbers:
            found = normalise(digits)
            assert isinstance(found, Number)
            assert (found.digits, found.kind in CALLABLE) == (digits, True)
            assert digits not in OWN


NUMBERS = st.one_of(
    st.builds(Number, st.text("0123456789+", min_size=1, max_size=14), st.sampled_from(NumberKind)),
    st.sampled_from([Number(own, NumberKind.FIXED) for own in OWN]),
    st.integers(0, 9_999_999).map(lambda number: Number(f"7{number:07}", NumberKind.MOBILE)),
)


def prepaid(*numbers: Number) -> PrepaidRow:
    return PrepaidRow(
        number=2,
        customer="customer_code:1",
        customer_code="1",
        contract="C1",
        name="ANA",
        telephones=numbers,
        service=ProductKind.INTERNET,
        expires_on=date(2026, 12, 31),
        amount=None,
        document=None,
        segment="ORO",
    )


@given(st.lists(NUMBERS, max_size=6))
def test_the_border_holds_whatever_a_reader_of_lists_lets_through(numbers: list[Number]) -> None:
    found = list(listed(prepaid(*numbers), OWN))
    customers = [each for each in found if isinstance(each, ListedCustomer)]
    problems = [each for each in found if isinstance(each, RowError)]
    called = [digits for each in customers for digits in each.numbers]
    assert len(called) + len(problems) == len(numbers)
    for digits in called:
        known = normalise(digits)
        assert isinstance(known, Number)
        assert known.kind in CALLABLE
        assert digits not in OWN
    assert all(each.kept for each in problems) if called else not any(each.kept for each in problems)


def part(
    *numbers: str,
    service: ProductKind = ProductKind.INTERNET,
    day: int = 31,
    amount: str | None = None,
    name: str = "",
    segment: str = "",
) -> ListedCustomer:
    of = ListedService(service, date(2026, 12, day), "", Decimal(amount) if amount else None)
    return ListedCustomer("customer_code:1", 2, numbers, (of,), name=name, segment=segment)


def test_two_services_are_one_call() -> None:
    one = merged([part("70000001", "44251234", amount="100"), part("44251234", "70000002", day=15, amount="50.50")])
    assert one.numbers == ("70000001", "44251234", "70000002")
    assert (one.expires_on, one.amount, one.rows) == (date(2026, 12, 15), Decimal("50.50"), 2)
    two = merged([part("1", amount="100"), part("1", service=ProductKind.CABLE_TV, day=15, amount="50.50")])
    assert (two.expires_on, two.amount, len(two.services)) == (date(2026, 12, 15), Decimal("150.50"), 2)


def test_of_names_and_segments_the_last_that_is_said_counts() -> None:
    one = merged([part("1", name="ANA", segment="ORO"), part("1", name="ANA MAMANI"), part("1")])
    assert (one.name, one.segment) == ("ANA MAMANI", "ORO")


def test_a_customer_without_an_amount_has_none() -> None:
    assert merged([part("1"), part("1")]).amount is None


def test_no_customer_has_more_numbers_than_are_tried() -> None:
    many = merged([part(*(str(number) for number in range(15))), part(*(str(number) for number in range(10, 40)))])
    assert len(many.numbers) == MOST_NUMBERS


@pytest.mark.parametrize("parts", [[], [part("1"), ListedCustomer("customer_code:2", 3, ("1",), ())]])
def test_only_parts_of_one_customer_are_merged(parts: list[ListedCustomer]) -> None:
    with pytest.raises(ValueError, match="one customer"):
        merged(parts)


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), min_size=1, max_size=5))
def test_merging_bit_by_bit_is_merging_at_once(numbers: list[list[str]]) -> None:
    parts = [part(*each) for each in numbers]
    step = parts[0]
    for each in parts[1:]:
        step = merged([step, each])
    assert step == (merged(parts) if len(parts) > 1 else step)


def test_who_is_held_out_is_about_the_share_and_always_the_same() -> None:
    names = [f"customer_code:{number}" for number in range(10_000)]
    held = [name for name in names if is_held_out(name, 10, 42)]
    assert 850 < len(held) < 1150
    assert held == [name for name in names if is_held_out(name, 10, 42)]
    assert held != [name for name in names if is_held_out(name, 10, 43)]
    assert not any(is_held_out(name, 0, 42) for name in names)
    assert all(is_held_out(name, 100, 42) for name in names)
