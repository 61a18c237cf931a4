"""The customers of a campaign go once it is over for so long, and those of another stay; over both databases."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns, contact_skips
from callcenter.records.lists import list_loads, list_problems, listed_customers, payments
from reports.retention.campaign_customers import CAMPAIGN_TABLES
from tests.reports.retention.test_retention import Archive
from tests.reports.scheduled.office import at

OLD, KEPT = (1, "ended", date(2026, 10, 1), date(2026, 10, 9)), (2, "ended", date(2026, 10, 8), date(2026, 11, 9))
THEN, LATER = at("2026-10-02 09:00"), at("2026-10-09 09:00")
LOAD = {"kind": "prepaid_report", "file_name": "lista.csv", "file_hash": "h", "state": "loaded", "uploaded_by": "jefa"}
LISTED = {"row_number": 1, "numbers": "[]", "services": "[]", "rank": 1, "held_out": False, "barred": False}


def fill(connection: Connection) -> None:
    for number, state, first, last in (OLD, KEPT):
        _campaign(connection, number, state, first, last)
    for load, of, uploaded_us in ((1, 1, THEN), (2, 2, THEN), (3, None, THEN), (4, None, LATER)):
        what = {**LOAD, "id": load, "campaign_id": of, "uploaded_us": uploaded_us, "changed_us": uploaded_us}
        connection.execute(insert(list_loads), what)
    for load in (1, 2):
        connection.execute(insert(listed_customers), {**LISTED, "load_id": load, "customer": "70712345"})
        problem = {"load_id": load, "row_number": 1, "wrong": "w", "remedy": "r", "kept": False, "value": "70712345"}
        connection.execute(insert(list_problems), problem)
    for load in (3, 4):
        paid = {"load_id": load, "customer_code": "7", "paid_on": date(2026, 10, 1), "amount": 10}
        connection.execute(insert(payments), paid)


def _campaign(connection: Connection, number: int, state: str, first: date, last: date) -> None:
    made = {"created_us": THEN, "created_by": "dialer", "changed_us": THEN, "rules": "{}", "mode": "preview"}
    what = {"kind": "prepaid_expiry", "title": "Prepago", "queue": "prepago", "line": "102", "state": state}
    days = {"first_day": first, "last_day": last}
    connection.execute(insert(campaigns), {**made, **what, **days, "id": number, "name": f"c{number}"})
    who = {"campaign_id": number, "customer": "70712345", "numbers": "[]", "services": "[]", "name": "Ana"}
    contact = {**who, "id": number, "state": "done", "rank": 1, "changed_us": THEN}
    connection.execute(insert(campaign_contacts), contact)
    call = {"contact_id": number, "campaign_id": number, "number": "70712345", "mode": "preview", "epoch": 1}
    attempt = {**call, "reference": f"r{number}", "begun_us": THEN, "ends_us": THEN, "closed_us": THEN}
    connection.execute(insert(campaign_attempts), attempt)
    skip = {"contact_id": number, "member": "1001", "reason": "later", "at_us": THEN}
    connection.execute(insert(contact_skips), skip)


async def left(archive: Archive) -> dict[str, Sequence[Any]]:
    """Of each table the campaign, the contact or the list of the rows that are left."""
    found = {}
    async with archive.database.reading() as connection:
        for table in CAMPAIGN_TABLES:
            of = next(table.c[name] for name in ("campaign_id", "contact_id", "load_id") if name in table.c)
            found[table.name] = (await connection.scalars(select(of).order_by(of))).all()
    return found


@pytest.fixture
async def archive(database: Database) -> Archive:
    await database.write(fill)
    return Archive(database)


async def test_customers_of_a_campaign_that_is_long_over_go_and_those_of_another_stay(archive: Archive) -> None:
    await archive.run("2026-12-15 03:30")
    assert await left(archive) == {
        **{"campaign_contacts": [2], "campaign_attempts": [2], "contact_skips": [2]},
        **{"listed_customers": [2], "list_problems": [2]},
        "payments": [4],  # listed after the campaign that is kept began
    }
    async with archive.database.reading() as connection:
        assert (await connection.scalars(select(campaigns.c.id).order_by(campaigns.c.id))).all() == [1, 2]


async def test_nothing_of_a_campaign_goes_before_its_month_is_closed(archive: Archive) -> None:
    before, archive.closed = await left(archive), ()
    await archive.run("2026-12-15 03:30")
    assert await left(archive) == before
