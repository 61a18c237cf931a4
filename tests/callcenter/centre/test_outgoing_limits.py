"""The limits of the calls to the outside: sensible where the centre file says nothing, and no nonsense is taken."""

import pytest

from callcenter.centre.file import CentreFileError, parse
from callcenter.centre.outgoing_limits import OutgoingLimits
from callcenter.settings import PROJECT

RIGHT = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
LIMITS = "{channels: 30, calls_per_second: 2, channels_per_agent: 2, longest_call_minutes: 120}"
OTHER_TRUNK = "addresses: [127.0.0.4/32]"


def limits_of(text: str) -> OutgoingLimits:
    trunk = parse(text).outgoing_trunk
    assert trunk is not None
    return trunk.limits


def fault(text: str) -> str:
    with pytest.raises(CentreFileError) as refused:
        parse(text)
    (only,) = refused.value.faults
    return only


def test_a_trunk_without_limits_has_those_of_the_project() -> None:
    assert limits_of(RIGHT.replace(f"    limits: {LIMITS}\n", "")) == limits_of(RIGHT) == OutgoingLimits()


def test_a_trunk_has_the_limits_of_the_file() -> None:
    limits = limits_of(RIGHT.replace(LIMITS, "{channels: 8, longest_call_minutes: 45}"))
    assert (limits.channels, limits.channels_per_agent, limits.longest_call_minutes) == (8, 2, 45)


def test_a_small_trunk_needs_no_limit_for_agents() -> None:
    assert limits_of(RIGHT.replace(LIMITS, "{channels: 1}")).channels == 1


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ("{channels: 0}", "limits.channels: Input should be greater than or equal to 1"),
        ("{calls_per_second: 0}", "limits.calls_per_second: Input should be greater than or equal to 1"),
        ("{longest_call_minutes: 2000}", "limits.longest_call_minutes: Input should be less than or equal to 1440"),
        ("{chanels: 3}", "limits.chanels: Extra inputs are not permitted"),
        ("{channels: 3, channels_per_agent: 4}", "channels_per_agent (4) is more than channels (3)"),
    ],
)
def test_a_wrong_limit_is_refused_with_its_line(wrong: str, what: str) -> None:
    text = RIGHT.replace(LIMITS, wrong)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if f"limits: {wrong}" in each)
    said = fault(text)
    assert said.startswith(f"line {line}: trunks.0.limits")
    assert what in said


def test_limits_of_a_trunk_that_no_call_goes_out_by_are_refused() -> None:
    assert "has no dial" in fault(RIGHT.replace(OTHER_TRUNK, f"{OTHER_TRUNK}, limits: {LIMITS}"))
