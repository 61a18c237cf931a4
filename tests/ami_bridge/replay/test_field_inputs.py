"""Queue logs of whole seconds that people of the field met, each with what it should give."""

from pathlib import Path
from typing import Any

import pytest

from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from ami_bridge.replay import queue_log_rows, replay_queue_log
from callcenter.calls import PeriodKind
from callcenter.moments import Moment
from callcenter.settings import PROJECT

FIELD = PROJECT / "tests" / "recordings" / "field"


def replayed(name: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The entries, and the kinds of the anomalies."""
    found = list(replay_queue_log(FIELD / f"{name}.txt"))
    return [each for each in found if "anomaly" not in each], [each["anomaly"] for each in found if "anomaly" in each]


def told(entry: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(entry[name] for name in ("caller", "outcome", "member", "ended_by"))


def test_a_log_that_overlaps_itself_counts_its_call_once() -> None:
    (entry,), kinds = replayed("told-twice")
    assert told(entry) == ("70177788", "answered", "PJSIP/11", "agent")
    assert kinds == ["duplicate"] * 3


def test_a_bar_in_a_members_name_is_part_of_it() -> None:
    (answered, abandoned), kinds = replayed("bar-in-member-name")
    assert told(answered) == ("70166677", "answered", "Ana | Turno A", "agent")
    assert answered["wait_seconds"] == 9.0
    assert told(abandoned)[:3] == ("70166678", "abandoned", None)
    assert abandoned["wait_min_seconds"] < 20 < abandoned["wait_max_seconds"]
    assert kinds == []


def test_a_joining_without_a_position_costs_no_other_line() -> None:
    (answered, abandoned), kinds = replayed("enterqueue-without-position")
    assert told(answered) == ("70155566", "answered", "Local/2004@from-internal/n", "agent")
    assert told(abandoned)[:3] == ("anonymous", "abandoned", None)
    assert [entry["wait_seconds"] for entry in (answered, abandoned)] == [7.0, 13.0]
    assert kinds == []


def test_a_wait_in_which_the_clock_went_back_is_not_decided() -> None:
    (answered, abandoned), kinds = replayed("clock-back")
    assert [entry["outcome"] for entry in (answered, abandoned)] == ["answered", "abandoned"]
    assert [entry["wait_seconds"] for entry in (answered, abandoned)] == [None, None]
    assert kinds == ["clock_went_back"] * 2


def test_a_caller_leaves_a_queue_that_has_become_empty() -> None:
    (entry,), kinds = replayed("leaveempty")
    assert (told(entry)[:2], kinds) == (("4301", "left_empty"), [])


def test_nothing_is_interrupted_before_its_last_sign_of_life() -> None:
    (entry,), kinds = replayed("restart-before-last-row")
    assert told(entry)[:2] == ("4301", "interrupted")
    assert entry["ended_at"] >= entry["answered_at"]
    assert kinds == ["clock_went_back"]


def test_a_pause_ends_with_the_log_off() -> None:
    fold = Fold("")
    with (FIELD / "logoff-while-paused.txt").open("rb") as log:
        for row in queue_log_rows(log):
            assert isinstance(row, Row)
            fold.apply(row)
    changes = fold.drain()
    paused = [period for period in changes.periods if period.kind is PeriodKind.PAUSED]
    assert [(period.member, period.reason, period.ended) for period in paused] == [
        ("Ana", "Almuerzo", Moment.whole_second(1_735_013_600))
    ]
    assert (changes.entries, changes.anomalies) == ((), ())


@pytest.mark.parametrize("name", ["attended-transfer-same-queue", "attended-transfer-same-queue-under-caller"])
def test_a_caller_transferred_into_the_same_queue_waits_there_a_second_time(name: str) -> None:
    (first, second), kinds = replayed(name)
    assert told(first) == ("70199222", "answered", "PJSIP/7001", "transfer")
    assert told(second) == ("70199222", "answered", "PJSIP/7002", "agent")
    assert (first["wait_seconds"], second["wait_seconds"], kinds) == (12.0, 7.0, [])


@pytest.mark.parametrize(
    ("uniqueid", "node"),
    [
        ("central-1790000000.5", "central"),
        ("la-paz-1790000000.5", "la-paz"),
        ("1790000000.5", None),
        ("callback-7013", None),
        ("5f0e3c5a-1d2b-4e5f-8a9b-0c1d2e3f4a5b", None),
    ],
)
def test_only_a_systemname_is_a_node(uniqueid: str, node: str | None, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text(f"1790000000|{uniqueid}|101|NONE|ENTERQUEUE||70712345|1\n")
    (entry,) = replay_queue_log(log)
    assert entry["node"] == node
