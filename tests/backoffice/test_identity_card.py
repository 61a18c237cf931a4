import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.identity_card import IdentityCard, read


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("1234567", IdentityCard("1234567")),
        ("1234567 CB", IdentityCard("1234567", issued="CB")),
        ("1234567-cbba", IdentityCard("1234567", issued="CB")),
        ("1234567-1A", IdentityCard("1234567", "1A")),
        ("1.234.567-1a scz", IdentityCard("1234567", "1A", "SC")),
        ("1234567 LP 2B", IdentityCard("1234567", "2B", "LP")),
        ("E-0012345", IdentityCard("E-0012345")),
        ("7", IdentityCard("7")),
        ("12345678901234567890", IdentityCard("12345678901234567890")),
    ],
)
def test_a_card_is_read_however_it_is_written_and_whatever_its_length(text: str, card: IdentityCard) -> None:
    assert read(text) == card


@pytest.mark.parametrize("text", ["", "CB", "1234567 CB LP", "1234567-1A-2B", "12a", "١٢٣٤", "1" * 100, "1\n2"])
def test_what_is_no_card_is_none(text: str) -> None:
    assert read(text) is None


@given(st.text(max_size=60))
def test_no_text_raises_and_a_card_is_read_back_as_it_is_shown(text: str) -> None:
    card = read(text)
    assert card is None or read(str(card)) == card


@given(st.from_regex(r"(E-)?[0-9]{1,15}(-[0-9][A-Z])?( (CB|LP|SC))?", fullmatch=True))
def test_a_card_agrees_with_itself_and_with_its_number(text: str) -> None:
    card = read(text)
    assert card is not None
    assert card.agrees_with(card)
    assert card.agrees_with(IdentityCard(card.number))
