"""Users as administrators make and change them."""

from typing import Any

import pytest

from callcenter.messages.commands import LogIn, LogOut, QueuePenalty
from callcenter.messages.facts import AgentStatus
from callcenter.roles import Role
from tests.agent_api.api_site import PASSWORD, Site
from tests.agent_api.web.browser_like import browser_of

ANA = {"display_name": "Ana", "role": "agent", "extension": "1001", "active": True, "queues": None}


def made(login: str = "ana", **more: Any) -> dict[str, Any]:
    return {**ANA, "login": login, "password": PASSWORD, **more}


@pytest.fixture
async def admin(site: Site) -> dict[str, str]:
    """The headers of an administrator's session."""
    await site.user("ada", Role.ADMIN)
    return await site.token("ada")


async def test_who_was_made_may_enter_with_role_and_extension(site: Site, admin: dict[str, str]) -> None:
    answer = await site.http.post("/api/users", json=made("Ana", role="supervisor"), headers=admin)
    assert answer.json() == {"detail": "Usuario ana creado."}
    me = (await site.http.get("/api/me", headers=await site.token("ana"))).json()
    assert (me["login"], me["role"], me["extension"]) == ("ana", "supervisor", "1001")


async def test_the_users_own_queues_stand_in_place_of_the_extensions(site: Site, admin: dict[str, str]) -> None:
    own = [{"queue": "103", "penalty": 2}, {"queue": "101", "penalty": 5}]
    await site.http.post("/api/users", json=made(queues=own), headers=admin)
    ana = await site.token("ana")
    assert (await site.http.post("/api/agent/log-in", headers=ana)).status_code == 200
    (order,) = site.bridge.carried_out
    assert isinstance(order, LogIn)
    assert set(order.queues) == {QueuePenalty(queue="103", penalty=2), QueuePenalty(queue="101", penalty=5)}
    foreign = await site.http.post("/api/agent/log-in", json={"queues": ["102"]}, headers=ana)
    assert (foreign.status_code, foreign.json()["detail"]) == (409, "Su anexo no atiende estas colas: 102.")


async def test_without_queues_of_ones_own_those_of_the_extension_are_served_again(
    site: Site, admin: dict[str, str]
) -> None:
    await site.http.post("/api/users", json=made(queues=[{"queue": "103", "penalty": 0}]), headers=admin)
    await site.http.put("/api/users/ana", json=ANA, headers=admin)
    listed = (await site.http.get("/api/users", headers=admin)).json()["users"]
    ana = next(user for user in listed if user["login"] == "ana")
    assert ana["queues"] == [{"queue": "101", "penalty": 0}, {"queue": "102", "penalty": 1}]
    assert not ana["own_queues"]


@pytest.mark.parametrize("change", [{"active": False}, {"role": "supervisor"}, {"extension": "1002"}])
async def test_whose_rights_change_is_out_at_once(site: Site, admin: dict[str, str], change: dict[str, Any]) -> None:
    await site.http.post("/api/users", json=made(), headers=admin)
    browser, program = await browser_of(site, "ana"), await site.token("ana")
    await site.http.put("/api/users/ana", json={**ANA, **change}, headers=admin)
    assert (await browser.send("GET", "/api/me")).status_code == 401
    assert (await site.http.get("/api/me", headers=program)).status_code == 401


async def test_another_name_or_other_queues_end_no_session(site: Site, admin: dict[str, str]) -> None:
    await site.http.post("/api/users", json=made(), headers=admin)
    ana = await site.token("ana")
    changed = {**ANA, "display_name": "Ana María", "queues": [{"queue": "104", "penalty": 0}]}
    assert (await site.http.put("/api/users/ana", json=changed, headers=admin)).status_code == 200
    assert (await site.http.get("/api/me", headers=ana)).json()["display_name"] == "Ana María"


async def test_who_may_not_work_any_more_leaves_the_queues(site: Site, admin: dict[str, str]) -> None:
    await site.http.post("/api/users", json=made(), headers=admin)
    ana = await site.token("ana")
    await site.http.post("/api/agent/log-in", headers=ana)
    async with site.screen(ana) as screen:
        while (await screen.next("state"))["state"] != AgentStatus.AVAILABLE:
            continue
    answer = await site.http.put("/api/users/ana", json={**ANA, "active": False}, headers=admin)
    assert answer.json()["detail"] == "Usuario ana guardado. Su sesión terminó y salió de las colas."
    assert isinstance(site.bridge.carried_out[-1], LogOut) and site.bridge.carried_out[-1].member == "ana"
    assert (await site.enter("ana")).status_code == 401


@pytest.mark.parametrize("change", [{"role": "agent"}, {"active": False}])
async def test_administrators_cannot_shut_themselves_out(
    site: Site, admin: dict[str, str], change: dict[str, Any]
) -> None:
    own = {"display_name": "Ada", "role": "admin", "extension": None, "active": True, "queues": None}
    answer = await site.http.put("/api/users/ada", json={**own, **change}, headers=admin)
    assert answer.status_code == 409 and "No puede cambiar su propio rol" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("more", "status", "detail"),
    [
        ({"login": "ADA"}, 409, "El usuario ada ya existe."),
        ({"extension": "4444"}, 409, "El anexo 4444 no está en la configuración del centro."),
        ({"queues": [{"queue": "fantasma", "penalty": 0}]}, 409, "No existen estas colas: fantasma."),
        ({"queues": []}, 422, "El dato queues tiene muy pocos elementos."),
        ({"password": "corta"}, 422, "El dato password es demasiado corto."),
        ({"login": "ana\r\nAction: Logoff"}, 422, "El dato login no es válido."),
        ({"login": "../1001"}, 422, "El dato login no es válido."),
        ({"display_name": "Ana\nVariable: X=1"}, 422, "El dato display_name no es válido."),
        ({"display_name": "   "}, 422, "El dato display_name es demasiado corto."),
        ({"extension": "1001&PJSIP/1002"}, 422, "El dato extension no es válido."),
        ({"role": "root"}, 422, "El dato role no es válido."),
    ],
)
async def test_what_cannot_be_is_refused_in_spanish(
    site: Site, admin: dict[str, str], more: dict[str, Any], status: int, detail: str
) -> None:
    answer = await site.http.post("/api/users", json=made(**more), headers=admin)
    assert (answer.status_code, answer.json()["detail"]) == (status, detail)


async def test_an_extension_is_one_persons(site: Site, admin: dict[str, str]) -> None:
    await site.http.post("/api/users", json=made(), headers=admin)
    await site.http.post("/api/users", json=made("eva", extension="1002"), headers=admin)
    answer = await site.http.put("/api/users/eva", json=ANA, headers=admin)
    assert (answer.status_code, answer.json()["detail"]) == (409, "El anexo 1001 ya es del usuario ana.")


async def test_a_password_set_by_an_administrator_ends_the_sessions(site: Site, admin: dict[str, str]) -> None:
    await site.http.post("/api/users", json=made(), headers=admin)
    browser = await browser_of(site, "ana")
    await site.http.put("/api/users/ana/password", json={"password": "otra frase larga"}, headers=admin)
    assert (await browser.send("GET", "/api/me")).status_code == 401
    assert (await site.enter("ana", "otra frase larga")).status_code == 200


async def test_ones_own_password_needs_the_one_in_force_and_few_guesses(site: Site) -> None:
    await site.user("ana")
    browser = await browser_of(site, "ana")
    guess = {"current": "adivinada", "password": "otra frase larga"}
    statuses = [(await browser.send("PUT", "/api/me/password", json=guess)).status_code for _ in range(6)]
    assert statuses == [409] * 5 + [429]


async def test_ones_own_password_changes_with_the_one_in_force(site: Site) -> None:
    await site.user("ana")
    browser = await browser_of(site, "ana")
    right = {"current": PASSWORD, "password": "otra frase larga"}
    assert (await browser.send("PUT", "/api/me/password", json=right)).status_code == 200
    assert (await browser.send("GET", "/api/me")).status_code == 401
    assert (await site.enter("ana", "otra frase larga")).status_code == 200


async def test_the_audit_page_shows_what_changed_as_text(site: Site, admin: dict[str, str]) -> None:
    attack = "<img src=x onerror=alert(1)>"
    await site.http.post("/api/users", json=made(), headers=admin)
    await site.http.put("/api/users/ana", json={**ANA, "display_name": attack}, headers=admin)
    browser = await browser_of(site, "ada")
    page = (await browser.page("/auditoria?que=user.changed")).text
    assert attack not in page
    assert "nombre: Ana → &lt;img src=x onerror=alert(1)&gt;" in page


async def test_the_audit_page_finds_by_person_and_day_and_goes_back_in_time(site: Site, admin: dict[str, str]) -> None:
    browser = await browser_of(site, "ada")
    for number in range(51):
        await site.http.post("/api/users", json=made(f"u{number}", extension=None), headers=admin)
    first = (await browser.page("/auditoria?quien=ADA&que=user.created")).text
    assert first.count("Usuario creado</td>") == 50 and "Anteriores" in first
    older = first.split('href="/auditoria?')[1].split('"')[0].replace("&amp;", "&")
    assert (await browser.page(f"/auditoria?{older}")).text.count("Usuario creado</td>") == 1
    assert "No hay nada" in (await browser.page("/auditoria?desde=2199-01-01")).text


async def test_the_pages_of_users_show_everybody_and_each(site: Site, admin: dict[str, str]) -> None:
    await site.http.post("/api/users", json=made(queues=[{"queue": "103", "penalty": 3}]), headers=admin)
    browser = await browser_of(site, "ada")
    assert "propias" in (await browser.page("/usuarios")).text
    form = (await browser.page("/usuarios/ana")).text
    assert 'data-order="PUT /api/users/ana"' in form and 'value="3" data-penalty="103"' in form
    assert (await browser.page("/usuarios/nadie")).status_code == 409
    assert 'data-order="POST /api/users"' in (await browser.page("/usuarios/nuevo")).text
