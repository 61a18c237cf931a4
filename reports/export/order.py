"""Which report is made, as the process that makes it is told (`reports.export.process`)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from pydantic import TypeAdapter

from callcenter.centre.model import Centre
from reports.kinds.request import ReportRequest


class ExportEnd(IntEnum):
    """How that process ends, and why is on standard error; with any other code it failed by a defect."""

    DONE = 0
    NO_DATABASE = 3
    NOT_POSSIBLE = 4
    NO_ROOM = 5


class ExportForm(StrEnum):
    """What is made: a file of one of the forms of reports, data for programs, or what a page shows."""

    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"
    JSON = "json"
    PAGE = "page"


FILES = frozenset({ExportForm.XLSX, ExportForm.PDF, ExportForm.CSV})
"""Those that people take along."""


@dataclass(frozen=True, slots=True)
class KindOrder:
    """A report of the catalogue."""

    name: str
    request: ReportRequest


@dataclass(frozen=True, slots=True)
class CampaignOrder:
    """The report of a campaign."""

    campaign_id: int


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """`database`: its address, with the password; `made_us`: UTC; `file`: the descriptor that it is written to."""

    database: str
    report: KindOrder | CampaignOrder
    form: ExportForm
    centre: Centre
    made_us: int
    file: int


_ORDER = TypeAdapter(ExportOrder)


def as_json(order: ExportOrder) -> bytes:
    """`order_of` reads it back; the centre as its file says it, without what that leaves out."""
    return _ORDER.dump_json(order, by_alias=True, round_trip=True, exclude_unset=True)


def order_of(text: bytes) -> ExportOrder:
    """Raises pydantic.ValidationError for what is no order."""
    return _ORDER.validate_json(text)
