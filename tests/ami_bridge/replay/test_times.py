"""How well moments and waits are known, source by source."""

import re

import pytest

from tests.ami_bridge.recordings import Replayed, ami, blocks, from_ami, from_file

ENTERED = "1700000000.500|1699999990.1|v|NONE|ENTERQUEUE||71|1\n"


def replayed(text: str) -> Replayed:
    return from_file(text.encode())


def test_a_fraction_is_known_to_its_last_digit() -> None:
    (entry,) = replayed(ENTERED + "1700000003.250|1699999990.1|v|Ana|CONNECT|3|x|1\n").entries
    assert (entry["wait_min_seconds"], entry["wait_max_seconds"]) == (2.749001, 2.750999)
    assert entry["wait_seconds"] == 2.75


def test_the_wait_of_an_entry_whose_joining_is_lost_is_at_most_its_channels_age() -> None:
    (entry,) = replayed("1700000025|1699999990.1|v|NONE|EXITWITHTIMEOUT|1\n").entries
    assert (entry["wait_seconds"], entry["wait_min_seconds"], entry["wait_max_seconds"]) == (None, 0, 35.999999)


def test_a_first_pair_that_was_swapped_is_one_entry() -> None:
    lines = "1700000003|a.1|v|Ana|CONNECT|3|x|1\n1700000000|a.1|v|NONE|ENTERQUEUE||71|1\n"
    (entry,) = replayed(lines + "1700000005|a.1|v|Ana|COMPLETEAGENT|3|2|1\n").entries
    assert (entry["caller"], entry["outcome"], entry["ended_by"]) == ("71", "answered", "agent")


def test_a_line_without_an_end_is_one_anomaly() -> None:
    result = replayed("x" * 300_000 + "\n" + ENTERED)
    assert [each["anomaly"] for each in result.anomalies] == ["malformed_row"]
    assert len(result.entries) == 1


@pytest.mark.parametrize("name", ["answered-agent-ends", "answered-caller-ends"])
@pytest.mark.parametrize("late", [[b"AgentComplete"], [b"AgentComplete", b"Hangup"]])
def test_a_conversation_whose_end_is_reported_late_ended_when_the_bridge_did(name: str, late: list[bytes]) -> None:
    parts = blocks(ami(name, "ami-filtered.txt"))
    whole = from_ami(b"".join(parts)).entries[0]
    held_up = [part for event in late for part in parts if b"Event: %s\r\n" % event in part]
    in_time = [part for part in parts if part not in held_up]
    result = from_ami(b"".join([*in_time, *map(_later, held_up)])).entries[0]
    assert result["ended_at"] == pytest.approx(whole["ended_at"], abs=0.1)
    assert result["ended_by"] == whole["ended_by"] == name.split("-")[1]


def _later(part: bytes) -> bytes:
    return re.sub(rb"Timestamp: ([\d.]+)", lambda at: b"Timestamp: %.6f" % (float(at[1]) + 0.9), part)
