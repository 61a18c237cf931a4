"""A campaign's report out of the records, on both databases."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, event

from callcenter.campaign_outcomes import CallOutcome
from callcenter.database.transactions import Database
from reports.campaign.comparison import Group
from reports.campaign.queries import CampaignNotFound, read_campaign_report
from tests.query_plans import sqlite_scans
from tests.reports.campaign.made_campaigns import ABOUT, day
from tests.reports.campaign.recorded_campaign import CAMPAIGN_ID, record_campaign
from tests.reports.render.made_documents import ZONE

pytestmark = pytest.mark.database


@pytest.mark.parametrize("asked", [CAMPAIGN_ID, ABOUT.name])
async def test_the_report_comes_from_the_records(database: Database, asked: int | str) -> None:
    await record_campaign(database)
    read = await read_campaign_report(database, ZONE, asked)
    made = read.report
    assert (made.about, read.agents) == (ABOUT, {"1001": "Ana Rojas"})
    assert (made.customers, made.total.managed, made.total.contacted, made.total.promised) == (5, 3, 2, 1)
    # Both lists have the payments of the first two; that of the third is in a list that was undone.
    assert (made.total.paid, made.total.amount) == (2, Decimal("300.00"))
    assert made.comparisons.held_out == Group(1, 1)
    assert made.comparisons.not_reached == Group(1, 0)
    assert made.payments_until == day(6)


async def test_each_managed_customer_has_what_came_of_it(database: Database) -> None:
    await record_campaign(database)
    first, second, third = (await read_campaign_report(database, ZONE, CAMPAIGN_ID)).report.managed
    assert (first.customer.code, first.outcome, first.decisive.agreed_on) == ("C1", CallOutcome.PROMISED, day(3))
    assert [call.day for call in first.calls] == [day(0), day(1)]
    assert (second.customer.code, second.decisive.member, second.amount) == ("", "1002", Decimal("150.00"))
    assert (third.outcome, third.effect, third.decisive.is_abandoned) == (CallOutcome.ABANDONED, (), True)


async def test_a_campaign_that_is_not_there_is_said_not_to_be(database: Database) -> None:
    for asked in (1, "nadie", f"{CAMPAIGN_ID}"):
        with pytest.raises(CampaignNotFound, match=str(asked)):
            await read_campaign_report(database, ZONE, asked)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What long reads execute, and with what."""
    seen: list[tuple[str, Any]] = []
    long_read = Database.long_read

    def note(connection: object, cursor: object, statement: str, parameters: Any, *more: object) -> None:
        seen.append((statement, parameters))

    async def watched(database: Database, work: Any, **more: Any) -> Any:
        def watching(connection: Connection) -> Any:
            event.listen(connection, "before_cursor_execute", note)
            try:
                return work(connection)
            finally:
                event.remove(connection, "before_cursor_execute", note)

        return await long_read(database, watching, **more)

    monkeypatch.setattr(Database, "long_read", watched)
    return seen


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_no_table_that_grows_is_read_through(database: Database, statements: list[tuple[str, Any]]) -> None:
    await record_campaign(database)
    await read_campaign_report(database, ZONE, CAMPAIGN_ID)
    assert len(statements) == 5

    def plans(connection: Connection) -> list[str]:
        return [line for each in statements for line in sqlite_scans(connection, *each)]

    assert await database.read(plans) == []
