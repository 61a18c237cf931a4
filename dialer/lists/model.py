"""A load of a list: what it is of, how far it is, and what it changes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import TypeAdapter

from dialer.contacts.model import ListedService


class ListKind(StrEnum):
    """What a list is of. Payments are of no campaign."""

    PREPAID_REPORT = "prepaid_report"
    PAYMENTS = "payments"


class LoadState(StrEnum):
    """How far a load is. What ends in -ing goes on by itself, also after whoever did it was killed."""

    UPLOADING = "uploading"
    UPLOADED = "uploaded"
    READING = "reading"
    UNMAPPED = "unmapped"  # a person must say which column is what
    REFUSED = "refused"
    PREVIEWED = "previewed"  # a person may load it
    LOADING = "loading"
    LOADED = "loaded"  # as callcenter.records.lists.LOADED
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


# What the reader of lists has to do.
TO_DO = frozenset(
    {
        *(LoadState.UPLOADED, LoadState.READING),
        *(LoadState.LOADING, LoadState.UNDOING, LoadState.CANCELLING),
    }
)
# What a person waits for while they look at it.
MOVING = TO_DO | {LoadState.UPLOADING}
# What a load must be in for a person to have it done.
MAY_LOAD = frozenset({LoadState.PREVIEWED})
MAY_UNDO = frozenset({LoadState.LOADED})
MAY_CANCEL = frozenset({LoadState.UPLOADED, LoadState.READING, LoadState.UNMAPPED, LoadState.PREVIEWED})
# A load in these is in its campaign, or will be for certain.
STANDING = frozenset({LoadState.LOADING, LoadState.LOADED})


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """What a list changes. Customers but for `payments` and what is of rows: `rows`, `errors`, `repeated`, `totals`.

    `new` and `known` (in the campaign already) are those that the load puts in; `merged`: of several rows;
    `held_out` and `barred`: not called, to compare with, and because all of their numbers are never to be called.
    `errors`: rows that are not taken; `problems`: all that is wrong, several of a row perhaps. `amount`: of payments.
    """

    rows: int = 0
    errors: int = 0
    problems: int = 0
    repeated: int = 0
    totals: int = 0
    customers: int = 0
    new: int = 0
    known: int = 0
    merged: int = 0
    held_out: int = 0
    barred: int = 0
    payments: int = 0
    amount: Decimal = Decimal(0)


_COUNTS = TypeAdapter(LoadCounts)


def counts_as_json(counts: LoadCounts) -> str:
    """As the table keeps them; `counts_from_json` reads it back."""
    return _COUNTS.dump_json(counts, exclude_defaults=True).decode()


def counts_from_json(text: str) -> LoadCounts:
    """Raises pydantic.ValidationError for what is none."""
    return _COUNTS.validate_json(text)


@dataclass(frozen=True, slots=True)
class FoundHeader:
    """The header of a list in which columns are missing. `number`: its row; `fields`: those columns that are known.

    `examples`: of each column what stands in the first rows below it.
    """

    number: int
    signature: str
    headings: tuple[str, ...]
    fields: Mapping[int, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()


_HEADER = TypeAdapter(FoundHeader)


def header_as_json(header: FoundHeader) -> str:
    """As the table keeps it; `header_from_json` reads it back."""
    return _HEADER.dump_json(header).decode()


def header_from_json(text: str) -> FoundHeader:
    """Raises pydantic.ValidationError for what is none."""
    return _HEADER.validate_json(text)


@dataclass(frozen=True, slots=True)
class ListLoad:
    """One load. `campaign_id` None: of no campaign. `refusal` is Spanish. Who loaded and undid it: logins."""

    id: int
    kind: ListKind
    campaign_id: int | None
    file_name: str
    state: LoadState
    uploaded_us: int
    uploaded_by: str
    refusal: str = ""
    rows_read: int = 0
    rows_in_all: int | None = None
    counts: LoadCounts = LoadCounts()
    header: FoundHeader | None = None
    changed_us: int = 0
    loaded_us: int | None = None
    loaded_by: str | None = None
    undone_us: int | None = None
    undone_by: str | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nobody to call and nothing paid in what was read of it."""
        counts = self.counts
        return not (counts.new or counts.known or counts.payments)


@dataclass(frozen=True, slots=True)
class ListedCustomer:
    """A customer as lists have them: one telephone call, however many services and rows.

    `numbers` in the order in which they are tried, each fixed or mobile; `services`: of each the last word; `rows`: how
    many of the list it is made of.
    """

    customer: str
    row_number: int
    numbers: tuple[str, ...]
    services: tuple[ListedService, ...]
    customer_code: str = ""
    name: str = ""
    segment: str = ""
    rows: int = 1

    @property
    def expires_on(self) -> date | None:
        """The first day on which one of the services expires."""
        return min((each.expires_on for each in self.services), default=None)

    @property
    def amount(self) -> Decimal | None:
        """Of all services, bolivianos; None where no list says one."""
        said = [each.amount for each in self.services if each.amount is not None]
        return sum(said, Decimal(0)) if said else None


@dataclass(frozen=True, slots=True)
class ListProblem:
    """What is wrong with a row, in Spanish. `kept`: the row goes on without this value."""

    row_number: int
    column_title: str
    value: str
    wrong: str
    remedy: str
    kept: bool
