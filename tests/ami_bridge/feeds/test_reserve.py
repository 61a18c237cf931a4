"""Room for the queue log on a disk that fills up."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ami_bridge.feeds.reserve import AHEAD_BYTES, Reserve, allocate_ahead, free_rotated

LINE = b"1796000000|central-1796000000.1|101|NONE|ENTERQUEUE||70712345|1\n"
SIZE = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, which takes rights to mount one."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(tmp_path)], check=False)
    if mounted.returncode:
        pytest.skip("only who may mount a disk can fill one")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def ahead(path: Path) -> int:
    """How many bytes are allocated behind the end of a file."""
    return path.stat().st_blocks * 512 - path.stat().st_size


def test_a_file_has_blocks_behind_its_end_and_reads_as_before(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(LINE)
    allocate_ahead(path, SIZE)
    assert ahead(path) >= SIZE
    assert path.read_bytes() == LINE


def test_more_is_allocated_when_half_is_written(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.touch()
    allocate_ahead(path, SIZE)
    before = path.stat().st_blocks
    for count, grows in ((SIZE * 4 // 10, False), (SIZE * 2 // 10, True)):
        with path.open("ab") as stream:
            stream.write(b"\n" * count)
        allocate_ahead(path, SIZE)
        assert (path.stat().st_blocks > before) is grows


@pytest.mark.parametrize(("written", "is_freed"), [(1_796_000_299, False), (1_796_000_300, True)])
def test_a_file_that_was_rotated_gives_back_what_it_does_not_need(tmp_path: Path, written: int, is_freed: bool) -> None:
    path, rotated = tmp_path / "queue_log", tmp_path / "queue_log.1"
    rotated.write_bytes(LINE)
    allocate_ahead(rotated, SIZE)
    path.write_bytes(LINE)
    allocate_ahead(path, SIZE)
    os.utime(rotated, (1_796_000_000, 1_796_000_000))
    os.utime(path, (written, written))
    free_rotated(path, SIZE // 2)
    assert (ahead(rotated) < SIZE // 2) is is_freed
    assert (rotated.read_bytes(), rotated.stat().st_mtime) == (LINE, 1_796_000_000)
    assert ahead(path) >= SIZE


def test_on_a_full_disk_there_is_room_for_that_file_alone(small_disk: Path) -> None:
    path, other = small_disk / "queue_log", small_disk / "other"
    path.write_bytes(LINE)
    allocate_ahead(path, SIZE)
    with pytest.raises(OSError, match="No space left"), other.open("ab", buffering=0) as stream:
        while stream.write(bytes(65536)):
            pass
    with path.open("ab", buffering=0) as log:
        assert log.write(LINE * 10_000) == len(LINE) * 10_000


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    allocate_ahead(tmp_path / "queue_log")
    assert not (tmp_path / "queue_log").exists()


def test_where_nothing_can_be_allocated_that_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "queue_log").touch()
    (tmp_path / "fallocate").symlink_to("/bin/false")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    reserve = Reserve(tmp_path, tmp_path / "queue_log", given_up_below=0)
    for _ in range(2):
        reserve.tend(AHEAD_BYTES, AHEAD_BYTES)
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "on a full disk Asterisk cannot write its queue_log"
    ]
