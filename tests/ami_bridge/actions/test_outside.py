"""Calls to the outside: where they may go."""

import pytest

from ami_bridge.actions.forms.allowed import BadCommand
from ami_bridge.actions.forms.originates import originate, place
from callcenter.messages.call_commands import Originate
from tests.ami_bridge.commands import command, forged

CALLBACK = command(Originate, exten="callback", caller_id="102", ring_seconds=20, reference="callback-12-1")


def outside(number: str, exten: str = "callback", trunk: str = "@red-publica") -> Originate:
    return forged(CALLBACK, interface=f"PJSIP/{number}{trunk}", exten=exten)


@pytest.mark.parametrize("number", ["44123456", "70712345"])
def test_a_call_to_the_outside_goes_to_a_fixed_or_mobile_number(number: str) -> None:
    action = place(outside(number))
    assert action["Channel"] == "Local/callback@troncal-place/n"
    assert action["Variable"].split(",") == [
        *(f"TRONCAL_DIALLED={number}", "TRONCAL_REFERENCE=callback-12-1", "TRONCAL_AS=102", "TRONCAL_RING=20")
    ]


@pytest.mark.parametrize("reference", ["12,X=1", "12^1", "${SHELL(x)}", "", "1 2", "a" * 65])
def test_an_attempts_name_is_an_argument_and_nothing_else(reference: str) -> None:
    with pytest.raises(BadCommand):
        place(forged(CALLBACK, interface="PJSIP/44123456@red-publica", reference=reference))


@pytest.mark.parametrize("number", ["101", "800131313", "+5491112345678", "0044123456", "1001", "44123456;x", ""])
def test_a_call_to_the_outside_goes_nowhere_else(number: str) -> None:
    with pytest.raises(BadCommand):
        place(outside(number))


def test_a_number_outside_cannot_be_sent_where_agents_dial() -> None:
    with pytest.raises(BadCommand):
        originate(outside("44123456", exten="1002"))


def test_an_agents_phone_cannot_be_sent_where_callbacks_go() -> None:
    with pytest.raises(BadCommand):
        place(outside("1001", trunk=""))
