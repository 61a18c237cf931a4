"""A session of a running centre's interface, as a page of it has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.telephony.phones.duty import settings_of
from tests.telephony.running_centre import RunningCentre
from troncal.installation import demo


@asynccontextmanager
async def session(centre: RunningCentre, login: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's session of the interface."""
    where = centre.where
    assert where is not None
    async with httpx.AsyncClient(base_url=where.http, timeout=30, trust_env=False) as http:
        opened = {"login": login, "password": demo.password(settings_of(centre), login)}
        http.headers["Authorization"] = f"Bearer {(await http.post('/api/session', json=opened)).json()['token']}"
        yield http
