"""A state folder has one owner at a time; the next one clears up after an owner that was killed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from callcenter.settings import PROJECT
from tests.troncal.machines.gone import is_gone
from troncal.installation.ownership import OWNER_FILE, StateTaken, owned
from troncal.installation.state_folder import RUNNING_FILE, Running, read_running, write_running

# Owns the folder, says that its centre runs, and starts a child as a supervisor does, that outlives it.
OWNER = """
import os, pathlib, subprocess, sys, time
from troncal.installation import state_folder
from troncal.installation.ownership import owned
folder = pathlib.Path(sys.argv[1])
with owned(folder) as owner:
    where = state_folder.Running("http://127.0.0.1:1", "127.0.0.1", 1, 1, 1, "", "", "")
    state_folder.write_running(folder, where)
    child = subprocess.Popen(["sleep", "1000"], env={**os.environ, **owner.environment}, start_new_session=True)
    print(child.pid, flush=True)
    time.sleep(1000)
"""


@contextmanager
def other_owner(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", psutil.Process]]:
    """Another process that owns the folder, and its child; both killed afterwards."""
    with subprocess.Popen([sys.executable, "-c", OWNER, folder], cwd=PROJECT, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        child = psutil.Process(int(owner.stdout.readline()))
        try:
            yield owner, child
        finally:
            owner.kill()
            if child.is_running():
                child.kill()


def contents(folder: Path) -> dict[str, tuple[int, str]]:
    return {path.name: (path.stat().st_mtime_ns, path.read_text()) for path in folder.iterdir()}


def test_a_second_owner_is_told_who_has_it_and_touches_nothing(tmp_path: Path) -> None:
    with other_owner(tmp_path) as (owner, child):
        before = contents(tmp_path)
        with pytest.raises(StateTaken) as refusal, owned(tmp_path):
            pass
        assert f"process {owner.pid} on " in str(refusal.value) and str(tmp_path) in str(refusal.value)
        assert len(str(refusal.value).splitlines()) == 1
        assert contents(tmp_path) == before
        assert child.is_running() and owner.poll() is None


def test_what_a_killed_owner_left_is_believed_by_nobody_and_ended_by_the_next(tmp_path: Path) -> None:
    with other_owner(tmp_path) as (owner, child):
        assert read_running(tmp_path) is not None
        owner.kill()
        owner.wait()
        assert read_running(tmp_path) is None and child.is_running()
        with owned(tmp_path):
            assert is_gone(child.pid)
            assert read_running(tmp_path) is None
            assert not (tmp_path / RUNNING_FILE).exists()


def test_a_number_that_is_somebody_elses_by_now_is_in_nobodys_way(tmp_path: Path) -> None:
    left = {"pid": os.getppid(), "host": "somewhere", "mark": "0" * 32}
    (tmp_path / OWNER_FILE).write_text(json.dumps(left))
    write_running(tmp_path, Running("http://127.0.0.1:1", "127.0.0.1", 1, 1, 1, "", "", ""))
    assert read_running(tmp_path) is None
    with owned(tmp_path) as owner:
        assert json.loads((tmp_path / OWNER_FILE).read_text())["mark"] == owner.mark != "0" * 32


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b"\xff\xfe", b'{"pid": 1}'])
def test_a_damaged_note_of_the_last_owner_is_in_nobodys_way(tmp_path: Path, left: bytes) -> None:
    (tmp_path / OWNER_FILE).write_bytes(left)
    with owned(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
