"""Which failures a machine that was taken away explains: a pytest of its own, over a /proc/stat of the test's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from callcenter.settings import PROJECT
from tests.stolen_time import ONLY_TAKEN_AWAY, Ticks, share, ticks

RED = pytest.ExitCode.TESTS_FAILED
CONFTEST = """
import pathlib
from tests import stolen_time
stolen_time.STAT = pathlib.Path(__file__).with_name("stat")
def pytest_configure(config):
    config.pluginmanager.register(stolen_time.TakenAway())
    config.addinivalue_line("markers", "telephony: real calls")
"""
TEST = """
import pathlib, pytest
def runs(stolen):
    stat = pathlib.Path(__file__).with_name("stat")
    ticks = [int(word) for word in stat.read_text().split()[1:]]
    stat.write_text(f"cpu {ticks[0] + 100 - stolen} 0 0 0 0 0 0 {ticks[7] + stolen}")
    raise AssertionError
"""
CALL = "@pytest.mark.telephony\ndef test_{stolen}(): runs({stolen})\n"
NO_CALL = "def test_without_calls_{stolen}(): runs({stolen})\n"


def run(folder: Path, *tests: str) -> "subprocess.CompletedProcess[str]":
    """These failing tests, in two workers: their exit code and output."""
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(TEST + "".join(tests))
    (folder / "stat").write_text("cpu 5 0 0 0 0 0 0 7")
    command = [sys.executable, "-m", "pytest", "-n", "1", "-p", "no:cacheprovider", f"--rootdir={folder}", str(folder)]
    path = {**os.environ, "PYTHONPATH": str(PROJECT)}
    return subprocess.run(command, cwd=folder, env=path, capture_output=True, text=True, timeout=50, check=False)


def test_a_share_is_that_of_the_time_between_two_readings() -> None:
    assert ticks("cpu  100 20 30 400 5 0 6 39 9 9\ncpu0 1 2\n") == Ticks(39, 600)
    assert (share(Ticks(7, 100), Ticks(57, 300)), share(Ticks(7, 100), Ticks(7, 100))) == (0.25, 0)


@pytest.mark.slow
def test_calls_that_failed_on_a_machine_that_was_taken_away_are_told_apart(tmp_path: Path) -> None:
    done = run(tmp_path, CALL.format(stolen=30), CALL.format(stolen=50))
    assert done.returncode == ONLY_TAKEN_AWAY, done.stdout
    assert "30% of the processors' time was taken away during test_it.py::test_30" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("other", [CALL.format(stolen=10), NO_CALL.format(stolen=50)], ids=["ours", "without calls"])
def test_one_failure_that_the_machine_does_not_explain_makes_the_run_red(tmp_path: Path, other: str) -> None:
    assert run(tmp_path, CALL.format(stolen=50), other).returncode == RED
