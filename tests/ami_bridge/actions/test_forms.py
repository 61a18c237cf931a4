"""Commands as AMI actions."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami_bridge.actions.forms import calls, originates, queue_members
from ami_bridge.actions.forms.allowed import BadCommand
from callcenter.messages.call_commands import Originate, RedirectQueuedCall, Spy, SpyMode
from callcenter.messages.commands import LogIn, QueuePenalty
from tests.ami_bridge.commands import PHONE, command, forged

LOG_IN = command(LogIn, member="Ana Peña", queues=(QueuePenalty(queue="q101", penalty=2),))
RING = command(Originate, exten="71234567", caller_id="+5913101", ring_seconds=20, reference="12-1")
SPY = command(Spy, extension="1002", mode=SpyMode.LISTEN)


def test_a_login_has_queue_penalty_and_name() -> None:
    (action,) = queue_members.queue_adds(LOG_IN)
    assert action == {
        "Action": "QueueAdd",
        "Queue": "q101",
        "Interface": "PJSIP/1001",
        "MemberName": "Ana Peña",
        "Penalty": "2",
        "Paused": "false",
    }


@pytest.mark.parametrize("penalty", [-1, 1001])
def test_a_penalty_is_a_small_number(penalty: int) -> None:
    membership = QueuePenalty(queue="q101", penalty=0).model_copy(update={"penalty": penalty})
    with pytest.raises(BadCommand):
        queue_members.queue_adds(forged(LOG_IN, queues=(membership,)))


def test_a_pause_without_queue_is_for_all_queues() -> None:
    assert "Queue" not in queue_members.pause(PHONE, "almuerzo", None)
    assert queue_members.pause(PHONE, "almuerzo", "q101")["Queue"] == "q101"


def test_an_unpause_has_no_reason() -> None:
    action = queue_members.unpause(PHONE, None)
    assert (action["Paused"], "Reason" in action) == ("false", False)


def test_an_originate_is_asynchronous_and_rings_in_milliseconds() -> None:
    action = originates.originate(RING)
    assert (action["Async"], action["Timeout"], action["Context"]) == ("true", "20000", "troncal-agents")
    assert (action["Variable"], action["CallerID"]) == ("TRONCAL_REFERENCE=12-1", "+5913101")


def test_a_call_of_a_campaign_is_answered_by_the_agents_phone_itself() -> None:
    """Only that: whoever else is rung for a call has not asked for it a moment ago."""
    asked = RING.model_copy(update={"reference": "campaign-12-1"})
    header = "PJSIP_HEADER(add,Call-Info)=<sip:campaign@localhost>;answer-after=0"
    assert originates.originate(asked)["Variable"] == f"TRONCAL_REFERENCE=campaign-12-1,{header}"
    of_queue = asked.model_copy(update={"queue": "prepago"})
    with_queue = f"TRONCAL_REFERENCE=campaign-12-1,TRONCAL_TARGET=prepago,{header}"
    assert originates.originate(of_queue)["Variable"] == with_queue


def test_the_callers_name_tells_a_phone_that_it_is_to_spy() -> None:
    action = originates.spy(SPY)
    assert action["CallerID"] == '"troncal-listen" <1002>'
    assert (action["Context"], action["Exten"], action["Async"]) == ("troncal-spy", "listen-1002", "true")


@pytest.mark.parametrize("wrong", [{"extension": '1" <1>'}, {"mode": 'x" <1>'}, {"interface": "PJSIP/1&PJSIP/2"}])
def test_nothing_is_smuggled_into_a_caller_id(wrong: Mapping[str, str]) -> None:
    with pytest.raises(BadCommand):
        originates.spy(forged(SPY, **wrong))


@pytest.mark.parametrize("interface", ["Local/1@x", "PJSIP/1&PJSIP/2", "SIP/1", "PJSIP/", "PJSIP/1\n"])
def test_only_our_own_phones_are_rung(interface: str) -> None:
    with pytest.raises(BadCommand):
        originates.originate(forged(RING, interface=interface))


@pytest.mark.parametrize("value", ["1,SHELL(x)", "${EVAL(1)}", "a|b", "x\r\ny"])
def test_a_variable_cannot_carry_another_or_an_expression(value: str) -> None:
    with pytest.raises(BadCommand):
        originates.originate(forged(RING, reference=value))


@pytest.mark.parametrize(
    "wrong", [{"caller_id": "1,2"}, {"exten": "1\r\n"}, {"ring_seconds": 0}, {"ring_seconds": 301}]
)
def test_an_originate_has_no_value_that_is_not_allowed(wrong: Mapping[str, object]) -> None:
    with pytest.raises(BadCommand):
        originates.originate(forged(RING, **wrong))


@given(reason=st.text())
def test_a_reason_is_one_printable_column_or_refused(reason: str) -> None:
    try:
        written = queue_members.pause(PHONE, reason, None)["Reason"]
    except BadCommand:
        return
    assert written.isprintable()
    assert "|" not in written


@pytest.mark.parametrize(("goal", "written"), [({"queue": "102"}, "queue-102"), ({"exten": "1101"}, "phone-1101")])
def test_a_withdrawn_caller_is_led_to_a_queue_or_a_phone(goal: Mapping[str, str], written: str) -> None:
    assert calls.goal_of(command(RedirectQueuedCall, uniqueid="c1", **goal)) == written


@given(goal=st.text(), queue=st.text())
def test_no_text_makes_a_second_header(goal: str, queue: str) -> None:
    try:
        action = calls.withdraw(queue, "PJSIP/1001-0000000a", goal)
    except BadCommand:
        return
    assert all(value.isprintable() for value in action.values())
