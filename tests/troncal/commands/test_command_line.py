"""The command as a shell sees it: texts and exit codes."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.database.transactions import Database
from callcenter.settings import PROJECT
from reports.catalogue import CATALOGUE
from tests.reports.campaign.made_campaigns import ABOUT
from tests.reports.campaign.recorded_campaign import record_campaign
from troncal.cli import app
from troncal.installation import state_folder

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with secrets and an empty database."""
    folder = tmp_path_factory.mktemp("state")
    state_folder.make_secrets(folder)
    assert troncal(folder, "db", "upgrade").returncode == 0
    return folder


def troncal(state: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "TRONCAL_STATE": str(state), "COLUMNS": "160", **environment}
    command = [sys.executable, "-m", "troncal.cli", *words]
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_a_month_without_calls_is_reported_as_such(state: Path) -> None:
    done = troncal(state, "report", "att", "2026-10")
    assert done.returncode == 0, done.stderr
    assert "sin llamadas" in done.stdout
    total = json.loads(troncal(state, "report", "att", "2026-10", "--json").stdout)["centre_total"]
    assert (total["registered"], total["level_percent"], total["verdict"]) == (0, None, "no_calls")


@pytest.mark.parametrize("words", [("att", "2026-10"), ("ivr", "2026-10"), ("satisfaction", "2026-S2")])
def test_a_report_in_two_forms_at_once_is_refused(state: Path, words: tuple[str, ...]) -> None:
    done = troncal(state, "report", *words, "--csv", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--csv or --json" in done.stderr


def test_a_report_is_written_to_each_file_that_is_named(state: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"informe.{ending}" for ending in ("xlsx", "pdf", "csv")]
    done = troncal(
        state, "report", "satisfaction", "2026-S2", *(word for path in files for word in ("--to", str(path)))
    )
    assert (done.returncode, done.stdout) == (0, "".join(f"written: {path}\n" for path in files)), done.stderr
    assert [path.read_bytes()[:2] for path in files] == [b"PK", b"%P", b"\xef\xbb"]
    assert "sin datos" in troncal(state, "report", "satisfaction", "2026-S2").stdout


def test_every_report_of_the_catalogue_is_a_command(state: Path, tmp_path: Path) -> None:
    listed = json.loads(troncal(state, "report", "list", "--json").stdout)
    assert [each["name"] for each in listed] == [kind.name for kind in CATALOGUE]
    data = json.loads(troncal(state, "report", "menus", "--month", "2026-10", "--line", "102", "--json").stdout)
    assert (data["subtitle"], data["tables"][0]["rows"][0]["linea"]) == ("Octubre de 2026; línea 102", "102")
    rows = troncal(state, "report", "menus", "--month", "2026-10", "--csv").stdout.splitlines()
    assert rows[0].startswith("table,row,linea") and rows[1].startswith("menus,row,101")
    file = tmp_path / "menus.pdf"
    done = troncal(state, "report", "menus", "--from", "2026-10-01", "--to-day", "2026-10-02", "--to", str(file))
    assert (done.returncode, done.stdout, file.read_bytes()[:2]) == (0, f"written: {file}\n", b"%P")
    printed = troncal(state, "report", "satisfaccion", "--half-year", "2026-S1", "--compare").stdout
    assert "antes sin datos" in printed and "Antes: segundo semestre de 2025." in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("menus",), "diga de qué días"),
        (("menus", "--month", "2026-10", "--line", "999"), "no existe la línea «999»"),
        (("satisfaccion", "--month", "2026-10"), "semestre entero"),
        (("satisfaccion", "--half-year", "2026-S1", "--line", "101"), "No such option"),
        (("nada",), "No such command"),
        (("menus", "--month", "2026-10", "--to", "menus.docx"), "end the name of the file so"),
    ],
)
def test_a_report_that_cannot_be_made_is_wrong_use(state: Path, words: tuple[str, ...], said: str) -> None:
    done = troncal(state, "report", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_campaign_is_reported_by_its_name(tmp_path: Path) -> None:
    state_folder.make_secrets(tmp_path)
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    assert troncal(tmp_path, "db", "upgrade", TRONCAL_DATABASE_URL=url).returncode == 0
    asyncio.run(_with_a_campaign(url))
    printed = troncal(tmp_path, "report", "campaign", ABOUT.name, TRONCAL_DATABASE_URL=url)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert "Informe de campaña" in printed.stdout and "Ana Rojas" in printed.stdout
    assert "Cliente 1" not in printed.stdout
    file = tmp_path / "informe.csv"
    done = troncal(tmp_path, "report", "campaign", ABOUT.name, "--to", str(file), TRONCAL_DATABASE_URL=url)
    assert (done.returncode, done.stdout) == (0, f"written: {file}\n")
    assert "C1;Cliente 1;" in file.read_text(encoding="utf-8-sig")


async def _with_a_campaign(url: str) -> None:
    database = Database(url)
    await record_campaign(database)
    await database.close()


def test_a_campaign_that_is_not_there_is_named_in_one_line(state: Path) -> None:
    done = troncal(state, "report", "campaign", "prepago-2020-01")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no campaign prepago-2020-01" in done.stderr


def test_a_file_whose_name_says_no_form_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    done = troncal(tmp_path / "no state", "report", "satisfaction", "2026-S2", "--to", "informe.doc")
    assert (done.returncode, done.stdout) == (2, "")
    assert ".csv, .pdf, .xlsx" in done.stderr


def test_a_report_is_printed_or_written_not_both(state: Path, tmp_path: Path) -> None:
    done = troncal(state, "report", "satisfaction", "2026-S2", "--json", "--to", str(tmp_path / "a.pdf"))
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "--to writes" in done.stderr


@pytest.mark.parametrize("month", ["2026-13", "2199-01", "octubre"])
def test_a_month_that_is_none_is_refused_in_one_spanish_line(state: Path, month: str) -> None:
    done = troncal(state, "report", "att", month)
    assert done.returncode == 2
    assert "mes" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_secrets_a_service_refuses_to_start_and_names_what_is_missing(tmp_path: Path) -> None:
    done = troncal(tmp_path, "bridge")
    assert done.returncode == 3
    assert "TRONCAL_AMI_EVENTS_SECRET" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_default_secret_is_refused(state: Path) -> None:
    done = troncal(state, "bridge", TRONCAL_TOKEN_SECRET="changeme")
    assert done.returncode == 3
    assert "TRONCAL_TOKEN_SECRET" in done.stderr


def test_a_database_that_is_not_there_is_reported_in_one_line(state: Path, tmp_path: Path) -> None:
    done = troncal(state, "report", "att", "2026-10", TRONCAL_DATABASE_URL=f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert done.returncode == 3
    assert "none.sqlite" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("url", ["anything", "mysql://u@localhost/x"])
def test_a_database_setting_that_is_no_address_is_reported_in_one_line(state: Path, url: str) -> None:
    done = troncal(state, "report", "att", "2026-10", TRONCAL_DATABASE_URL=url)
    assert done.returncode == 3
    assert done.stderr.startswith("TRONCAL_DATABASE_URL")
    assert len(done.stderr.splitlines()) == 1
    examined = troncal(state, "doctor", TRONCAL_DATABASE_URL=url)
    assert (examined.returncode, "Traceback" in examined.stderr) == (1, False)
    assert "mend TRONCAL_DATABASE_URL" in examined.stdout


def test_a_wrong_centre_file_is_refused_with_line_and_reason(state: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text((PROJECT / "centre.yaml").read_text().replace("queue: tv", "queue: nowhere"))
    done = troncal(state, "asterisk", "render", TRONCAL_CENTRE=str(wrong))
    assert done.returncode == 1
    assert "queue 'nowhere' is not under queues" in done.stderr


def test_simulate_without_a_centre_says_how_to_start_one(state: Path) -> None:
    done = troncal(state, "simulate")
    assert done.returncode == 3
    assert "make run" in done.stdout + done.stderr


def test_replay_prints_an_object_a_queue_entry(state: Path, tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text("1790000000|c1|101|NONE|ENTERQUEUE||70712345|1\n1790000020|c1|101|Ana|CONNECT|20|a1|5\n")
    done = troncal(state, "replay", "--queue-log", str(log))
    (entry,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (entry["queue"], entry["member"], entry["wait_seconds"]) == ("101", "Ana", None)
    assert entry["wait_min_seconds"] < 20 < entry["wait_max_seconds"]


def test_a_recording_that_is_not_there_is_reported_in_one_line_and_the_others_are_folded(
    state: Path, tmp_path: Path
) -> None:
    log = tmp_path / "queue_log"
    log.write_text("1790000000|c1|101|NONE|ENTERQUEUE||70712345|1\n")
    done = troncal(state, "replay", "--queue-log", "/nowhere/queue_log", str(log), str(log))
    assert done.returncode == 1
    assert done.stderr == "cannot read /nowhere/queue_log: No such file or directory\n"
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == [str(log), str(log)]


def test_a_recording_of_an_unsaid_kind_is_wrong_use(state: Path) -> None:
    assert troncal(state, "replay", "--ami", "a.txt", "--queue-log", "b.log", "c.log").returncode == 2


@pytest.mark.parametrize(
    "words", [(), ("up",), ("simulate",), ("replay",), ("report", "att"), ("asterisk", "render"), ("doctor",)]
)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*words, "--help"])
    assert (done.exit_code, "Usage" in done.output) == (0, True)
