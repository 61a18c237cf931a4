"""A folder is one process's at a time, and free as soon as that process is gone, whatever it left running."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from callcenter.folder_lock import LOCK_FILE, FolderHeld, folder_locked, is_locked, openness
from callcenter.settings import PROJECT

# Holds the folder, starts another program, says its number, and waits to be killed.
HOLDER = """
import pathlib, subprocess, sys, time
from callcenter.folder_lock import folder_locked
with folder_locked(pathlib.Path(sys.argv[1])):
    print(subprocess.Popen(["sleep", "1000"]).pid, flush=True)
    time.sleep(1000)
"""


def test_a_folder_is_one_holders_until_the_end_of_the_block(tmp_path: Path) -> None:
    with folder_locked(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(FolderHeld), folder_locked(tmp_path, tries=2):
            pass
    assert not is_locked(tmp_path)
    with folder_locked(tmp_path):
        pass


def test_another_folder_is_free(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    with folder_locked(tmp_path), folder_locked(tmp_path / "inner"):
        assert is_locked(tmp_path / "inner")


def test_a_killed_holder_holds_nothing_though_its_child_lives_on(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], cwd=PROJECT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        child = psutil.Process(int(holder.stdout.readline()))
        try:
            assert is_locked(tmp_path)
            holder.kill()
            holder.wait()
            assert child.is_running()
            assert not is_locked(tmp_path)
        finally:
            child.kill()


def test_who_may_read_the_folder_alone_cannot_hold_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    others = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(others, fcntl.LOCK_EX)
        assert not is_locked(tmp_path)
        with folder_locked(tmp_path):
            assert is_locked(tmp_path)
    finally:
        os.close(others)


def test_the_lock_is_its_owners_alone_whatever_it_was_before(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).touch()
    (tmp_path / LOCK_FILE).chmod(0o644)
    assert "other users may open" in openness(tmp_path)
    with folder_locked(tmp_path):
        assert (tmp_path / LOCK_FILE).stat().st_mode & 0o777 == 0o600


def test_where_modes_cannot_be_changed_the_folder_is_locked_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    (tmp_path / LOCK_FILE).touch()
    (tmp_path / LOCK_FILE).chmod(0o644)
    monkeypatch.setattr(os, "fchmod", refused)
    with folder_locked(tmp_path):
        assert is_locked(tmp_path)
    assert "other users may open" in openness(tmp_path)


@pytest.mark.parametrize(("mode", "is_open"), [(0o700, False), (0o755, False), (0o770, True), (0o777, True)])
def test_a_folder_that_others_may_write_in_is_known(tmp_path: Path, mode: int, is_open: bool) -> None:
    tmp_path.chmod(mode)
    assert ("other users may write" in openness(tmp_path)) is is_open


def test_a_lock_that_was_removed_while_it_was_waited_for_is_not_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock

    def removed_meanwhile(descriptor: int, kind: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        (tmp_path / LOCK_FILE).unlink()
        flock(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", removed_meanwhile)
    with folder_locked(tmp_path, tries=2):
        assert is_locked(tmp_path)


def test_no_link_leads_the_lock_elsewhere(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=LOCK_FILE), folder_locked(tmp_path):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError), folder_locked(tmp_path / "file"):
        pass
    with pytest.raises(FileNotFoundError):
        is_locked(tmp_path / "nowhere")
