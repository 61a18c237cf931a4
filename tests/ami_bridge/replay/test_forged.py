"""Callers whose number holds line ends: what they forge becomes an anomaly, and no honest call is touched."""

import json
from typing import Any

import pytest

from callcenter.calls import AnomalyKind
from tests.ami_bridge.recordings import (
    FOLDER,
    FORGERIES,
    Objects,
    Replayed,
    ami,
    expected,
    from_ami,
    from_file,
    queue_log,
)

FACTS = ("queue", "caller", "outcome", "member", "ended_by", "transferred_to")


def facts(entries: Objects) -> list[tuple[Any, ...]]:
    return sorted(tuple(str(entry[name]) for name in FACTS) for entry in entries)


def honest(name: str, result: Replayed) -> Objects:
    """The entries of other callers than the forger."""
    forger = json.loads((FOLDER / name / "expected.json").read_text())["forger"]["caller"]
    return [entry for entry in result.entries if entry["caller"] != forger]


def forged(result: Replayed) -> Objects:
    return [each for each in result.anomalies if each["anomaly"] == AnomalyKind.FORGED.value]


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_ami_blocks_are_anomalies_and_touch_no_honest_call(name: str) -> None:
    result = from_ami(ami(name))
    assert facts(honest(name, result)) == facts(expected(name))
    assert forged(result)


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_lines_are_anomalies_and_touch_no_honest_call(name: str) -> None:
    result = from_file(queue_log(name))
    assert facts(honest(name, result)) == facts(expected(name))
    assert forged(result)


@pytest.mark.parametrize("name", FORGERIES)
def test_the_forgers_own_call_remains_registered_in_the_queue_log(name: str) -> None:
    forger = json.loads((FOLDER / name / "expected.json").read_text())["forger"]
    own = [entry for entry in from_file(queue_log(name)).entries if entry["caller"] == forger["caller"]]
    assert [(entry["queue"], entry["outcome"]) for entry in own] == [(forger["queue"], forger["outcome"])]
