"""What the records say of an attempt's call: above all whether a person was left alone."""

from typing import Any

import pytest

from callcenter.calls import Outcome
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.outgoing_calls import OutgoingPurpose, OutgoingResult
from callcenter.records.calls import queue_entries
from callcenter.records.outgoing_calls import outgoing_calls
from dialer.attempt_results import AttemptResults

pytestmark = pytest.mark.database

NODE, CHANNEL, ATTEMPT, QUEUE = "central", "central-1.1", "campaign-1-1", "prepago"
ANSWERED_US = 1_790_000_000_000_000
HANDED_US = ANSWERED_US + 5 * MICROSECONDS


async def left_alone(database: Database, entry: Outcome | None, seconds: float = 0.0, **call: Any) -> bool:
    """Of a call that was answered, and ended so long after it was handed over; `entry`: its wait, None for no queue."""
    handed = {"handed_us": HANDED_US, "handed_to": QUEUE} if entry is not None else {}
    row = {
        **{"uniqueid": CHANNEL, "node": NODE, "purpose": OutgoingPurpose.CAMPAIGN.value, "reference": ATTEMPT},
        **{"number": "70700001", "dialled_us": ANSWERED_US - 9, "answered_us": ANSWERED_US, "rang": True},
        **{"ended_us": HANDED_US + round(seconds * MICROSECONDS), "result": OutgoingResult.ANSWERED.value},
        **{"ended_by_customer": True, **handed, **call},
    }
    async with database.transaction() as connection:
        await connection.execute(outgoing_calls.insert(), row)
        if entry is not None:
            await connection.execute(queue_entries.insert(), waited(entry))
    return (await AttemptResults(database, NODE).of([ATTEMPT]))[ATTEMPT].left_alone


def waited(outcome: Outcome) -> dict[str, Any]:
    answered_us = HANDED_US + MICROSECONDS if outcome is Outcome.ANSWERED else None
    return {
        **{"node": NODE, "boot_us": 1, "queue": QUEUE, "uniqueid": CHANNEL, "ordinal": 0, "call": CHANNEL},
        **{"line": "", "caller": "70700001", "entered_us": HANDED_US, "answered_us": answered_us},
        **{"wait_min_us": 1, "wait_max_us": 1, "outcome": outcome.value, "member": "1003"},
        "ended_by": "",
    }


@pytest.mark.parametrize(
    ("entry", "seconds", "alone"),
    [
        (Outcome.ANSWERED, 60.0, False),
        (Outcome.TIMEOUT, 9.0, True),
        (Outcome.ABANDONED, 2.0, False),
        (Outcome.ABANDONED, 2.1, True),
    ],
)
async def test_who_waits_longer_than_two_seconds_is_left_alone_whoever_hangs_up(
    database: Database, entry: Outcome, seconds: float, alone: bool
) -> None:
    assert await left_alone(database, entry, seconds) is alone


async def test_who_hangs_up_before_anybody_was_asked_for_them_is_not_left_alone(database: Database) -> None:
    assert not await left_alone(database, None)


@pytest.mark.parametrize("entry", [None, Outcome.ABANDONED])
async def test_whom_we_hang_up_on_is_left_alone(database: Database, entry: Outcome | None) -> None:
    assert await left_alone(database, entry, 0.5, ended_by_customer=False)


async def test_but_not_after_the_message_that_the_call_was_for(database: Database) -> None:
    assert not await left_alone(database, None, ended_by_customer=False, told="campana-mensaje")
