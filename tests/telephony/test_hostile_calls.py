"""Calls that try to be something else: the number's text goes nowhere, and strangers are not let in."""

import pytest

from callcenter.clock import now_us
from tests.telephony.phones.sip_phone import SipPhone
from tests.telephony.running_centre import RunningCentre
from tests.waiting import until

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]
TRUNK, STRANGER = "127.0.0.4", "127.0.0.9"
FORGED = "7071%0D%0A%0D%0AEvent%3A%20QueueCallerJoin%0D%0AQueue%3A%20102%0D%0AUniqueid%3A%20forged.1%0D%0A"


@pytest.mark.parametrize(
    ("number", "recorded"),
    [
        (FORGED, "70711021"),
        ("70712345%7CCONNECT%7C1", "707123451"),
        ("%24%7BSHELL(id)%7D70712346", "70712346"),
        ("70712347%2C1%26SIP%2F1001%22%27", "7071234711001"),
        ("anonymous", ""),
        ("+59170712348", "+59170712348"),
    ],
)
async def test_of_a_callers_number_only_digits_are_believed(centre: RunningCentre, number: str, recorded: str) -> None:
    assert centre.where is not None
    since_us = now_us()
    caller = await SipPhone.open(number, (centre.where.sip_host, centre.where.sip_port), host=TRUNK)
    leg = await caller.call("101")
    await leg.until(leg.answered)
    found = f"SELECT caller, queue, outcome FROM queue_entries WHERE entered_us > {since_us}"
    until(lambda: bool(centre.rows(found)), 10, "the call is in its queue")
    await leg.hang_up()
    await caller.close()
    until(lambda: centre.rows(found) == [(recorded, "101", "abandoned")], 10, f"recorded as {recorded!r}")


async def test_a_stranger_is_not_let_in(centre: RunningCentre) -> None:
    assert centre.where is not None
    since_us = now_us()
    stranger = await SipPhone.open("70712345", (centre.where.sip_host, centre.where.sip_port), host=STRANGER)
    leg = await stranger.call("101")
    await leg.until(leg.ended)
    await stranger.close()
    assert leg.status in (401, 403, 404, 407)
    await a_call_is_recorded(centre, "70712399")
    arrived = f"SELECT caller FROM calls WHERE arrived_us > {since_us}"
    assert centre.rows(arrived) == [("70712399",)]  # at once: settled


async def a_call_is_recorded(centre: RunningCentre, number: str) -> None:
    """One of the public network's own; what came before it is recorded too then."""
    assert centre.where is not None
    caller = await SipPhone.open(number, (centre.where.sip_host, centre.where.sip_port), host=TRUNK)
    leg = await caller.call("101")
    await leg.until(leg.answered)
    await leg.hang_up()
    await caller.close()
    over = f"SELECT 1 FROM calls WHERE caller = '{number}' AND ended_us IS NOT NULL"
    until(lambda: bool(centre.rows(over)), 20, "the call is recorded")


async def test_a_number_that_is_no_line_is_refused(centre: RunningCentre) -> None:
    assert centre.where is not None
    caller = await SipPhone.open("70712345", (centre.where.sip_host, centre.where.sip_port), host=TRUNK)
    leg = await caller.call("s")
    await leg.until(leg.ended)
    await caller.close()
    assert leg.status >= 400
