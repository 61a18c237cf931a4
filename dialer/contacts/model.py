"""A campaign's customer: how far they are, what expires, and where they stand in the order. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import TypeAdapter

from backoffice.smartflex.customers import ProductKind
from dialer.campaigns.model import CampaignRules, OrderBy

BOTH = "both"
_NEVER = date(2199, 12, 31)
_BEGINNING = date(2000, 1, 1)
_MOST = 99


class SkipReason(StrEnum):
    """Why an agent does not dial a customer who was shown."""

    ALREADY_PAID = "already_paid"
    NOT_NOW = "not_now"
    WRONG_DATA = "wrong_data"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ListedService:
    """One service of a customer, as a list has it. `amount` in bolivianos."""

    service: ProductKind
    expires_on: date
    contract: str = ""
    amount: Decimal | None = None


_SERVICES = TypeAdapter(tuple[ListedService, ...])


def services_as_json(services: Sequence[ListedService]) -> str:
    """As the tables keep them; `services_from_json` reads it back."""
    return _SERVICES.dump_json(tuple(services)).decode()


def services_from_json(text: str) -> tuple[ListedService, ...]:
    """Raises pydantic.ValidationError for what is none."""
    return _SERVICES.validate_json(text)


def service_of(services: Sequence[ListedService]) -> str:
    """What a customer is called about, as lists are shared out by it: one kind, `both`, or empty for none."""
    kinds = {each.service for each in services}
    return BOTH if len(kinds) > 1 else next((kind.value for kind in kinds), "")


def last_expiry(services: Sequence[ListedService]) -> date:
    """When the last of what is listed expires; a day that is never reached where nothing does."""
    return max((each.expires_on for each in services), default=_NEVER)


def has_paid(paid_until: date | None, services: Sequence[ListedService]) -> bool:
    """Whether what is listed is paid: an agent was told so of what expires up to `paid_until`, and of nothing later."""
    return paid_until is not None and last_expiry(services) <= paid_until


def rank_of(rules: CampaignRules, expires_on: date | None, segment: str, attempts: int) -> int:
    """Where a customer stands in a campaign's order: the least is first."""
    places = {name.casefold(): place for place, name in enumerate(rules.segments[:_MOST])}
    values = {
        OrderBy.EXPIRY: ((expires_on or _NEVER) - _BEGINNING).days,
        OrderBy.SEGMENT: places.get(segment.casefold(), _MOST),
        OrderBy.ATTEMPTS: min(attempts, _MOST),
    }
    rank = 0
    for each in rules.order:
        rank = rank * (100_000 if each is OrderBy.EXPIRY else 100) + values[each]
    return rank
