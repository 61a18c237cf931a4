"""Which report of a campaign is asked for, as the process that makes it is told (`reports.campaign.export`). Pure."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

# How that process ends where it cannot read the database.
NO_DATABASE = 3


class CampaignNotFound(LookupError):
    """There is no campaign of this name or number."""


class ExportForm(StrEnum):
    """What is made: a file of one of the forms of reports, or what a page shows."""

    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """`database`: its address, with the password; `centre`: the name of it; `zone`: an IANA one; `made_us`: UTC."""

    database: str
    campaign_id: int
    form: ExportForm
    centre: str
    zone: str
    made_us: int


_ORDER = TypeAdapter(ExportOrder)


def as_json(order: ExportOrder) -> bytes:
    """`order_of` reads it back."""
    return _ORDER.dump_json(order)


def order_of(text: bytes) -> ExportOrder:
    """Raises pydantic.ValidationError for what is no order."""
    return _ORDER.validate_json(text)
