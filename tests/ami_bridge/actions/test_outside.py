"""Calls to the outside: where they may go."""

import pytest

from ami_bridge.actions.forms.allowed import BadCommand
from ami_bridge.actions.forms.originates import originate
from callcenter.messages.call_commands import Originate
from tests.ami_bridge.commands import command, forged

CALLBACK = command(Originate, exten="callback", caller_id="102", ring_seconds=20, reference="12-1")


def outside(number: str, exten: str = "callback", trunk: str = "@red-publica") -> Originate:
    return forged(CALLBACK, interface=f"PJSIP/{number}{trunk}", exten=exten)


@pytest.mark.parametrize("number", ["44123456", "70712345"])
def test_a_call_to_the_outside_goes_to_a_fixed_or_mobile_number(number: str) -> None:
    action = originate(outside(number))
    assert (action["Channel"], action["Context"]) == (f"PJSIP/{number}@red-publica", "troncal-callback")


@pytest.mark.parametrize("number", ["101", "800131313", "+5491112345678", "0044123456", "1001", "44123456;x", ""])
def test_a_call_to_the_outside_goes_nowhere_else(number: str) -> None:
    with pytest.raises(BadCommand):
        originate(outside(number))


def test_a_number_outside_cannot_be_sent_where_agents_dial() -> None:
    with pytest.raises(BadCommand):
        originate(outside("44123456", exten="1002"))


def test_an_agents_phone_cannot_be_sent_where_callbacks_go() -> None:
    with pytest.raises(BadCommand):
        originate(outside("1001", trunk=""))
