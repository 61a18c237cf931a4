"""A folder is one process's at a time, and free as soon as that process is gone, whatever it left running."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from callcenter.folder_lock import FolderHeld, folder_locked, is_locked
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


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError), folder_locked(tmp_path / "file"):
        pass
    with pytest.raises(FileNotFoundError):
        is_locked(tmp_path / "nowhere")
