"""Commands as AMI actions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_bridge import action_forms as forms
from ami_bridge.action_forms import BadCommand, LogIn, Originate, Pause, QueueLog, Unpause

ID = {"command_id": "1", "expires_at_us": 1}
LOG_IN = LogIn(**ID, interface="PJSIP/1001", member_name="Ana Peña", queues=(("q101", 2),))  # type: ignore[arg-type]
PAUSE = Pause(**ID, interface="PJSIP/1001", reason="almuerzo")  # type: ignore[arg-type]
RING = Originate(
    **ID,  # type: ignore[arg-type]
    interface="PJSIP/1001",
    context="internal",
    exten="71234567",
    caller_id="+5913101",
    ring_seconds=20,
    variables={"A": "1", "B": "2"},
)


def test_a_login_tells_queue_penalty_and_name() -> None:
    (action,) = forms.queue_adds(LOG_IN)
    assert action == {
        "Action": "QueueAdd",
        "Queue": "q101",
        "Interface": "PJSIP/1001",
        "MemberName": "Ana Peña",
        "Penalty": "2",
        "Paused": "false",
    }


def test_a_pause_without_queue_is_for_all_queues() -> None:
    assert "Queue" not in forms.queue_pause(PAUSE)
    assert forms.queue_pause(replace(PAUSE, queue="q101"))["Queue"] == "q101"


def test_an_unpause_has_no_reason() -> None:
    action = forms.queue_pause(Unpause(**ID, interface="PJSIP/1001"))  # type: ignore[arg-type]
    assert (action["Paused"], "Reason" in action) == ("false", False)


def test_an_originate_is_asynchronous_and_rings_in_milliseconds() -> None:
    action = forms.originate(RING)
    assert (action["Async"], action["Timeout"], action["Variable"]) == ("true", "20000", "A=1,B=2")


def test_a_caller_has_a_name_where_one_is_given() -> None:
    assert forms.originate(RING)["CallerID"] == "+5913101"
    named = replace(RING, caller_id="1001", caller_name="troncal-listen")
    assert forms.originate(named)["CallerID"] == '"troncal-listen" <1001>'
    with pytest.raises(BadCommand):
        forms.originate(replace(named, caller_name='x" <1>'))


def test_a_queue_log_row_has_its_data_in_columns() -> None:
    row = QueueLog(**ID, queue="q101", event="WRAPUP", data=("a", "b"))  # type: ignore[arg-type]
    assert forms.queue_log(row)["Message"] == "a|b"


@pytest.mark.parametrize("interface", ["Local/1@x", "PJSIP/1&PJSIP/2", "SIP/1", "PJSIP/", "PJSIP/1\n"])
def test_only_our_own_phones_are_rung(interface: str) -> None:
    with pytest.raises(BadCommand):
        forms.originate(replace(RING, interface=interface))


@pytest.mark.parametrize("value", ["1,SHELL(x)", "${EVAL(1)}", "a|b", "x\r\ny"])
def test_a_variable_cannot_carry_another_or_an_expression(value: str) -> None:
    with pytest.raises(BadCommand):
        forms.originate(replace(RING, variables={"A": value}))


@given(reason=st.text())
def test_a_reason_is_one_printable_column_or_refused(reason: str) -> None:
    try:
        told = forms.queue_pause(replace(PAUSE, reason=reason))["Reason"]
    except BadCommand:
        return
    assert told.isprintable()
    assert "|" not in told
