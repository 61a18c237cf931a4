"""A state folder has one owner at a time; the next one clears up after an owner that was killed."""

import fcntl
import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from callcenter.folder_lock import LOCK_FILE
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

# What a process does that is there to be looked at.
WAITS = "print('here', flush=True); input()"
Noted = Callable[[Path, int], None]


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


@pytest.mark.slow
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
    assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]


def older_package(tmp_path: Path) -> Path:
    """A folder with a package `troncal` whose command waits."""
    package = tmp_path / "package" / "troncal"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "cli.py").write_text(WAITS)
    return package.parent


@contextmanager
def process_of(tmp_path: Path, *command: str, cwd: Path | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that was started by this command line and waits; killed afterwards."""
    program = tmp_path / "of-before" / "bin" / "troncal"
    program.parent.mkdir(parents=True)
    program.write_text(WAITS)
    words = [sys.executable, *(str(program) if word == "troncal" else word for word in command)]
    with subprocess.Popen(words, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"here\n"
        try:
            yield process
        finally:
            process.kill()


def noted_in_running(folder: Path, pid: int) -> None:
    """As the versions without a lock did."""
    (folder / RUNNING_FILE).write_text(json.dumps({"pid": pid, "http": "http://127.0.0.1:1"}))


def noted_in_owner(folder: Path, pid: int) -> None:
    """As the versions that locked the folder itself."""
    owner = {"pid": pid, "host": socket.gethostname(), "mark": "nobody's"}
    (folder / OWNER_FILE).write_text(json.dumps(owner))


@pytest.mark.parametrize("noted", [noted_in_running, noted_in_owner])
def test_a_running_centre_of_an_older_version_keeps_its_folder(tmp_path: Path, noted: Noted) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with process_of(tmp_path, "troncal", "up", "--demo") as older:
        noted(state, older.pid)
        before = {path.name: path.read_text() for path in state.iterdir()}
        with pytest.raises(StateTaken, match=f"owned by process {older.pid}[ ,].*end that one"), owned(state):
            pass
        assert {path.name: path.read_text() for path in state.iterdir() if path.name != LOCK_FILE} == before
        older.kill()
        older.wait()
        with owned(state):
            assert not (state / RUNNING_FILE).exists()


def test_who_held_the_lock_of_today_is_dead_once_it_is_free_whoever_has_its_number(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with process_of(tmp_path, "-m", "troncal.cli", "up", cwd=older_package(tmp_path)) as other:
        with owned(state) as owner:
            killed = asdict(owner) | {"pid": other.pid}
        noted_in_owner(state, other.pid)
        with pytest.raises(StateTaken), owned(state):
            pass
        (state / OWNER_FILE).write_text(json.dumps(killed))
        with owned(state):
            assert other.poll() is None


@pytest.mark.parametrize("noted", [noted_in_running, noted_in_owner])
@pytest.mark.parametrize("command", [("troncal", "simulate"), ("-c", WAITS, "up", "troncal")])
def test_a_number_that_is_another_programs_by_now_keeps_nobody_out(
    tmp_path: Path, noted: Noted, command: tuple[str, ...]
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with process_of(tmp_path, *command) as other:
        noted(state, other.pid)
        with owned(state):
            assert other.poll() is None


@pytest.mark.parametrize("pid", [None, "1", -1, 0, 1 << 80, 1.5])
def test_a_number_that_is_none_keeps_nobody_out(tmp_path: Path, pid: object) -> None:
    (tmp_path / RUNNING_FILE).write_text(json.dumps({"pid": pid}))
    (tmp_path / OWNER_FILE).write_text(json.dumps({"pid": pid, "host": socket.gethostname(), "mark": "nobody's"}))
    with owned(tmp_path):
        pass


def test_a_folder_that_others_may_read_is_kept_closed_by_none_of_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    descriptor = os.open(tmp_path, os.O_RDONLY)  # all that another user may open there
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        with owned(tmp_path):
            assert stat.S_IMODE((tmp_path / LOCK_FILE).stat().st_mode) == 0o600
    finally:
        os.close(descriptor)
