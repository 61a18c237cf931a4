"""What files of an old system hold, and what an import of them would do, as operators read it."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ami_bridge.history.importing import Compared
from ami_bridge.history.lines import DAY_SECONDS, HistoryNames
from ami_bridge.history.survey import FileSurvey, HistorySurvey
from ami_bridge.ledger.rows.row import NONE
from callcenter.centre.model import Centre
from callcenter.instants import MICROSECONDS, as_datetime

# So many names are shown, those of the most rows.
NAMES_SHOWN = 40
_HOUR = 3600


def print_survey(out: Console, found: HistorySurvey, names: HistoryNames, centre: Centre) -> None:
    """The files, what of them cannot be read, and their queues and agents."""
    out.print(_files(found, centre))
    for file in found.files:
        _print_unreadable(out, file)
        _print_zone(out, file)
    extensions = frozenset(agent.extension for agent in centre.agents)
    _print_names(
        out, "queue", found.queues, lambda name: names.queues.get(name.lower(), name).lower(), centre.queues_by_name
    )
    _print_names(out, "agent", found.agents, lambda name: names.agents.get(name, name), extensions)


def months_of(days: Iterable[int], centre: Centre) -> frozenset[str]:
    """The months that days (since 1970, UTC) touch in the centre's zone, as `2026-10`."""
    edges = (second for day in days for second in (day * DAY_SECONDS, (day + 1) * DAY_SECONDS - 1))
    return frozenset(f"{as_datetime(second * MICROSECONDS, centre.zone):%Y-%m}" for second in edges)


def print_closed(out: Console, months: Sequence[str]) -> None:
    """Which of the months that the files touch are closed: their reports stay as they are until a version is made."""
    if months:
        said = ", ".join(months)
        out.print(
            f"closed for the ATT: {said}; their reports stay as they were until `troncal report close`", markup=False
        )


def _files(found: HistorySurvey, centre: Centre) -> Table:
    table = Table(title="what the files hold")
    for heading in ("file", "what it is", "rows", "from", "to", "not readable"):
        table.add_column(heading, overflow="fold")
    for each in found.files:
        rows, lost = f"{each.rows:,}", f"{each.unreadable.total():,}"
        moments = (_shown(second, centre) if each.rows else "" for second in (each.first, each.last))
        kind = f"{each.file.kind} ({each.file.form})" if each.file.kind is not None else ""
        table.add_row(escape(str(each.file.path)), kind, rows, *moments, lost)
    return table


def _shown(second: int, centre: Centre) -> str:
    return f"{as_datetime(second * MICROSECONDS, centre.zone):%Y-%m-%d %H:%M:%S}"


def _print_unreadable(out: Console, each: FileSurvey) -> None:
    for reason, count in each.unreadable.most_common():
        out.print(f"{each.file.path}: {count:,} not readable: {reason}", markup=False)
    for example in each.examples:
        out.print(f"  line {example.line}: {example.reason}: {example.text[:120]}", markup=False)


def _print_zone(out: Console, each: FileSurvey) -> None:
    seconds = each.zone_seems_wrong
    if seconds:
        out.print(
            f"{each.file.path}: its times are {seconds / _HOUR:+.1f} h away from those in the names of its calls: "
            "look at --zone",
            markup=False,
        )


def _print_names(
    out: Console,
    what: str,
    counted: Counter[str],
    name_here: Callable[[str], str],
    known: Container[str],
) -> None:
    table = Table(title=f"{what}s")
    for heading in (what, "rows", "called here"):
        table.add_column(heading, overflow="fold")
    shown = Counter({name: count for name, count in counted.items() if name != NONE and name})
    for name, count in shown.most_common(NAMES_SHOWN):
        here = name_here(name)
        unknown = "" if here in known else f" (no {what} of this centre)"
        table.add_row(escape(name), f"{count:,}", escape(here) + unknown)
    out.print(table)
    if len(shown) > NAMES_SHOWN:
        out.print(f"and {len(shown) - NAMES_SHOWN} more", markup=False)


def print_compared(out: Console, compared: Compared, node: str) -> None:
    """What of it is new."""
    out.print(f"{compared.new:,} rows are new to node {node}", markup=False)
    if compared.elsewhere:
        out.print(f"{compared.elsewhere:,} are left out: a bridge of this centre recorded their calls", markup=False)
    if compared.unfinished:
        out.print("an import before this one was broken off: it goes on", markup=False)
    if compared.again:
        out.print("rows before those that are recorded are filled in, or names change: all is made again", markup=False)
    if not compared.has_work:
        out.print("all of it was imported before", markup=False)
