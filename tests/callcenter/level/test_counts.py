"""Each count of the service level counts what its name says: the regulator's figure is made of them."""

from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

import pytest

from callcenter.calls import EndedBy, Outcome, StepKind
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.counts import entry_counts
from callcenter.level.formulas import Period, ServiceLevelCounts
from callcenter.records.calls import queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.outgoing_calls import outgoing_calls

SECOND = MICROSECONDS
BEGAN = 1_790_000_000 * SECOND
PERIOD, THRESHOLD = Period(BEGAN, BEGAN + 3600 * SECOND), 20 * SECOND
# How many entries, how they ended, whether an agent answered, and the least and most of their wait in seconds.
KINDS: tuple[tuple[int, Outcome, bool, int, int], ...] = (
    (1, Outcome.ANSWERED, True, 10, 10),
    (2, Outcome.ANSWERED, True, 15, 25),
    (4, Outcome.ANSWERED, True, 60, 60),
    (8, Outcome.ABANDONED, False, 3, 3),
    (16, Outcome.ABANDONED, False, 10, 10),
    (32, Outcome.ABANDONED, False, 60, 60),
    (64, Outcome.OPEN, False, 1, 1),
    (7, Outcome.INTERRUPTED, True, 60, 60),
    (5, Outcome.INTERRUPTED, False, 60, 60),
    (9, Outcome.FULL, False, 0, 0),
    (11, Outcome.JOIN_REFUSED, False, 0, 0),
)
CALLERS = ServiceLevelCounts(
    answered=1 + 2 + 4 + 7,
    within=1,
    undetermined=2,
    abandoned=8 + 16 + 32 + 5,
    abandoned_within=8 + 16,
    abandoned_under_5_seconds=8,
    still_open=64,
    interrupted=7 + 5,
    interrupted_unanswered=5,
    full=9,
    join_refused=11,
)

COUNTED = {field.name for field in fields(ServiceLevelCounts)}


def entry(call: str, outcome: Outcome, answered: bool, least: int, most: int) -> dict[str, Any]:
    """A row of `queue_entries` at the beginning of the period."""
    return {
        **{"node": "central", "boot_us": 0, "queue": "102", "uniqueid": call, "ordinal": 0, "call": call},
        **{"line": "102", "caller": "70712345", "entered_us": BEGAN, "outcome": outcome.value},
        **{"answered_us": BEGAN + most * SECOND if answered else None, "ended_by": EndedBy.UNKNOWN.value},
        **{"wait_min_us": least * SECOND, "wait_max_us": most * SECOND},
    }


def entries() -> Iterator[dict[str, Any]]:
    """Those of `KINDS`."""
    for kind, (number, outcome, answered, least, most) in enumerate(KINDS):
        for each in range(number):
            yield entry(f"{kind}.{each}", outcome, answered, least, most)


async def counted(database: Database) -> ServiceLevelCounts:
    """What there is in the one queue: of the public, and how many entries of calls that the centre made."""
    rows = await database.read(lambda connection: entry_counts(connection, PERIOD, THRESHOLD))
    assert {row["queue"] for row in rows} == {"102"}
    of = {row["origin"]: {name: row[name] for name in row if name in COUNTED} for row in rows}
    outgoing = sum(row["entries"] for row in rows if row["origin"] == "outgoing")
    return ServiceLevelCounts(**of.get("public", {}), returned_entries=outgoing)


async def test_every_count_is_under_its_own_name(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(queue_entries.insert(), list(entries()))
    assert await counted(database) == CALLERS


async def test_entries_of_callbacks_are_counted_apart(database: Database) -> None:
    made = {"node": "central", "uniqueid": "back", "at_us": BEGAN, "detail": "1|102"}
    step = {**made, "step": StepKind.CALLBACK_ANSWERED.value}
    async with database.transaction() as connection:
        await connection.execute(queue_entries.insert(), [entry("back", Outcome.ANSWERED, True, 10, 10)])
        await connection.execute(call_steps.insert(), [step])
    assert await counted(database) == ServiceLevelCounts(returned_entries=1)


@pytest.mark.parametrize("dialled_us", [PERIOD.since_us - 1, PERIOD.until_us + 3 * SECOND])
async def test_a_call_that_the_centre_made_moves_no_level_when_it_is_handed_to_a_queue(
    database: Database, dialled_us: int
) -> None:
    """Nor one that seems to be dialled when the period was over: the clock was set, or only the file has its wait."""
    made = {
        "node": "central",
        "uniqueid": "out",
        "purpose": "campaign",
        "reference": "campaign-1",
        "number": "70712345",
    }
    async with database.transaction() as connection:
        await connection.execute(queue_entries.insert(), [*entries(), entry("out", Outcome.ABANDONED, False, 90, 90)])
        await connection.execute(outgoing_calls.insert(), [{**made, "dialled_us": dialled_us, "rang": True}])
    assert await counted(database) == replace(CALLERS, returned_entries=1)


def test_no_two_of_the_expected_counts_are_alike() -> None:
    counted = [number for number in asdict(CALLERS).values() if number]
    assert len(counted) == len(set(counted)) == 11
