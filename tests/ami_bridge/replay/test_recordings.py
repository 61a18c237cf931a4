"""Every outcome of app_queue, from real calls: each of the three sources gives what the phones saw."""

import io
from itertools import chain
from typing import Any

import pytest

from ami_bridge.replay import ami_rows, queue_log_rows
from tests.ami_bridge.recordings import (
    CASES,
    Objects,
    Replayed,
    ami,
    expected,
    from_ami,
    from_file,
    from_table,
    positions,
    queue_log,
    table_rows,
)

FACTS = ("queue", "caller", "outcome", "member", "ended_by", "transferred_to")
TIMES = ("joined_at", "answered_at", "ended_at")
CLOCK_SECONDS = 0.005
OWN_VERBS = (b"|ARRIVED|", b"|DEPARTED|", b"|OFFERED|", b"|RELEASED|", b"|RETURNED|", b"|RECEIVED|")


def facts(entries: Objects) -> list[tuple[Any, ...]]:
    return sorted(tuple(str(entry[name]) for name in FACTS) for entry in entries)


def by_joining(entries: Objects) -> Objects:
    return sorted(entries, key=lambda entry: (entry["joined_at"] or entry["ended_at"], entry["queue"]))


def agree(result: Replayed, name: str, *, seconds: float = 0.0) -> None:
    for entry, seen in zip(by_joining(result.entries), by_joining(expected(name)), strict=True):
        for time in TIMES:
            assert (entry[time] is None) == (seen[time] is None), (time, entry, seen)
            if seen[time] is not None:
                assert abs(entry[time] - seen[time]) <= max(seconds, seen["slack_seconds"]), (time, entry, seen)


@pytest.mark.parametrize("variant", ["ami.txt", "ami-filtered.txt"])
@pytest.mark.parametrize("name", CASES)
def test_ami_gives_what_the_phones_saw(name: str, variant: str) -> None:
    result = from_ami(ami(name, variant))
    assert facts(result.entries) == facts(expected(name))
    assert result.anomalies == []
    agree(result, name)


@pytest.mark.parametrize("name", CASES)
def test_the_realtime_rows_give_what_the_phones_saw(name: str) -> None:
    result = from_table(name)
    assert facts(result.entries) == facts(expected(name))
    assert result.anomalies == []
    agree(result, name)


@pytest.mark.parametrize("name", CASES)
def test_the_plain_file_gives_it_within_its_whole_seconds(name: str) -> None:
    result = from_file(queue_log(name))
    assert facts(result.entries) == facts(expected(name))
    agree(result, name, seconds=1.3)


@pytest.mark.parametrize("name", CASES)
def test_ami_and_rows_differ_by_milliseconds_at_most(name: str) -> None:
    for one, other in zip(from_ami(ami(name)).entries, from_table(name).entries, strict=True):
        assert (one["uniqueid"], one["queue"], one["outcome"]) == (
            other["uniqueid"],
            other["queue"],
            other["outcome"],
        )
        for time in TIMES[: 2 if one["outcome"] == "interrupted" else 3]:
            assert one[time] == pytest.approx(other[time], abs=CLOCK_SECONDS)


@pytest.mark.parametrize("variant", ["ami.txt", "ami-filtered.txt"])
@pytest.mark.parametrize("name", CASES)
def test_all_three_say_the_same_positions_in_the_queue(name: str, variant: str) -> None:
    by_table = positions(table_rows(name))
    assert positions(ami_rows(io.BytesIO(ami(name, variant)))) == by_table
    assert positions(queue_log_rows(io.BytesIO(queue_log(name)))) == by_table
    joined = sorted(entry["queue"] for entry in expected(name) if entry["joined_at"])
    assert sorted(queue for (queue, *_), (entered, _) in by_table.items() if entered) == joined


@pytest.mark.parametrize("name", CASES)
def test_the_file_never_claims_a_wait_that_ami_contradicts(name: str) -> None:
    exact = {(entry["uniqueid"], entry["queue"], entry["joined_at"]): entry for entry in from_ami(ami(name)).entries}
    for entry in from_file(queue_log(name)).entries:
        waits = [
            other["wait_seconds"]
            for (uniqueid, queue, joined), other in exact.items()
            if (uniqueid, queue) == (entry["uniqueid"], entry["queue"])
            and (joined is None or 0 <= joined - (entry["joined_at"] or joined) < 1)
            and other["outcome"] != "interrupted"
        ]
        fits = [
            wait for wait in waits if entry["wait_min_seconds"] - 0.005 <= wait <= entry["wait_max_seconds"] + 0.005
        ]
        assert fits or not waits


@pytest.mark.parametrize("name", CASES)
def test_a_file_without_dialplan_events_has_the_same_outcomes_but_refusals(name: str) -> None:
    lines = [line for line in queue_log(name).splitlines(keepends=True) if not any(v in line for v in OWN_VERBS)]
    entries = from_file(b"".join(lines)).entries
    assert [entry["outcome"] for entry in entries] == [entry["outcome"] for entry in from_table(name).entries]


@pytest.mark.parametrize("name", ["attended-transfer", "attended-transfer-by-key"])
def test_without_the_dialplans_row_the_target_of_an_attended_transfer_is_not_known(name: str) -> None:
    lines = [line for line in queue_log(name).splitlines(keepends=True) if b"|RECEIVED|" not in line]
    (entry,) = from_file(b"".join(lines)).entries
    assert (entry["ended_by"], entry["transferred_to"]) == ("transfer", None)


def test_all_recordings_one_after_the_other_are_the_sum_of_them() -> None:
    names = sorted(CASES, key=lambda name: ami(name).partition(b"Timestamp: ")[2][:17])
    single = chain.from_iterable(from_ami(ami(name)).entries for name in names)
    together = from_ami(b"".join(ami(name) for name in names)).entries
    assert facts(together) == facts(list(single))
