"""What the pages of reports say of a form, of files and of saved views, in Spanish."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from agent_api.reports.catalogue_reports import Wanted
from agent_api.reports.exports import Export, ExportState
from agent_api.reports.saved_views import SavedView
from agent_api.web.reports import query_of
from callcenter.centre.model import Centre
from callcenter.spanish import whole
from reports.catalogue import UnknownReport, find
from reports.kinds.asked import Filter
from reports.kinds.days import PERIOD_WORDS, half_year_of
from reports.kinds.kind import ReportKind
from reports.kinds.request import PERIODS_OF, ReportRequest, RequestWords
from reports.periods.half_year import HalfYear

HALF_YEARS_OFFERED = 8
_FILTERS = {Filter.LINE: "Líneas", Filter.QUEUE: "Colas", Filter.AGENT: "Agentes"}
_NONE = {Filter.LINE: "todas", Filter.QUEUE: "todas", Filter.AGENT: "todos"}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Days that are one click away, with the limits as they are chosen."""

    words: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be chosen."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FilterField:
    """What a report can be limited to: `said` is what is chosen now."""

    field: str
    title: str
    said: str
    choices: tuple[Choice, ...]


class ReportForm:
    """The form of a report: `typed` is how it was filled in, `wanted` what that came to, where it came to something."""

    def __init__(
        self, kind: ReportKind, typed: RequestWords, wanted: Wanted | None, centre: Centre, today: date
    ) -> None:
        self._kind, self._typed, self._wanted, self._centre, self._today = kind, typed, wanted, centre, today
        self.compare = typed.compare
        self.today = today.isoformat()

    @property
    def first_day(self) -> str:
        """As the browser's field has it."""
        return str(self._wanted.asked.first_day) if self._wanted else self._typed.first_day

    @property
    def last_day(self) -> str:
        """As the browser's field has it."""
        return str(self._wanted.asked.last_day) if self._wanted else self._typed.last_day

    @property
    def month(self) -> str:
        """As the browser's field has it."""
        return self.first_day[:7] if self._wanted else self._typed.month

    @property
    def shortcuts(self) -> tuple[Shortcut, ...]:
        """Those of this report's days."""
        return tuple(
            Shortcut(
                PERIOD_WORDS[period],
                f"/informes/{self._kind.name}?{query_of(self._typed.of_period(period))}",
                self._typed.period == period.value,
            )
            for period in PERIODS_OF[self._kind.period]
        )

    @property
    def half_years(self) -> tuple[Choice, ...]:
        """The latest first."""
        chosen = half_year_of(self._wanted.asked.first_day) if self._wanted else None
        half, found = half_year_of(self._today), []
        for _ in range(HALF_YEARS_OFFERED):
            found.append(Choice(str(half), half.spanish_name.capitalize(), half == chosen))
            half = HalfYear(half.year, 1) if half.half == 2 else HalfYear(half.year - 1, 2)
        return tuple(found)

    @property
    def filters(self) -> tuple[FilterField, ...]:
        """Those that the report has."""
        return tuple(self._filter(each) for each in Filter if each in self._kind.filters)

    def _filter(self, filter_: Filter) -> FilterField:
        chosen: Sequence[str] = tuple(
            {Filter.LINE: self._typed.lines, Filter.QUEUE: self._typed.queues, Filter.AGENT: self._typed.agents}[
                filter_
            ]
        )
        known = dict(_names(filter_, self._centre))
        choices = (Choice(value, words, value in chosen) for value, words in known.items())
        gone = (Choice(value, value, True) for value in chosen if value not in known)
        said = ", ".join(chosen) if 0 < len(chosen) <= 3 else str(len(chosen)) if chosen else _NONE[filter_]
        return FilterField(filter_.value, _FILTERS[filter_], said, (*choices, *gone))


def _names(filter_: Filter, centre: Centre) -> Iterator[tuple[str, str]]:
    match filter_:
        case Filter.LINE:
            yield from ((line.number, f"{line.number} {line.name}") for line in centre.lines)
        case Filter.QUEUE:
            yield from ((name, name) for name in (*centre.queues_by_name, *centre.outbound_by_queue))
        case Filter.AGENT:
            yield from ((agent.extension, agent.extension) for agent in centre.agents)


@dataclass(frozen=True, slots=True)
class ExportWords:
    """A file as a page shows it."""

    key: str
    name: str
    words: str
    rows: int
    of: int
    over: bool
    problem: str


def exports_shown(own: Sequence[Export]) -> dict[str, Any]:
    """What `reports/exports.html` shows of somebody's files."""
    return {"exports": [export_words(each) for each in own], "said": said_of(own)}


def export_words(export: Export) -> ExportWords:
    """A file in words: `Escribiendo 1.200 de 5.000 filas`."""
    rows, of = export.progress.rows, export.progress.of
    return ExportWords(
        export.key, export.name, _words(export.state, rows, of), rows, of, export.is_over, export.problem
    )


def _words(state: ExportState, rows: int, of: int) -> str:
    match state:
        case ExportState.WAITING:
            return "Espera su turno"
        case ExportState.READING:
            return "Leyendo los registros"
        case ExportState.WRITING:
            return f"Escribiendo {whole(rows)} de {whole(of)} filas"
        case ExportState.DONE:
            return "Listo"
        case ExportState.FAILED:
            return "No se pudo hacer"


def said_of(exports: Iterable[Export]) -> str:
    """What is said aloud when it changes, and not with every row."""
    states = [each.state for each in exports]
    going = sum(not each.is_over for each in exports)
    ready, failed = states.count(ExportState.DONE), states.count(ExportState.FAILED)
    counted = ((going, "en preparación"), (ready, "para descargar"), (failed, "sin hacer por un problema"))
    return "; ".join(f"{number} {words}" for number, words in counted if number)


@dataclass(frozen=True, slots=True)
class ViewWords:
    """A saved view as the catalogue shows it; without an address where it can no longer be opened."""

    id: int
    name: str
    about: str
    address: str
    own: bool
    shared: bool


def view_words(view: SavedView, login: str) -> ViewWords:
    """A view in words: its report, its days, and whose it is."""
    own = view.owner == login
    what = request_words(view.report, view.request)
    if what is None:
        return ViewWords(view.id, view.name, "ya no se puede abrir", "", own, view.shared)
    whose = ("compartida" if view.shared else "") if own else f"de {view.owner}"
    about = ", ".join(each for each in (what.title, what.days, whose) if each)
    return ViewWords(view.id, view.name, about, what.address, own, view.shared)


@dataclass(frozen=True, slots=True)
class WordedRequest:
    """A report that is kept to be asked for again: its title, its days in words, and where it is opened."""

    title: str
    days: str
    address: str


def request_words(report: str, request: ReportRequest | None) -> WordedRequest | None:
    """None for what can no longer be opened."""
    try:
        kind = find(report)
    except UnknownReport:
        return None
    if request is None:
        return None
    days = PERIOD_WORDS[request.period].lower() if request.period else f"{request.first_day} a {request.last_day}"
    return WordedRequest(kind.title, days, f"/informes/{kind.name}?{query_of(_typed(request))}")


def _typed(request: ReportRequest) -> RequestWords:
    return RequestWords(
        first_day=str(request.first_day or ""),
        last_day=str(request.last_day or ""),
        period=request.period.value if request.period else "",
        lines=request.lines,
        queues=request.queues,
        agents=request.agents,
        compare=request.compare,
    )
