"""Every recording damaged: nothing is raised, no call ends twice, nothing remains open once the channels are gone."""

from collections.abc import Iterator
from io import BytesIO

import pytest

from ami_bridge.feeds.ami.translator import AmiTranslator
from ami_bridge.replay import ami_rows, queue_log_rows
from ami_bridge.wire.items import AmiEvent
from ami_bridge.wire.sifter import Sifter
from tests.ami_bridge.recordings import CASES, Replayed, ami, blocks, from_ami, from_file, keys, left_open, queue_log

# A lost transfer into a queue leaves the caller's second queue entry without its beginning, under another channel.
SWAPPED = {name for name in CASES if name.startswith("attended-transfer-into-queue")}


def lost(parts: list[bytes]) -> Iterator[bytes]:
    return (b"".join(parts[:at] + parts[at + 1 :]) for at in range(len(parts)))


def doubled(parts: list[bytes]) -> Iterator[bytes]:
    return (b"".join(parts[: at + 1] + parts[at:]) for at in range(len(parts)))


def swapped(parts: list[bytes]) -> Iterator[bytes]:
    pairs = range(len(parts) - 1)
    return (b"".join([*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]) for at in pairs)


def head_cut(parts: list[bytes]) -> Iterator[bytes]:
    return (b"".join(parts[at:]) for at in range(1, len(parts)))


def bytes_cut(parts: list[bytes]) -> Iterator[bytes]:
    for at, part in enumerate(parts):
        hole = part[: len(part) // 2] + part[len(part) * 2 // 3 :]
        yield b"".join([*parts[:at], hole, *parts[at + 1 :]])


def outcomes(result: Replayed) -> list[tuple[str, ...]]:
    names = ("queue", "uniqueid", "caller", "outcome", "member", "ended_by", "transferred_to")
    return sorted(tuple(str(entry[name]) for name in names) for entry in result.entries)


def ends_no_call_twice(damaged: Replayed, whole: Replayed) -> None:
    """No channel was in a queue more often than it really was."""
    named = [entry for entry in damaged.entries if entry["queue"]]
    more = keys(named) - keys(whole.entries)
    assert not more, more


@pytest.mark.parametrize("name", CASES)
def test_ami_events_doubled_change_nothing(name: str) -> None:
    raw = ami(name, "ami-filtered.txt")
    whole = outcomes(from_ami(raw))
    for damaged in doubled(blocks(raw)):
        assert outcomes(from_ami(damaged)) == whole


@pytest.mark.parametrize("name", CASES)
def test_ami_events_swapped_change_nothing(name: str) -> None:
    raw = ami(name, "ami-filtered.txt")
    whole = outcomes(from_ami(raw))
    for damaged in swapped(blocks(raw)):
        assert outcomes(from_ami(damaged)) == whole


@pytest.mark.parametrize("name", [name for name in CASES if name not in SWAPPED])
@pytest.mark.parametrize("damage", [lost, bytes_cut])
def test_a_lost_ami_event_never_ends_a_call_twice(name: str, damage: type[Iterator[bytes]]) -> None:
    raw = ami(name, "ami-filtered.txt")
    whole = from_ami(raw)
    for damaged in damage(blocks(raw)):  # type: ignore[call-arg]
        ends_no_call_twice(from_ami(damaged), whole)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("damage", [lost, head_cut, bytes_cut])
def test_nothing_stays_open_once_the_channels_are_gone(name: str, damage: type[Iterator[bytes]]) -> None:
    for damaged in damage(blocks(ami(name, "ami-filtered.txt"))):  # type: ignore[call-arg]
        assert left_open(ami_rows(BytesIO(damaged))) == 0


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_held_after_the_last_hang_up(name: str) -> None:
    sifter, translator = Sifter(), AmiTranslator()
    for position, item in enumerate([*sifter.feed(ami(name)), *sifter.flush()], 1):
        if isinstance(item, AmiEvent):
            translator.apply(item, position)
    translator.close()
    assert translator.open_calls == 0


@pytest.mark.parametrize("name", CASES)
def test_lines_doubled_change_nothing(name: str) -> None:
    whole = outcomes(from_file(queue_log(name)))
    for damaged in doubled(queue_log(name).splitlines(keepends=True)):
        assert outcomes(from_file(damaged)) == whole


@pytest.mark.parametrize("name", [name for name in CASES if name not in SWAPPED])
@pytest.mark.parametrize("damage", [lost, swapped])
def test_lines_lost_or_swapped_never_end_a_call_twice(name: str, damage: type[Iterator[bytes]]) -> None:
    whole = from_file(queue_log(name))
    for damaged in damage(queue_log(name).splitlines(keepends=True)):  # type: ignore[call-arg]
        ends_no_call_twice(from_file(damaged), whole)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("damage", [head_cut, bytes_cut])
def test_a_file_cut_anywhere_is_read_as_far_as_it_goes(name: str, damage: type[Iterator[bytes]]) -> None:
    for damaged in damage(queue_log(name).splitlines(keepends=True)):  # type: ignore[call-arg]
        left_open(queue_log_rows(BytesIO(damaged)))


START = b"1790000030|NONE|NONE|NONE|QUEUESTART|\n"
ENTERED = b"1790000001|1790000000.1|101|NONE|ENTERQUEUE||70712345|1\n"


def test_calls_are_interrupted_also_where_nothing_is_reported_after_the_restart() -> None:
    whole = ami("killed")
    result = from_ami(whole[: whole.index(b"\r\n\r\n", whole.rindex(b"Event: FullyBooted")) + 4])
    outcomes = [entry["outcome"] for entry in result.entries]
    assert "interrupted" in outcomes and "open" not in outcomes


@pytest.mark.parametrize("zeros", [1, 3_000, 300_000])
def test_a_hole_that_a_power_cut_left_hides_no_row_behind_it(zeros: int) -> None:
    result = from_file(ENTERED + b"\0" * zeros + START)
    assert [entry["outcome"] for entry in result.entries] == ["interrupted"]
    assert {anomaly["anomaly"] for anomaly in result.anomalies} == {"malformed_row"}
    assert not any("\0" in anomaly["detail"] for anomaly in result.anomalies)


def test_a_mark_that_an_editor_put_first_hides_no_first_row_and_no_first_block() -> None:
    mark = b"\xef\xbb\xbf"
    assert from_file(mark + ENTERED) == from_file(ENTERED)
    assert from_ami(mark + ami(CASES[0])) == from_ami(ami(CASES[0]))
