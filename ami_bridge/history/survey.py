"""What the files hold: read once, put by days, and noted for the preview and for the report."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from ami_bridge.history.files import HistoryFile, Unreadable, names_in, recognise, rows_of
from ami_bridge.history.formats import NumberedNames, SourceKind
from ami_bridge.history.lines import SECOND_DIGITS
from ami_bridge.history.spool import CopyOfLog, Spool
from ami_bridge.ledger.rows.row import NONE, Verb
from ami_bridge.ledger.uniqueids import age
from callcenter.operator_problem import OperatorProblem

ROWS_BETWEEN_LOOKS = 20_000
# So many are told of one file; the report has all.
EXAMPLES = 5
# Calls wait for a queue for minutes, not for hours: where all seem to, the zone is another.
_NO_WAIT_SECONDS, _TICK_SECONDS = 1200, 2
Progress = Callable[[int], None]
Report = Callable[[Path, Unreadable], None]


class MissingNames(OperatorProblem):
    """Asternic's numbers stand for names that were not given; says which table is missing."""


@dataclass(slots=True)
class FileSurvey:
    """One file. `first` and `last`: seconds since 1970; `ages`: the least time from a call's making to its queue."""

    file: HistoryFile
    rows: int = 0
    first: int = 0
    last: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)
    examples: list[Unreadable] = field(default_factory=list)
    youngest: int | None = None

    @property
    def zone_seems_wrong(self) -> int:
        """By how many seconds the times are away from what the calls' own names say; 0 where they fit."""
        youngest = self.youngest or 0
        return youngest if not -_TICK_SECONDS <= youngest <= _NO_WAIT_SECONDS else 0


@dataclass(slots=True)
class HistorySurvey:
    """All files; and how often each queue and agent is named, by the names of before."""

    files: list[FileSurvey] = field(default_factory=list)
    queues: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """How many rows could be read, of all files."""
        return sum(each.rows for each in self.files)


def survey(paths: Sequence[Path], zone: tzinfo, spool: Spool, progress: Progress, report: Report) -> HistorySurvey:
    """Read the files. `report` gets all that could not be read. Raises OSError, UnknownHistory, MissingNames."""
    files = [recognise(path) for path in paths]
    names, found, count = names_in(files), HistorySurvey(), 0
    _require_names(files, names)
    for file in files:
        if file.kind is not None:
            each = FileSurvey(file)
            found.files.append(each)
            count = _read(each, found, spool.new_copy(), zone, names, count, progress, report)
    spool.flush()
    progress(count)
    return found


def _require_names(files: Sequence[HistoryFile], names: Mapping[NumberedNames, Mapping[str, str]]) -> None:
    """Where any of Asternic's tables of names is given, all must be: its queue_stats may have names itself."""
    missing = [table.value for table in NumberedNames if table not in names]
    of_asternic = [file for file in files if file.kind is SourceKind.ASTERNIC]
    if of_asternic and names and missing:
        raise MissingNames(f"{of_asternic[0].path}: give Asternic's tables {', '.join(missing)}, too")


def _read(
    each: FileSurvey,
    found: HistorySurvey,
    copy: CopyOfLog,
    zone: tzinfo,
    names: Mapping[NumberedNames, Mapping[str, str]],
    count: int,
    progress: Progress,
    report: Report,
) -> int:
    for row in rows_of(each.file, zone, names):
        if isinstance(row, Unreadable):
            _note_unreadable(each, row, report)
            continue
        number, line = row
        copy.add(number, line)
        _note(each, found, line)
        count += 1
        if count % ROWS_BETWEEN_LOOKS == 0:
            progress(count)
    return count


def _note_unreadable(each: FileSurvey, row: Unreadable, report: Report) -> None:
    each.unreadable[row.reason] += 1
    if len(each.examples) < EXAMPLES:
        each.examples.append(row)
    report(each.file.path, row)


def _note(each: FileSurvey, found: HistorySurvey, line: str) -> None:
    second = int(line[:SECOND_DIGITS])
    each.rows += 1
    each.first = min(each.first or second, second)
    each.last = max(each.last, second)
    _, callid, queue, agent, verb = line.split("\t", 5)[:5]
    found.queues[queue] += 1
    if agent != NONE:
        found.agents[agent] += 1
    if verb == Verb.ENTERQUEUE:
        born = age(callid)[0]
        if born:
            each.youngest = min(second - born, each.youngest if each.youngest is not None else second - born)
