"""Two administrators at the same moment: one gets the login or the extension, the other learns whose it is."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from callcenter.database.engines import Dialect
from callcenter.records.users import users
from callcenter.roles import Role
from tests.agent_api.api_site import PASSWORD, Site
from tests.waiting import answered

pytestmark = [pytest.mark.database]
AT_ONCE = 8
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


@pytest.fixture
async def admin(site: Site) -> dict[str, str]:
    """The headers of an administrator's session."""
    await site.user("ada", Role.ADMIN)
    return await site.token("ada")


def made(login: str, extension: str | None = None) -> dict[str, Any]:
    about = {"display_name": login, "role": "agent", "active": True, "queues": None, "extension": extension}
    return {**about, "login": login, "password": PASSWORD}


async def until_it_waits(site: Site) -> None:
    """Until another transaction waits for this one. On SQLite it waits already to begin."""
    if site.database.dialect is Dialect.SQLITE:
        return
    await answered(lambda: site.database.read(lambda connection: connection.scalar(WAITING)), bool)


async def test_who_makes_a_login_that_another_is_just_making_learns_it(site: Site, admin: dict[str, str]) -> None:
    row = {"login": "nora", "password_hash": "x", "display_name": "Nora", "role": "agent", "active": True}
    async with site.database.transaction() as connection:
        await connection.execute(users.insert(), row)
        posting = asyncio.create_task(site.http.post("/api/users", json=made("nora"), headers=admin))
        await until_it_waits(site)
    answer = await posting
    assert (answer.status_code, answer.json()) == (409, {"detail": "El usuario nora ya existe."})


async def test_of_those_who_give_the_same_extension_at_once_one_does(site: Site, admin: dict[str, str]) -> None:
    bodies = [made(f"u{number}", "1001") for number in range(AT_ONCE)]
    answers = await asyncio.gather(*(site.http.post("/api/users", json=body, headers=admin) for body in bodies))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == AT_ONCE - 1
    assert {answer.status_code for answer in refused} == {409}
    assert all(answer.json()["detail"].startswith("El anexo 1001 ya es del usuario u") for answer in refused)
