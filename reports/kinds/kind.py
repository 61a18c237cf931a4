"""A report of the catalogue: the command line, the API and the pages are made from these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Filter, Scene
from reports.render.document import ReportDocument


class ReportGroup(StrEnum):
    """Under which heading of the catalogue a report stands, in Spanish."""

    CALLS = "Llamadas"
    CALLERS = "Clientes que llaman"
    AGENTS = "Agentes"
    SELF_SERVICE = "IVR y autoservicio"
    INDICATORS = "Indicadores de los procedimientos"
    STAFFING = "Dotación"


class ReportPeriod(StrEnum):
    """Which days a report is for: any that have come, any also of those to come, whole months or whole half-years."""

    DAYS = "days"
    ANY_DAYS = "any_days"
    MONTH = "month"
    HALF_YEAR = "half_year"


Make = Callable[[Connection, Asked, Scene], ReportDocument]


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was written: its SHA-256 in hexadecimal digits, its form, when it was made (microseconds, UTC).

    `stamp`: the document's.
    """

    sha256: str
    form: str
    made_us: int
    stamp: str


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One report. `name` is in commands and addresses: small letters and hyphens, Spanish, as `title` and `about` are.

    `make` reads and builds the document, whole; it only reads, and may take minutes. `filters`: what it can be limited
    to. `personal`: the document has data of persons, so that whoever takes it is written down. `metrics`: for each
    key figure and column heading of the document what it counts, in Spanish. `note_file`: for a report whose files
    are known afterwards, to be called with each.
    """

    name: str
    title: str
    about: str
    group: ReportGroup
    make: Make
    filters: frozenset[Filter] = frozenset()
    period: ReportPeriod = ReportPeriod.DAYS
    personal: bool = False
    metrics: Mapping[str, str] = field(default_factory=dict, hash=False)
    note_file: Callable[[Connection, WrittenFile], None] | None = None
