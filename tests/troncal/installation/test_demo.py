from dataclasses import replace

from sqlalchemy import Connection, delete, func, select

from backoffice.demo import customers as customers_of
from backoffice.fijacom.tables import fijacom_pockets
from backoffice.guiatel.tables import directory_entries
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customer_tables import customers
from backoffice.smartflex.service_store import SmartflexServicesStore
from backoffice.smartflex.service_tables import prepaid, unpaid_bills, work_orders
from callcenter.database.transactions import Database
from troncal.installation import demo

NOW_US, LATER_US = 1_795_000_000_000_000, 1_796_000_000_000_000
FILLED = (customers, unpaid_bills, work_orders, prepaid, fijacom_pockets, directory_entries)


async def counts(database: Database) -> dict[str, int]:
    def read(connection: Connection) -> dict[str, int]:
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in FILLED}

    return await database.long_read(read)


async def test_an_empty_installation_gets_everything(database: Database) -> None:
    await demo.fill_backoffice(database, NOW_US)
    found = await counts(database)
    assert found["customers"] == demo.CUSTOMERS
    assert all(found.values())


async def test_a_later_start_changes_nothing(database: Database) -> None:
    await demo.fill_backoffice(database, NOW_US)
    before = await SmartflexServicesStore(database).orders("2000000")
    await demo.fill_backoffice(database, LATER_US)
    assert await SmartflexServicesStore(database).orders("2000000") == before


async def test_an_installation_with_customers_alone_gets_what_it_lacks(database: Database) -> None:
    store = SmartflexStore(database)
    await store.save(customers_of.generate(demo.SEED, demo.CUSTOMERS, NOW_US))
    owing = await store.by_contract("2000001")
    await demo.fill_backoffice(database, LATER_US)
    statement = await SmartflexServicesStore(database).statement("2000001")
    assert await store.by_contract("2000001") == owing
    assert statement is not None
    assert (statement.owed, statement.due_on) == (owing[0].balance, owing[0].due_on)
    assert all((await counts(database)).values())


async def test_a_customer_of_somebody_s_own_gets_no_invented_orders(database: Database) -> None:
    store = SmartflexStore(database)
    (invented,) = customers_of.generate(demo.SEED, 1, NOW_US)
    await store.save([replace(invented, name="Persona De Verdad")])
    await demo.fill_backoffice(database, NOW_US)
    assert await SmartflexServicesStore(database).orders("2000000") == ()


async def test_what_was_half_filled_is_filled(database: Database) -> None:
    await demo.fill_backoffice(database, NOW_US)
    whole = await counts(database)
    async with database.transaction() as connection:
        await connection.execute(delete(directory_entries))
    await demo.fill_backoffice(database, LATER_US)
    assert await counts(database) == whole
