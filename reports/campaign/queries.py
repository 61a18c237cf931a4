"""A campaign's report out of the records, in one unchanging view. Reads only.

Attempts and payments pass by in pieces; of the payments, which are the whole cooperative's, those of the campaign's
customers are kept. 100,000 customers with 140,000 attempts and 73,000 payments take Python eight seconds, and the
process 245 MB: whoever has callers' screens to serve has it done by `reports.export.process`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Select, select

from callcenter.campaign_outcomes import CallOutcome, ContactState
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.instants import as_datetime
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from callcenter.records.lists import LOADED, list_loads, payments
from callcenter.records.users import users
from reports.campaign.customers import CampaignAbout, CampaignAttempt, Customer
from reports.campaign.figures import CampaignReport, campaign_report
from reports.campaign.payments import LoadedPayment, Owners, each_once

_AT_ONCE = 2000
_campaign, _contact, _attempt, _payment = campaigns.c, campaign_contacts.c, campaign_attempts.c, payments.c


class CampaignNotFound(LookupError):
    """There is no campaign of this name or number."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """Those of a campaign's rules, as `campaigns.rules` keeps them, that its report is made by."""

    paid_within_days: int
    ceiling_percent: Decimal


@dataclass(frozen=True, slots=True)
class _Service:
    """What is read of one of a customer's services, as `campaign_contacts.services` keeps them."""

    contract: str = ""


_Tried = tuple[int, tuple[CampaignAttempt, ...]]  # a customer's number, and their attempts
_RULES, _SERVICES = TypeAdapter(_Rules), TypeAdapter(tuple[_Service, ...])


@dataclass(frozen=True, slots=True)
class CampaignRead:
    """The report, and the names of all who may have had a part in it, by login."""

    report: CampaignReport
    agents: dict[str, str]


async def read_campaign_report(database: Database, zone: ZoneInfo, campaign: int | str) -> CampaignRead:
    """The report of a campaign by its number or its name; days are those of the zone.

    Raises CampaignNotFound, DatabaseProblem, and pydantic.ValidationError for rules that nobody can read.
    """
    return await database.long_read(
        lambda connection: read_campaign(connection, zone, campaign), limit_seconds=REPORT_SECONDS
    )


def read_campaign(connection: Connection, zone: ZoneInfo, campaign: int | str) -> CampaignRead:
    """The same of a connection. Raises CampaignNotFound and pydantic.ValidationError."""
    which = _campaign.id == campaign if isinstance(campaign, int) else _campaign.name == campaign
    row = connection.execute(select(campaigns).where(which)).one_or_none()
    if row is None:
        raise CampaignNotFound(f"there is no campaign {campaign}: `troncal report campaign` wants its name")
    about = _about(row)
    names = connection.execute(select(users.c.login, users.c.display_name))
    contacts = _contacts(connection, row.id)
    paid = each_once(_payments(connection, about), _owners(contacts))
    report = campaign_report(about, _customers(contacts, _attempts(connection, row.id, zone)), paid)
    return CampaignRead(report, {name.login: name.display_name for name in names})


def _about(row: Row[Any]) -> CampaignAbout:
    rules = _RULES.validate_json(row.rules)
    dates = (row.first_day, row.last_day)
    return CampaignAbout(row.name, row.title, *dates, row.queue, rules.paid_within_days, rules.ceiling_percent)


def _contacts(connection: Connection, campaign_id: int) -> list[Row[Any]]:
    columns = (_contact.id, _contact.customer_code, _contact.name, _contact.service, _contact.state, _contact.services)
    found = _passing(connection, select(*columns).where(_contact.campaign_id == campaign_id))
    return sorted(found, key=lambda contact: int(contact.id))


def _owners(contacts: Iterable[Row[Any]]) -> Owners:
    owners = Owners()
    for contact in contacts:
        services = _SERVICES.validate_json(contact.services)
        owners.add(contact.id, contact.customer_code, (each.contract for each in services))
    return owners


def _payments(connection: Connection, about: CampaignAbout) -> Iterator[LoadedPayment]:
    """Those that can be of its effect, of loads that stand."""
    last = about.last_day + timedelta(days=about.paid_within_days)
    query = (
        select(
            *(_payment.load_id, _payment.customer_code, _payment.contract),
            *(_payment.paid_on, _payment.amount, _payment.service),
        )
        .join(list_loads, list_loads.c.id == _payment.load_id)
        .where(_payment.paid_on >= about.first_day, _payment.paid_on <= last)
        .where(list_loads.c.state == LOADED)
    )
    for row in _passing(connection, query):
        yield LoadedPayment(row.load_id, row.customer_code, row.contract, row.paid_on, row.amount, row.service)


def _attempts(connection: Connection, campaign_id: int, zone: ZoneInfo) -> Iterator[_Tried]:
    """The attempts of each customer who has any, in the order of the customers' numbers."""
    columns = (_attempt.contact_id, _attempt.begun_us, _attempt.number, _attempt.member, _attempt.result)
    query = select(*columns, _attempt.outcome, _attempt.agreed_us).where(_attempt.campaign_id == campaign_id)
    found = _passing(connection, query.order_by(_attempt.contact_id))
    attempt = _attempt_in(zone)
    for contact_id, rows in groupby(found, key=lambda row: int(row.contact_id)):
        yield contact_id, tuple(map(attempt, rows))


def _attempt_in(zone: ZoneInfo) -> Callable[[Row[Any]], CampaignAttempt]:
    # Most words come again in each row: each is made once, and the rows share it.
    result, outcome, member = lru_cache(OutgoingResult), lru_cache(CallOutcome), lru_cache(str)

    def attempt(row: Row[Any]) -> CampaignAttempt:
        return CampaignAttempt(
            begun_us=row.begun_us,
            day=as_datetime(row.begun_us, zone).date(),
            number=row.number,
            member=member(row.member or ""),
            result=result(row.result or ""),
            outcome=None if row.outcome is None else outcome(row.outcome),
            agreed_on=None if row.agreed_us is None else as_datetime(row.agreed_us, zone).date(),
        )

    return attempt


def _customers(contacts: Iterable[Row[Any]], attempts: Iterator[_Tried]) -> Iterator[Customer]:
    """Each customer with their attempts; both come in the order of the customers' numbers."""
    called, tried = next(attempts, (None, ()))
    for each in contacts:
        about = (each.id, each.customer_code, each.name, each.service, ContactState(each.state))
        if each.id != called:
            yield Customer(*about)
            continue
        yield Customer(*about, tried)
        called, tried = next(attempts, (None, ()))


def _passing(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """The rows, of which few are in memory at once."""
    return iter(connection.execute(query.execution_options(yield_per=_AT_ONCE)))
