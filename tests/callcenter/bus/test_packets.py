"""What is written to the broker without the library's help."""

import pytest

from callcenter.bus.packets import length, publication
from callcenter.bus.wire import Parcel


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "00"), (127, "7f"), (128, "8001"), (16_383, "ff7f"), (16_384, "808001"), (2_097_151, "ffff7f")],
)
def test_lengths_are_those_of_the_standard(number: int, text: str) -> None:
    assert length(number).hex() == text


def test_a_publication_is_head_length_topic_no_properties_and_payload() -> None:
    assert publication(Parcel("a/b", b"{}", qos=0)) == b"\x30\x08\x00\x03a/b\x00{}"


def test_a_retained_one_says_so() -> None:
    assert publication(Parcel("a/b", b"", qos=0, retain=True)) == b"\x31\x06\x00\x03a/b\x00"


def test_a_topic_is_counted_in_bytes() -> None:
    assert publication(Parcel("ñ", b"", qos=0)) == b"\x30\x05\x00\x02\xc3\xb1\x00"
