"""Demo data: customers that nobody is, and users with passwords of this installation's own."""

import hashlib
import hmac
from collections.abc import Collection

from sqlalchemy import Table, exists, select

from agent_api.accounts.passwords import Passwords
from agent_api.accounts.user_store import create_demo_users
from backoffice.demo.customers import generate
from backoffice.demo.services import Services, services
from backoffice.fijacom.store import FijacomStore
from backoffice.fijacom.tables import fijacom_pockets
from backoffice.guiatel.store import GuiatelStore
from backoffice.guiatel.tables import directory_entries
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customer_tables import customers
from backoffice.smartflex.customers import CustomerView
from backoffice.smartflex.service_store import SmartflexServicesStore
from backoffice.smartflex.service_tables import prepaid, unpaid_bills, work_orders
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.settings import Settings

CUSTOMERS, SEED = 400, 1
_SERVICES = (unpaid_bills, work_orders, prepaid, fijacom_pockets, directory_entries)


async def fill(settings: Settings, centre: Centre) -> None:
    """Demo customers, their orders and the like, where there are none; and the demo users that are missing."""
    database = Database(settings.database)
    try:
        await fill_backoffice(database, now_us())
        await create_demo_users(database, Passwords(), centre, lambda login: password(settings, login), now_us=now_us())
    finally:
        await database.close()


async def fill_backoffice(database: Database, now: int) -> None:
    """Add what is not there yet, as of an instant: an older installation gets what it lacks, and keeps what it has."""
    directory = SmartflexStore(database)
    invented = generate(SEED, CUSTOMERS, now)
    if await _is_empty(database, customers):
        await directory.save(invented)
    empty = {table.name for table in _SERVICES if await _is_empty(database, table)}
    if empty:
        known = [customer for one in invented for customer in await _as_known(directory, one)]
        await _fill_services(database, empty, services(SEED, known, now))


async def _fill_services(database: Database, empty: Collection[str], made: Services) -> None:
    await SmartflexServicesStore(database).save(
        made.bills if unpaid_bills.name in empty else (),
        made.orders if work_orders.name in empty else (),
        made.expiries if prepaid.name in empty else (),
    )
    if fijacom_pockets.name in empty:
        await FijacomStore(database).save(made.pockets)
    if directory_entries.name in empty:
        await GuiatelStore(database).save(made.entries)


async def _as_known(directory: SmartflexStore, invented: CustomerView) -> list[CustomerView]:
    """The same customer as an earlier start left it; none where the contract is somebody else's."""
    found = await directory.by_contract(invented.contracts[0].number)
    return [customer for customer in found if (customer.number, customer.name) == (invented.number, invented.name)]


async def _is_empty(database: Database, table: Table) -> bool:
    return not await database.long_read(lambda connection: connection.scalar(select(exists(select(table)))))


def password(settings: Settings, login: str) -> str:
    """The demo password of a login: the same at each start, another in each installation."""
    key = settings.token_secret.get_secret_value().encode()
    return hmac.new(key, f"demo {login}".encode(), hashlib.sha256).hexdigest()[:10]
