"""A campaign's customer: the order, and what expires."""

from datetime import date
from decimal import Decimal

from backoffice.smartflex.customers import ProductKind
from callcenter.centre.model import OpenSpan
from dialer.campaigns.model import CampaignRules, OrderBy
from dialer.contacts.model import (
    ListedService,
    has_paid,
    rank_of,
    service_of,
    services_as_json,
    services_from_json,
)

HOURS = (OpenSpan.model_validate({"days": ["mon"], "from": "08:00", "to": "20:00"}),)
SOONER, LATER = date(2026, 11, 30), date(2026, 12, 31)
INTERNET = ListedService(ProductKind.INTERNET, SOONER, "900-1", Decimal("199.50"))
CABLE = ListedService(ProductKind.CABLE_TV, LATER)


def test_who_expires_sooner_is_called_first_then_the_better_segment_then_the_less_called() -> None:
    rules = CampaignRules(HOURS, segments=("Oro", "Plata"))
    wanted = [(SOONER, "oro", 0), (SOONER, "Oro", 1), (SOONER, "Plata", 0), (SOONER, "", 0), (LATER, "Oro", 0)]
    assert sorted(reversed(wanted), key=lambda each: rank_of(rules, *each)) == wanted
    assert rank_of(rules, LATER, "", 9) < rank_of(rules, None, "Oro", 0)


def test_the_order_is_the_campaigns() -> None:
    rules = CampaignRules(HOURS, order=(OrderBy.ATTEMPTS, OrderBy.EXPIRY))
    assert rank_of(rules, LATER, "", 0) < rank_of(rules, SOONER, "", 1)


def test_services_are_read_as_they_were_kept_and_shared_out_by_their_kind() -> None:
    assert services_from_json(services_as_json((INTERNET, CABLE))) == (INTERNET, CABLE)
    assert [service_of(some) for some in ((), (INTERNET,), (INTERNET, CABLE))] == ["", "internet", "both"]


def test_what_was_paid_is_paid_until_something_later_is_listed() -> None:
    assert not has_paid(None, (INTERNET,))
    assert has_paid(SOONER, (INTERNET,)) and not has_paid(SOONER, (INTERNET, CABLE))
    assert has_paid(LATER, (INTERNET, CABLE))
