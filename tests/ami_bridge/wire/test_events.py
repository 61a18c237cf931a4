"""A clean session: every event and response comes out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_bridge.wire.items import AmiEvent, AmiResponse, Item, Quarantined, QuarantineReason
from ami_bridge.wire.sifter import Sifter
from tests.ami_bridge.ami_text import BANNER, CHANNEL, QUEUE, block, channel, connect, event, join, newchannel

SESSION = (
    BANNER
    + block({"Response": "Success", "ActionID": "1", "Message": "Authentication accepted"})
    + event("FullyBooted", {"Uptime": "9", "LastReload": "9", "Status": "Fully Booted"}, kind="system", at="")
    + newchannel(CallerIDName="José Ñuflo Peña")
    + join()
    + connect()
    + event("Hangup", channel() | {"Cause": "16", "Cause-txt": "Normal Clearing"})
)
NAMES = ["", "FullyBooted", "Newchannel", "QueueCallerJoin", "AgentConnect", "Hangup"]


def sift(data: bytes, *, live: bool = False) -> list[Item]:
    """All that one read of the data gives."""
    sifter = Sifter(live=live)
    return sifter.feed(data) + (sifter.drain() if live else []) + sifter.flush()


def names(items: list[Item]) -> list[str]:
    """The events' names, "" for a response, the reason for what is quarantined."""
    return [
        item.name if isinstance(item, AmiEvent) else item.reason.name if isinstance(item, Quarantined) else ""
        for item in items
    ]


def test_a_clean_session_loses_nothing() -> None:
    assert names(sift(SESSION)) == NAMES


def test_a_response_is_distinguished_from_an_event() -> None:
    response = sift(SESSION)[0]
    assert isinstance(response, AmiResponse)
    assert response.succeeded
    assert response.get("ActionID") == "1"


def test_the_timestamp_is_exact_to_the_microsecond() -> None:
    (item,) = sift(event("QueueCallerJoin", channel() | QUEUE, kind="agent", at="1763800000.123457"))
    assert isinstance(item, AmiEvent)
    assert item.timestamp_us == 1_763_800_000_123_457


@given(cuts=st.lists(st.integers(0, len(SESSION)), max_size=40))
def test_the_size_of_the_reads_changes_nothing(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(SESSION)]
    sifter = Sifter()
    items = [item for at, end in pairwise(edges) for item in sifter.feed(SESSION[at:end])]
    assert items + sifter.flush() == sift(SESSION)


def test_a_character_cut_by_a_read_is_kept() -> None:
    sifter = Sifter()
    items = [item for at in range(len(SESSION)) for item in sifter.feed(SESSION[at : at + 1])] + sifter.flush()
    assert [item.get("CallerIDName") for item in items if isinstance(item, AmiEvent)][1] == "José Ñuflo Peña"


def test_a_recording_with_bare_line_feeds_is_read() -> None:
    assert names(sift(SESSION.replace(b"\r\n", b"\n"))) == NAMES


def test_a_recording_without_timestamps_is_read() -> None:
    (item,) = sift(event("Newchannel", channel(), at=""))
    assert isinstance(item, AmiEvent)
    assert item.timestamp_us is None


def test_the_last_event_waits_for_the_end_of_the_read() -> None:
    sifter = Sifter(live=True)
    assert sifter.feed(newchannel()) == []
    assert names(sifter.drain()) == ["Newchannel"]


def test_an_unfinished_block_is_reported_at_the_end() -> None:
    assert names(sift(newchannel() + join()[:200])) == ["Newchannel", "UNFINISHED"]


def test_a_recording_that_begins_within_a_block_is_read_from_the_next() -> None:
    assert names(sift(newchannel()[100:] + join())) == ["HEADLESS", "QueueCallerJoin"]


def test_an_agent_complete_without_its_agent_is_whole() -> None:
    body = channel() | {"Queue": "q", "Interface": "PJSIP/1", "MemberName": "Ana"}
    body |= {"HoldTime": "1", "TalkTime": "2", "Reason": "caller"}
    assert names(sift(event("AgentComplete", body, kind="agent"))) == ["AgentComplete"]


def test_channel_variables_may_repeat() -> None:
    text = newchannel()[:-2] + b"ChanVariable: A=1\r\nChanVariable: B=2\r\n\r\n"
    (item,) = sift(text)
    assert isinstance(item, AmiEvent)
    assert item.get("ChanVariable") == "A=1\nB=2"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\n", "\r", "\x7f"])
def test_a_control_character_in_a_number_does_not_lose_the_call(character: str) -> None:
    text = newchannel() + join(CallerIDNum=f"7{character}1")
    item = sift(text)[-1]
    assert isinstance(item, AmiEvent)
    assert item.get("CallerIDNum") == "7\ufffd1"


def test_bytes_that_are_no_characters_are_replaced() -> None:
    (item,) = sift(newchannel(CallerIDName="XX").replace(b"XX", b"\xff\xfe"))
    assert isinstance(item, AmiEvent)
    assert item.get("CallerIDName") == "\ufffd\ufffd"


def test_a_block_without_end_is_given_up_until_the_next_blank_line() -> None:
    text = newchannel("1.1") + b"Event: X\r\nA: " + b"a" * 200_000 + b"\r\n\r\n" + newchannel("1.2")
    in_parts = Sifter()
    parts = [item for at in range(0, len(text), 999) for item in in_parts.feed(text[at : at + 999])]
    assert names(parts + in_parts.flush()) == ["NEIGHBOUR", "TOO_LONG", "Newchannel"] == names(sift(text))


def test_the_answers_to_queue_status_need_no_privilege() -> None:
    entry = {"Queue": "q", "Position": "1", "Channel": "PJSIP/t-1", "Uniqueid": "1.1", "CallerIDNum": "7"}
    entry |= {
        "CallerIDName": "x",
        "ConnectedLineNum": "x",
        "ConnectedLineName": "x",
        "Wait": "3",
        "Priority": "0",
    }
    text = block({"Event": "QueueEntry"} | entry | {"ActionID": "a"})
    text += block({"Event": "QueueStatusComplete", "ActionID": "a", "EventList": "Complete", "ListItems": "1"})
    assert names(sift(newchannel() + text)) == ["Newchannel", "QueueEntry", "QueueStatusComplete"]


def test_an_unknown_event_is_let_through() -> None:
    assert names(sift(event("MusicOnHoldStart", channel() | {"Class": "default"}))) == ["MusicOnHoldStart"]


def test_the_channel_block_has_the_headers_the_sifter_expects() -> None:
    assert list(CHANNEL)[-2:] == ["Uniqueid", "Linkedid"]
    assert {reason.name for reason in QuarantineReason} >= {"CUT", "DISORDER"}


def test_a_queue_has_one_name_in_whatever_letters_asterisk_has_it() -> None:
    (joined,) = sift(join().replace(b"q101", b"Q101"))
    assert isinstance(joined, AmiEvent)
    assert joined.get("Queue") == "q101"
