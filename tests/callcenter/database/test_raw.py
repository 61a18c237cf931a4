"""What a hand wrote into a date or an amount is read row by row."""

from datetime import date
from decimal import Decimal, InvalidOperation

import pytest
from sqlalchemy import select

from callcenter.database.raw import amount_of, day_of, raw
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_contacts
from tests.dialer.campaign_rows import EXPIRES, add_contact, make_campaign
from tests.dialer.campaigns.kept import settings

_TABLE = campaign_contacts.c
RAW = select(raw(_TABLE.expires_on, "expires_on"), raw(_TABLE.amount, "amount")).order_by(_TABLE.id)


@pytest.mark.database
@pytest.mark.parametrize("amount", ["0", "150.50", "123456789012.34"])
async def test_what_the_types_write_is_read_raw(database: Database, amount: str) -> None:
    await add_contact(database, await make_campaign(database, settings().window), "70700001")
    async with database.transaction() as connection:
        await connection.execute(campaign_contacts.update().values(amount=Decimal(amount)))
        row = (await connection.execute(RAW)).one()
    assert (day_of(row.expires_on), amount_of(row.amount)) == (EXPIRES, Decimal(amount))


@pytest.mark.parametrize("value", ["tomorrow", "", 7, None])
def test_what_is_no_date_is_said_to_be_none(value: object) -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        day_of(value)


@pytest.mark.parametrize("value", ["much", "", None])
def test_what_is_no_amount_is_said_to_be_none(value: object) -> None:
    with pytest.raises(InvalidOperation):
        amount_of(value)


def test_a_date_that_the_database_has_as_one_stays() -> None:
    assert day_of(date(2026, 11, 30)) == date(2026, 11, 30)
