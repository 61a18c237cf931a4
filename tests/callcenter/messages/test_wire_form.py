"""What a reader of the bus accepts and refuses."""

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callcenter.messages.call_commands import HangUp
from callcenter.messages.codec import decode
from callcenter.messages.commands import Pause
from callcenter.messages.envelope import BadMessage
from callcenter.messages.facts import CallOffered


def _offer(member: str = "ana", caller: str = "44220000") -> CallOffered:
    return CallOffered(
        node="central",
        member=member,
        uniqueid="1790000000.7",
        linkedid="1790000000.7",
        queue="101",
        line="101",
        caller=caller,
        joined_us=1_790_000_000_000_000,
        offered_us=1_790_000_001_500_000,
    )


def _changed(message: CallOffered, **fields: object) -> bytes:
    return json.dumps(json.loads(message.encode()) | fields).encode()


def test_a_message_survives_the_wire() -> None:
    offer = _offer()
    assert decode(offer.topic, offer.encode()) == offer


def test_a_field_of_a_later_producer_is_ignored() -> None:
    offer = _offer()
    assert decode(offer.topic, _changed(offer, campaign={"id": 3})) == offer


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "tea_time"}, "unknown kind 'tea_time'"),
        ({"version": 2}, "version 2; this reader knows up to 1"),
        ({"version": "1"}, "version"),
        ({"joined_us": "5"}, "joined_us: Input should be a valid integer"),
        ({"joined_us": -1}, "joined_us"),
        ({"queue": None}, "queue"),
    ],
)
def test_what_is_not_ours_is_refused_with_the_reason(fields: dict[str, object], reason: str) -> None:
    offer = _offer()
    with pytest.raises(BadMessage, match=reason):
        decode(offer.topic, _changed(offer, **fields))


@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        (b'"call_offered"', b'"tea_time"', "unknown kind 'tea_time'"),
        (b'"version":1', b'"version":2', "version 2; this reader knows up to 1"),
        (b'"member":"ana"', b'"member":', "Invalid JSON"),
        (b'"version":1', b'"version":1.5', "no kind and version"),
    ],
)
def test_as_a_producer_writes_it_it_is_read_as_strictly(written: bytes, instead: bytes, why: str) -> None:
    offer = _offer()
    with pytest.raises(BadMessage, match=why):
        decode(offer.topic, offer.encode().replace(written, instead))


def test_a_missing_field_is_named() -> None:
    offer = _offer()
    fields = json.loads(offer.encode())
    del fields["uniqueid"]
    with pytest.raises(BadMessage, match="uniqueid: Field required"):
        decode(offer.topic, json.dumps(fields).encode())


def test_a_message_on_the_topic_of_another_agent_is_refused() -> None:
    with pytest.raises(BadMessage, match="its own fields say another topic"):
        decode("troncal/central/offer/luz", _offer("ana").encode())


@given(st.binary(max_size=200))
def test_no_payload_raises_anything_but_bad_message(payload: bytes) -> None:
    with pytest.raises(BadMessage):
        decode("troncal/central/bridge", payload)


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=150))
def test_any_member_name_makes_one_topic_level(member: str) -> None:
    offer = _offer(member)
    assert offer.topic.count("/") == 3
    assert not set(offer.topic) & set("+#")
    assert decode(offer.topic, offer.encode()) == offer


def test_a_callers_control_characters_do_not_travel() -> None:
    assert _offer(caller="4422\r\nEvent: x\x00").caller == "4422Event: x"


@pytest.mark.parametrize("uniqueid", ["1.2\r\nAction: Command", "1.2\n", "", "x" * 151])
def test_a_command_takes_no_line_breaks(uniqueid: str) -> None:
    with pytest.raises(ValidationError):
        HangUp(node="central", command_id=uuid4(), issued_us=1, expires_us=2, issued_by="x", uniqueid=uniqueid)


@pytest.mark.parametrize("interface", ["PJSIP/1,Local/2", "PJSIP/1&PJSIP/2", "PJSIP/", "1001", "PJSIP/1\n"])
def test_a_command_names_one_phone(interface: str) -> None:
    with pytest.raises(ValidationError):
        Pause(
            node="central",
            command_id=uuid4(),
            issued_us=1,
            expires_us=2,
            issued_by="x",
            member="ana",
            interface=interface,
            reason="baño",
        )
