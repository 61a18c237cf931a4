"""`troncal import`: what the files hold, and what becomes of it; with --yes it is done."""

import asyncio
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ami_bridge.history.files import Unreadable
from ami_bridge.history.importing import Compared, HistoryImport, rare_collection
from ami_bridge.history.lines import HistoryNames
from ami_bridge.history.renaming import agents_in, queues_in
from ami_bridge.history.spool import Spool, opened_spool
from ami_bridge.history.survey import HistorySurvey, Report, survey
from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.folder_lock import FolderHeld, folder_locked
from callcenter.operator_problem import OperatorProblem
from callcenter.settings import Settings
from reports.att.closing import closed_months
from troncal.commands.history_preview import months_of, print_closed, print_compared, print_survey
from troncal.installation import state_folder

out = Console(highlight=False)
_NODE = re.compile(r"[a-z0-9]{1,16}")
_LOCK_FOLDER = "import"


class WrongImport(OperatorProblem):
    """An option is wrong; says how it should be."""

    exit_code = 2


class ImportRuns(OperatorProblem):
    """Another import of this installation goes on."""


class ImportStopped(OperatorProblem):
    """It was broken off; says how it goes on."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `zone` empty: the centre's."""

    agents: Path | None
    queues: Path | None
    zone: str
    node: str
    report: Path | None
    yes: bool


def run(files: list[Path], wish: Wish) -> None:
    """Show what the files hold and, if it is wanted, import it. Raises OperatorProblem, OSError."""
    settings = state_folder.settings()
    centre = load(settings.centre)
    names = HistoryNames(agents_in(wish.agents) if wish.agents else {}, queues_in(wish.queues) if wish.queues else {})
    _require_node(wish.node, settings)
    zone = _zone(wish.zone, centre)
    try:
        with _alone(settings, wanted=wish.yes), rare_collection(), opened_spool() as spool:
            with _reported(wish.report) as report, _progress("reading, rows") as progress:
                found = survey(files, zone, spool, lambda rows: progress(rows, None), report)
            asyncio.run(_compare_and_import(settings, centre, found, spool, names, wish))
    except KeyboardInterrupt as stopped:
        raise ImportStopped("stopped: run the same command again and the import goes on where it was") from stopped


async def _compare_and_import(
    settings: Settings, centre: Centre, found: HistorySurvey, spool: Spool, names: HistoryNames, wish: Wish
) -> None:
    database = Database(settings.database)
    try:
        await database.require_current_schema()
        history = HistoryImport(database, wish.node)
        await history.begin(names)
        with _progress("comparing, days") as progress:
            compared = await history.compare(spool, progress)
        print_survey(out, found, history.names, centre)
        print_compared(out, compared, wish.node)
        closed = await database.long_read(closed_months)
        print_closed(out, sorted(closed & months_of(spool.days(), centre)))
        await _import(history, spool, compared, wish)
    finally:
        await database.close()


async def _import(history: HistoryImport, spool: Spool, compared: Compared, wish: Wish) -> None:
    if not compared.has_work:
        return
    if not wish.yes:
        out.print("Nothing was changed. Run it again with --yes to import.", markup=False)
        return
    with _progress("recording, days") as progress:
        await history.carry_out(spool, compared, progress)
    out.print(f"Imported as node {wish.node}.", markup=False)


def _require_node(node: str, settings: Settings) -> None:
    if not _NODE.fullmatch(node) or node == settings.node:
        raise WrongImport(f"--node {node}: write a name of its own, 1 to 16 small letters and digits")


def _zone(name: str, centre: Centre) -> ZoneInfo:
    try:
        return ZoneInfo(name) if name else centre.zone
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise WrongImport(f"--zone {name}: there is no such time zone; write one like America/La_Paz") from error


@contextmanager
def _alone(settings: Settings, *, wanted: bool) -> Iterator[None]:
    """Hold the right to import. Raises ImportRuns."""
    folder = settings.state / _LOCK_FOLDER
    if wanted:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with folder_locked(folder) if wanted else nullcontext():
            yield
    except FolderHeld as error:
        raise ImportRuns("another import goes on: wait until it is done, or stop it") from error


@contextmanager
def _reported(path: Path | None) -> Iterator[Report]:
    """What notes a row that could not be read."""
    if path is None:
        yield lambda _file, _row: None
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("file", "line", "why", "text"))

        def _note(file: Path, row: Unreadable) -> None:
            writer.writerow((file, row.line, row.reason, row.text))

        yield _note


class _Shown:
    """Progress of one stage on the terminal."""

    def __init__(self, shown: Progress, what: str) -> None:
        self._shown, self._task = shown, shown.add_task(what, total=None)

    def __call__(self, done: int, of: int | None) -> None:
        self._shown.update(self._task, completed=done, total=of)


@contextmanager
def _progress(what: str) -> Iterator[_Shown]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield _Shown(shown, what)
