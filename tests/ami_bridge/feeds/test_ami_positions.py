"""Positions in the queue as AMI reports them: those that the queue log has."""

import pytest

from ami_bridge.feeds.ami.translator import AmiTranslator
from ami_bridge.ledger.rows.row import Row
from ami_bridge.wire.items import AmiEvent
from ami_bridge.wire.sifter import Sifter
from callcenter.calls import Anomaly
from tests.ami_bridge.ami_text import channel, connect, event, newchannel
from tests.ami_bridge.recordings import positions

CALLER, PHONE = "1763800000.1", "1763800000.2"


def translated(*texts: bytes) -> list[Row | Anomaly]:
    sifter, translator = Sifter(live=True), AmiTranslator()
    heard = [each for each in sifter.feed(b"".join(texts)) + sifter.drain() if isinstance(each, AmiEvent)]
    out = [item for number, each in enumerate(heard, 1) for item in translator.apply(each, number)]
    return out + translator.close()


def of_caller(name: str, second: int, *, position: str, exten: str = "101", **more: str) -> bytes:
    body = channel(Uniqueid=CALLER, Linkedid=CALLER, Exten=exten) | {"Queue": "q101", "Position": position} | more
    return event(name, body, kind="agent", at=f"176380000{second}.000000")


def joined(position: str) -> bytes:
    return of_caller("QueueCallerJoin", 1, position=position, Count="7")


def left(position: str, exten: str = "101") -> bytes:
    return of_caller("QueueCallerLeave", 3, position=position, exten=exten, Count="6")


def abandoned(position: str, original: str) -> bytes:
    return of_caller("QueueCallerAbandon", 3, position=position, OriginalPosition=original, HoldTime="2")


def asked_to_end() -> bytes:
    return event("HangupRequest", channel(Uniqueid=CALLER) | {"Cause": "16"}, at="1763800003.000000")


def only(*texts: bytes) -> tuple[int | None, int | None]:
    (found,) = positions(translated(*texts)).values()
    return found


def test_a_hang_up_tells_the_position_at_the_joining_and_at_the_end() -> None:
    gone = asked_to_end(), abandoned("2", "5"), left("2")
    assert only(newchannel(CALLER), joined("5"), *gone) == (5, 2)
    assert only(*gone) == (5, 2)  # of who joined before the source began


def test_an_exit_by_key_tells_where_it_was_by_its_leaving_alone() -> None:
    assert only(newchannel(CALLER), joined("5"), left("3", exten="1")) == (5, 3)
    assert only(left("3", exten="1")) == (None, 3)


@pytest.mark.parametrize("status", ["TIMEOUT", "LEAVEEMPTY", "WITHDRAW"])
def test_so_does_every_exit_whose_reason_follows(status: str) -> None:
    reason = {"Variable": "QUEUESTATUS", "Value": status}
    reported = event("VarSet", channel(Uniqueid=CALLER) | reason, kind="dialplan", at="1763800003.000001")
    assert only(newchannel(CALLER), joined("5"), abandoned("4", "5"), left("4"), reported) == (5, 4)


def test_an_answered_caller_left_at_no_position() -> None:
    assert only(newchannel(CALLER), newchannel(PHONE), joined("5"), left("1"), connect(CALLER)) == (5, None)


@pytest.mark.parametrize("text", ["", "0", "-1", "uno", "10000"])
def test_what_is_no_position_is_none(text: str) -> None:
    assert only(newchannel(CALLER), joined(text), asked_to_end(), abandoned(text, text), left(text)) == (None, None)
