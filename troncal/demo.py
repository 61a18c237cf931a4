"""Demo data: customers that nobody is, and users with passwords of this installation's own."""

import hashlib
import hmac

from sqlalchemy import func, select

from agent_api.accounts import Passwords, create_demo_users
from backoffice.demo import generate
from backoffice.smartflex_store import SmartflexStore
from callcenter.centre import Centre
from callcenter.clock import now_us
from callcenter.database import Database
from callcenter.records.customers import customers
from callcenter.settings import Settings

CUSTOMERS, SEED = 400, 1


async def fill(settings: Settings, centre: Centre) -> None:
    """Demo customers where there are none, and the demo users that are missing."""
    database = Database(settings.database)
    try:
        async with database.reading() as connection:
            known = await connection.scalar(select(func.count()).select_from(customers))
        if not known:
            await SmartflexStore(database).save(generate(SEED, CUSTOMERS, now_us()))
        await create_demo_users(database, Passwords(), centre, lambda login: password(settings, login), now_us=now_us())
    finally:
        await database.close()


def password(settings: Settings, login: str) -> str:
    """The demo password of a login: the same at each start, another in each installation."""
    key = settings.token_secret.get_secret_value().encode()
    return hmac.new(key, f"demo {login}".encode(), hashlib.sha256).hexdigest()[:10]
