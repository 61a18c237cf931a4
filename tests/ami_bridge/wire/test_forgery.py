"""What a caller who writes line ends into their number achieves: nothing that is trusted."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ami_bridge.wire.items import AmiEvent, Item, Quarantined, QuarantineReason
from ami_bridge.wire.sifter import Sifter
from tests.ami_bridge.ami_text import channel, connect, event, join, newchannel

GENUINE = "1763800000.1"
FORGED = "1666.666"
CALLER_CHOSEN = ["CallerIDNum", "ConnectedLineNum", "AccountCode", "Exten"]
OTHER = "1763800000.9"


def sift(data: bytes, *, live: bool = False) -> list[Item]:
    """All that one read of the data gives."""
    sifter = Sifter(live=live)
    return sifter.feed(data) + (sifter.drain() if live else []) + sifter.flush()


def trusted(items: list[Item]) -> set[tuple[str, str]]:
    """The (name, Uniqueid) of every trusted event."""
    return {(item.name, item.get("Uniqueid")) for item in items if isinstance(item, AmiEvent)}


def cut(header: str, injected: bytes, name: str = "Newchannel") -> bytes:
    """A genuine event in which the caller's value ends with the injected text."""
    build = {"Newchannel": newchannel, "QueueCallerJoin": join, "AgentConnect": connect}[name]
    text = build(GENUINE, **{header: "@@"})
    return text.replace(b"@@", b"7" + injected, 1)


def around(text: bytes) -> bytes:
    """The text between two events of another call."""
    return newchannel(OTHER) + text + join(OTHER)


@pytest.mark.parametrize("header", CALLER_CHOSEN)
@pytest.mark.parametrize("live", [False, True])
def test_a_forged_event_between_head_and_rest_is_not_trusted(header: str, live: bool) -> None:
    text = cut(header, b"\r\n\r\n" + connect(FORGED) + b"Foo: bar")
    assert trusted(sift(text + join(OTHER), live=live)) <= {("QueueCallerJoin", OTHER)}


@pytest.mark.parametrize("header", CALLER_CHOSEN)
def test_the_calls_around_a_forged_event_are_kept(header: str) -> None:
    text = around(cut(header, b"\r\n\r\n" + connect(FORGED)[:-4]))
    assert trusted(sift(text)) == {("Newchannel", OTHER), ("QueueCallerJoin", OTHER)}


def test_the_cut_head_keeps_what_could_be_read() -> None:
    items = sift(around(cut("CallerIDNum", b"\r\n\r\n" + connect(FORGED)[:-4])))
    cut_head = items[1]
    assert isinstance(cut_head, Quarantined)
    assert cut_head.reason is QuarantineReason.CUT
    assert cut_head.headers["Channel"] == "PJSIP/trunk-00000001"


def test_a_rest_under_a_forged_head_that_it_fits_is_not_trusted() -> None:
    head = event("Newchannel", channel(CallerIDNum="@@")).split(b"@@")[0] + b"7"
    text = cut("CallerIDNum", b"\r\n\r\n" + connect(FORGED) + head, "QueueCallerJoin")
    for live in (False, True):
        assert trusted(sift(newchannel(OTHER) + text, live=live)) == {("Newchannel", OTHER)}


def test_a_decoy_does_not_end_the_doubt_on_a_live_link() -> None:
    head = event("Hangup", channel(CallerIDNum="@@")).split(b"@@")[0] + b"7"
    text = cut("CallerIDNum", b"\r\n\r\nLinkedid: 1\r\n\r\n" + connect(FORGED) + connect("1.2") + head)
    assert trusted(sift(newchannel(OTHER) + text, live=True)) == {("Newchannel", OTHER)}


def test_a_second_uniqueid_in_one_event_is_not_trusted() -> None:
    text = around(cut("AccountCode", b"\r\nUniqueid: 1666.666"))
    assert trusted(sift(text)) <= {("QueueCallerJoin", OTHER)}


def test_a_forged_response_is_not_trusted() -> None:
    text = cut("CallerIDNum", b"\r\n\r\nResponse: Success\r\nActionID: x\r\n\r\nEvent: A\r\nB: c")
    assert all(isinstance(item, Quarantined) for item in sift(text))


def test_an_event_of_the_wrong_class_is_not_trusted() -> None:
    text = connect().replace(b"agent,all", b"call,all")
    assert trusted(sift(text)) == set()


def test_an_event_without_a_stamp_in_a_stamped_session_is_not_trusted() -> None:
    text = newchannel(OTHER) + join(OTHER) + event("Newchannel", channel(), at="")
    assert trusted(sift(text)) == {("Newchannel", OTHER)}


def test_a_headless_block_is_quarantined_with_the_block_before_it() -> None:
    text = newchannel(OTHER) + connect(FORGED) + b"Foo: bar\r\n\r\n" + join(OTHER)
    assert trusted(sift(text)) == {("Newchannel", OTHER), ("QueueCallerJoin", OTHER)}


def test_headers_in_a_foreign_order_are_not_trusted() -> None:
    headers = channel()
    linkedid = headers.pop("Linkedid")
    assert trusted(sift(event("Newchannel", {"Linkedid": linkedid} | headers))) == set()


_LINES = st.sampled_from(
    [
        b"Foo: bar",
        b"garbage",
        b"Uniqueid: 1666.666",
        b"Linkedid: 1666.666",
        b"Event: Hangup",
        b"Event: X",
        b"Privilege: call,all",
        b"Timestamp: 1763800000.000002",
        b"Channel: PJSIP/trunk-00000001",
        b"",
        b"",
        connect(FORGED),
        newchannel(FORGED),
        connect(FORGED)[:-2],
        newchannel(FORGED)[:200],
        event("Hangup", channel(CallerIDNum="@@")).split(b"@@")[0],
    ]
)


@given(
    header=st.sampled_from(CALLER_CHOSEN),
    name=st.sampled_from(["Newchannel", "QueueCallerJoin", "AgentConnect"]),
    lines=st.lists(_LINES, min_size=1, max_size=6),
)
def test_no_value_makes_an_event_that_asterisk_did_not_write(header: str, name: str, lines: list[bytes]) -> None:
    injected = b"\r\n" + b"\r\n".join(lines)
    missing = list(channel())[list(channel()).index(header) + 1 :]
    first = injected.split(b"\r\n\r\n")[0]
    assume(not all(f"\r\n{each}: ".encode() in first for each in missing))
    genuine = {(name, GENUINE), ("Newchannel", OTHER), ("QueueCallerJoin", OTHER)}
    assert trusted(sift(around(cut(header, injected, name)), live=True)) <= genuine
