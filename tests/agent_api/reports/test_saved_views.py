"""Reports as supervisors want them again: kept, changed, removed, shared, and opened another month."""

from typing import Any

import pytest
from sqlalchemy import update

from callcenter.records.saved_views import saved_views
from callcenter.roles import Role
from tests.agent_api.api_site import Site
from tests.agent_api.web.browser_like import browser_of

pytestmark = pytest.mark.database
PATH = "/api/saved-views"
ORDER: dict[str, Any] = {
    "name": "Menús de fallas",
    "report": "menus",
    "asked": {"period": "last_month", "lines": ["101"], "compare": True},
}
Headers = dict[str, str]


async def save(site: Site, headers: Headers, **more: Any) -> Any:
    return await site.http.post(PATH, json={**ORDER, **more}, headers=headers)


async def views(site: Site, headers: Headers) -> list[Any]:
    found: list[Any] = (await site.http.get(PATH, headers=headers)).json()["views"]
    return found


async def test_a_view_is_kept_renamed_and_removed(site: Site) -> None:
    headers = await site.supervisor()
    assert (await save(site, headers)).json() == {"detail": "La vista se guardó."}
    [view] = await views(site, headers)
    assert (view["name"], view["asked"], view["owner"]) == (ORDER["name"], ORDER["asked"], "jefa")
    change = {"name": "Otra", "shared": True}
    assert (await site.http.put(f"{PATH}/{view['id']}", json=change, headers=headers)).status_code == 200
    [changed] = await views(site, headers)
    assert (changed["name"], changed["shared"]) == ("Otra", True)
    assert (await site.http.delete(f"{PATH}/{view['id']}", headers=headers)).status_code == 200
    assert await views(site, headers) == []
    assert (await site.http.delete(f"{PATH}/{view['id']}", headers=headers)).status_code == 409


async def test_a_name_is_ones_own_once(site: Site) -> None:
    headers = await site.supervisor()
    await save(site, headers)
    again = await save(site, headers)
    assert again.status_code == 409 and "Ya tiene una vista" in again.json()["detail"]
    await save(site, headers, name="Otra")
    other = (await views(site, headers))[1]
    taken = await site.http.put(f"{PATH}/{other['id']}", json={"name": ORDER["name"], "shared": False}, headers=headers)
    assert taken.status_code == 409
    await site.user("otra", Role.SUPERVISOR)
    assert (await save(site, await site.token("otra"))).status_code == 200


async def test_others_see_what_is_shared_and_change_nothing(site: Site) -> None:
    headers = await site.supervisor()
    await save(site, headers, name="Mía")
    await save(site, headers, name="De todos", shared=True)
    await site.user("otra", Role.SUPERVISOR)
    other = await site.token("otra")
    [seen] = await views(site, other)
    assert (seen["name"], seen["owner"]) == ("De todos", "jefa")
    change = {"name": "Robada", "shared": False}
    assert (await site.http.put(f"{PATH}/{seen['id']}", json=change, headers=other)).status_code == 409
    assert (await site.http.delete(f"{PATH}/{seen['id']}", headers=other)).status_code == 409
    assert len(await views(site, headers)) == 2


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("more", "status"),
    [({"report": "nada"}, 404), ({"asked": {"period": "yesterday", "queues": ["x"]}}, 422), ({"name": " "}, 422)],
)
async def test_what_could_not_be_opened_is_not_kept(site: Site, more: dict[str, Any], status: int) -> None:
    headers = await site.supervisor()
    assert (await save(site, headers, **more)).status_code == status
    assert await views(site, headers) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_catalogue_has_views_on_top_and_leads_to_them(site: Site) -> None:
    await save(site, await site.supervisor())
    page = await browser_of(site, "jefa")
    shown = (await page.page("/informes")).text
    address = "/informes/menus?period=last_month&amp;compare=true&amp;line=101"
    assert f'href="{address}">Menús de fallas</a>' in shown
    assert "Recorrido por los menús, el mes pasado" in shown
    assert (await page.page(address.replace("&amp;", "&"))).status_code == 200


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_view_that_nobody_can_read_any_more_is_listed_and_can_be_removed(site: Site) -> None:
    headers = await site.supervisor()
    await save(site, headers)
    async with site.database.transaction() as connection:
        await connection.execute(update(saved_views).values(asked={"period": "algún día"}))
    [view] = await views(site, headers)
    assert view["asked"] is None
    assert "ya no se puede abrir" in (await (await browser_of(site, "jefa")).page("/informes")).text
    assert (await site.http.delete(f"{PATH}/{view['id']}", headers=headers)).status_code == 200
