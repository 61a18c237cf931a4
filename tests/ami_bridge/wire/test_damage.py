"""Recordings that lost, doubled or mixed up bytes."""

from hypothesis import assume, example, given
from hypothesis import strategies as st

from ami_bridge.wire.items import AmiEvent, Item
from ami_bridge.wire.sifter import Sifter
from tests.ami_bridge.ami_text import BANNER, connect, join, newchannel

BLOCKS = [
    BANNER + newchannel("1.1"),
    join("1.1"),
    connect("1.1"),
    newchannel("1.2"),
    join("1.2"),
    connect("1.2"),
]
WHOLE = b"".join(BLOCKS)
AFTERWARDS = b"".join(join(f"2.{number}") for number in range(20))
LATER = 10
SPLITTERS = [b"\r\n", b"\r\n\r\n", b"\r", b"\n", b" ", b":", b"x", b"\0", b"Event: ", b"Linkedid: "]


def sift(data: bytes) -> list[Item]:
    """All that one read of the data gives."""
    sifter = Sifter()
    return sifter.feed(data) + sifter.flush()


def events(data: bytes) -> list[tuple[str, str]]:
    """The (name, Uniqueid) of the trusted events."""
    return [(item.name, item.get("Uniqueid")) for item in sift(data) if isinstance(item, AmiEvent)]


@given(data=st.binary(max_size=2000), size=st.integers(1, 50), live=st.booleans())
def test_no_bytes_raise(data: bytes, size: int, live: bool) -> None:
    sifter = Sifter(live=live)
    for at in range(0, len(data), size):
        sifter.feed(data[at : at + size])
        sifter.drain()
    sifter.flush()


@given(start=st.integers(0, len(WHOLE)), length=st.integers(0, 3000))
def test_missing_bytes_do_not_reach_back_further_than_one_event(start: int, length: int) -> None:
    before = max(0, WHOLE[:start].count(b"\r\n\r\n") - 1)
    damaged = events(WHOLE[:start] + WHOLE[start + length :])
    assert damaged[:before] == events(WHOLE)[:before]
    assert len(damaged) <= len(BLOCKS)


@given(order=st.lists(st.sampled_from(BLOCKS), max_size=12))
def test_lost_doubled_and_swapped_blocks_are_all_reported(order: list[bytes]) -> None:
    assert len(events(b"".join(order))) == len(order)


@given(at=st.integers(0, len(WHOLE)), noise=st.binary(min_size=1, max_size=30))
def test_noise_within_a_line_spoils_only_its_neighbours(at: int, noise: bytes) -> None:
    assume(WHOLE[at - 1 : at + 1] != b"\r\n" and b"\n" not in noise)
    assert len(events(WHOLE[:at] + noise + WHOLE[at:])) >= len(BLOCKS) - 3


@given(at=st.integers(0, len(WHOLE)), noise=st.lists(st.sampled_from(SPLITTERS), min_size=1, max_size=4).map(b"".join))
@example(at=WHOLE.index(b" <unknown>"), noise=b"\r\n\r\n")
def test_noise_that_splits_an_event_costs_no_more_than_a_callers_text_could_hide_in(at: int, noise: bytes) -> None:
    """A caller could have done it: nothing is trusted until more events have passed than a number has room for."""
    damaged = events(WHOLE[:at] + noise + WHOLE[at:] + AFTERWARDS)
    assert damaged[-LATER:] == events(AFTERWARDS)[-LATER:]


def test_a_recording_cut_at_the_head_is_read_from_the_next_block_on() -> None:
    assert events(WHOLE[300:]) == events(WHOLE)[1:]
