"""What the operating system refuses is said in one English line with what to do, exit code 3, by every command."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from callcenter.settings import PROJECT
from troncal.commands.system_errors import in_one_line, problems_of
from troncal.installation import state_folder

COMMANDS = (
    *("up", "bridge", "api", "agi", "simulate", "call", "db upgrade", "asterisk render"),
    *("report att 2026-10", "report ivr 2026-10", "report satisfaction 2026-S2", "report campaign x"),
    *("ivr show 102", "ivr try 102 1", "ivr diff", "ivr apply", "ivr back", "ivr prompts"),
    *("ivr outage list", "ivr outage on", "ivr holiday list 2026", "user add x --password abcdefghijklmnop"),
)


def troncal(state: Path, command: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "troncal.cli", *command.split()]
    env = {**os.environ, "TRONCAL_STATE": str(state), "COLUMNS": "400"}
    return subprocess.run(words, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=False)


def binary_secrets(state: Path) -> None:
    state.mkdir()
    (state / state_folder.SECRETS_FILE).write_bytes(bytes(range(256)))


def secrets_that_are_a_folder(state: Path) -> None:
    (state / state_folder.SECRETS_FILE).mkdir(parents=True)


def file_for_a_folder(state: Path) -> None:
    state.touch()


def full_disk(state: Path) -> None:
    state.mkdir()
    (state / f"{state_folder.SECRETS_FILE}.new").symlink_to("/dev/full")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_secrets_that_are_no_text_are_said_to_be_so_by_every_command(tmp_path: Path, command: str) -> None:
    binary_secrets(tmp_path / "state")
    done = troncal(tmp_path / "state", command)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (3, "", 1), done.stderr
    assert "secrets.env is not text" in done.stderr


@pytest.mark.slow
def test_the_doctor_finds_secrets_that_are_no_text(tmp_path: Path) -> None:
    binary_secrets(tmp_path / "state")
    done = troncal(tmp_path / "state", "doctor")
    assert (done.returncode, done.stderr, "is not text" in " ".join(done.stdout.split())) == (1, "", True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (secrets_that_are_a_folder, "secrets.env: Is a directory; a folder is where a file is to be: move it away"),
        (file_for_a_folder, "state: File exists; something else is where a folder is to be: move it away"),
        (full_disk, "secrets.env: No space left on device; make room on that disk"),
    ],
)
def test_the_centre_that_cannot_start_says_why(tmp_path: Path, spoil: Callable[[Path], None], said: str) -> None:
    spoil(tmp_path / "state")
    done = troncal(tmp_path / "state", "up")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (3, "", 1), done.stderr
    assert done.stderr.strip().endswith(said)


@pytest.mark.slow
def test_a_service_without_a_broker_says_which_setting_names_it(tmp_path: Path) -> None:
    state_folder.make_secrets(tmp_path)
    assert troncal(tmp_path, "db upgrade").returncode == 0
    done = troncal(tmp_path, "bridge")
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1), done.stderr
    assert done.stderr.startswith("TRONCAL_BROKER_PORT: ")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EEXIST, errno.ENOTDIR, errno.EISDIR])
def test_what_is_refused_has_its_file_its_reason_and_what_to_do(number: int) -> None:
    said = in_one_line(OSError(number, os.strerror(number), "/state/file"))
    assert said.startswith(f"/state/file: {os.strerror(number)}; ")


def test_an_error_that_says_little_is_said_all_the_same() -> None:
    assert in_one_line(OSError("a bad day")) == "a bad day"
    assert in_one_line(TimeoutError()) == "TimeoutError"
    assert in_one_line(OSError(errno.ENOSPC, "full", b"/b\xff")) == "/b\ufffd: full; make room on that disk"


def test_a_groups_errors_are_found_however_deep() -> None:
    full, away = OSError(errno.ENOSPC, "full"), ConnectionRefusedError()
    assert problems_of(ExceptionGroup("", [ExceptionGroup("", [full]), away])) == [full, away]
