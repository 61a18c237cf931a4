"""`troncal import` as a shell sees it."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from callcenter.settings import PROJECT
from tests.ami_bridge.history.old_system import START, history, write_log
from tests.troncal.commands.test_command_line import troncal
from tests.waiting import until
from troncal.bench import history_log
from troncal.installation import state_folder

pytestmark = pytest.mark.database
# Takes some seconds.
LONG = 60_000


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with secrets and an empty database."""
    folder = tmp_path_factory.mktemp("state")
    state_folder.make_secrets(folder)
    assert troncal(folder, "db", "upgrade").returncode == 0
    return folder


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with two lines that nobody can read."""
    lines = history()
    return write_log(
        tmp_path_factory.mktemp("old") / "queue_log", [*lines[:3], "basura", *lines[3:], f"{START}|1.1|q|a|NADA|"]
    )


def test_files_are_looked_at_and_nothing_is_changed_until_it_is_wanted(state: Path, log: Path, tmp_path: Path) -> None:
    report = tmp_path / "no-leido.csv"
    seen = troncal(state, "import", str(log), "--report", str(report))
    assert seen.returncode == 0, seen.stderr
    for said in (
        "Asterisk queue_log",
        "2020-09-13",
        "Ventas",
        "SIP/1001",
        "line 4: malformed row: basura",
        "unknown verb",
    ):
        assert said in seen.stdout
    assert "36 rows are new" in seen.stdout and "--yes" in seen.stdout
    with report.open(encoding="utf-8") as stream:
        assert [row["line"] for row in csv.DictReader(stream)] == ["4", "38"]
    assert count(state, "SELECT count(*) FROM history_days") == 0


def test_what_was_imported_is_in_the_reports_and_is_imported_once(state: Path, log: Path, tmp_path: Path) -> None:
    queues = tmp_path / "colas.csv"
    queues.write_text("ventas,102\n", encoding="utf-8")
    done = troncal(state, "import", str(log), "--yes", "--queues", str(queues))
    assert done.returncode == 0, done.stderr
    assert "Imported as node historia" in done.stdout
    again = troncal(state, "import", str(log), "--yes")
    assert (again.returncode, "all of it was imported before" in again.stdout) == (0, True), again.stderr
    total = json.loads(troncal(state, "report", "att", "2020-09", "--json").stdout)["centre_total"]
    assert (total["registered"], total["answered"]) == (7, 6)


def test_an_import_that_is_interrupted_says_so_and_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    state_folder.make_secrets(folder)
    assert troncal(folder, "db", "upgrade").returncode == 0
    lines = list(islice(history_log.lines(), LONG))
    log = write_log(tmp_path / "queue_log", lines)
    words = [sys.executable, "-m", "troncal.cli", "import", str(log), "--yes"]
    running = subprocess.Popen(
        words, cwd=PROJECT, env={**os.environ, "TRONCAL_STATE": str(folder)}, stderr=subprocess.PIPE, text=True
    )
    until(lambda: count(folder, "SELECT count(*) FROM queue_entries") > 0, 50, "the first calls")
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=50)
    assert (running.returncode, "run the same command again" in said) == (1, True), said
    assert troncal(folder, "import", str(log), "--yes").returncode == 0
    entered = sum("|ENTERQUEUE|" in line for line in lines)
    assert count(folder, "SELECT count(*) FROM queue_entries") == entered
    assert count(folder, "SELECT finished FROM history_nodes") == 1


def count(state: Path, query: str) -> int:
    with closing(sqlite3.connect(state / "troncal.sqlite")) as connection:
        row = connection.execute(query).fetchone()
        return int(row[0]) if row is not None else 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--node", "Old!"), 2, "--node"),
        (("--node", "central"), 2, "--node"),
        (("--zone", "Marte/Olimpo"), 2, "no such time zone"),
        (("--agents", "missing.csv"), 3, "missing.csv"),
    ],
)
def test_a_wrong_option_says_how_it_should_be(
    state: Path, log: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = troncal(state, "import", str(log), *words)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def test_a_file_that_is_no_history_says_what_is(state: Path, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hola\n", encoding="utf-8")
    done = troncal(state, "import", str(path))
    assert (done.returncode, "nothing that can be imported" in done.stderr) == (3, True)
