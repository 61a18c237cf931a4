"""Calls to the outside: where they may go."""

import pytest

from ami_bridge import action_forms as forms
from ami_bridge.action_forms import BadCommand, Originate


def outside(number: str, context: str = "troncal-callback", trunk: str = "@red-publica") -> Originate:
    return Originate(
        command_id="1",
        expires_at_us=1,
        interface=f"PJSIP/{number}{trunk}",
        context=context,
        exten="callback",
        caller_id="102",
        ring_seconds=20,
        variables={"TRONCAL_REFERENCE": "12-1"},
    )


@pytest.mark.parametrize("number", ["44123456", "70712345"])
def test_a_call_to_the_outside_goes_to_a_fixed_or_mobile_number(number: str) -> None:
    assert forms.originate(outside(number))["Channel"] == f"PJSIP/{number}@red-publica"


@pytest.mark.parametrize("number", ["101", "800131313", "+5491112345678", "0044123456", "1001", "44123456;x", ""])
def test_a_call_to_the_outside_goes_nowhere_else(number: str) -> None:
    with pytest.raises(BadCommand):
        forms.originate(outside(number))


def test_a_number_outside_cannot_be_sent_where_agents_dial() -> None:
    with pytest.raises(BadCommand):
        forms.originate(outside("44123456", "troncal-agents"))


def test_an_agents_phone_cannot_be_sent_where_customers_come_back() -> None:
    with pytest.raises(BadCommand):
        forms.originate(outside("1001", trunk=""))
