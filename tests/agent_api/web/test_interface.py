"""What holds for every route: who may call it, how it is described, how it says no."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response
from sqlalchemy import text

from agent_api.app import create
from agent_api.web import errors
from agent_api.web.errors import NO_DATABASE
from backoffice.demo.customers import Situation
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import CustomerView
from callcenter.bus.memory import MemoryBroker, MemoryBus
from callcenter.centre.file import load
from callcenter.database.problems import ReadTooLong
from callcenter.database.transactions import Database
from callcenter.messages.envelope import Service
from callcenter.settings import PROJECT
from tests.agent_api.accounts.who_may import WHO_MAY, Who
from tests.agent_api.api_site import NODE, Site, settings
from tests.conftest import Databases

pytestmark = pytest.mark.database


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


def application() -> FastAPI:
    """The application, described and not run."""
    database = Database("sqlite:///nowhere/troncal.sqlite")
    bus = MemoryBus(MemoryBroker(), Service.API, NODE)
    return create(settings(), load(PROJECT / "centre.yaml"), database, bus, SmartflexStore(database))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every route."""
    for path, methods in application().openapi()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


OPERATIONS = list(operations())
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]
SCHEMAS: dict[str, Any] = application().openapi()["components"]["schemas"]


def has_example(content: dict[str, Any]) -> bool:
    """Whether a reader of the description sees an example of this content."""
    schema = content.get("schema", {})
    options = (schema, *schema.get("anyOf", ()))
    named = (SCHEMAS[each["$ref"].rsplit("/", 1)[1]] for each in options if "$ref" in each)
    is_bytes = schema.get("format") == "binary"
    return is_bytes or "example" in content or any("examples" in each for each in (*options, *named))


def test_every_route_of_the_application_is_described() -> None:
    described = {(method, path) for method, path, _ in OPERATIONS}
    assert described == {place for place in WHO_MAY if place[1].startswith("/api/")}


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_route_has_examples_and_documented_errors(method: str, path: str, operation: dict[str, Any]) -> None:
    contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
    contents += [answer["content"] for answer in operation["responses"].values() if "content" in answer]
    assert all(has_example(content) for each in contents for content in each.values())
    assert any(status >= "400" for status in operation["responses"])
    assert ("401" in operation["responses"]) == ((method, path) != ("GET", "/api/health"))
    assert ("403" in operation["responses"]) == (WHO_MAY[method, path] in (Who.SUPERVISORS, Who.ADMINS))


async def test_every_route_refuses_callers_without_a_session(site: Site) -> None:
    for method, path, _ in OPERATIONS:
        for headers in ({}, {"Authorization": "Bearer nobodys"}, {"Authorization": "Basic YTpi"}):
            if WHO_MAY[method, path] is not Who.EVERYBODY:
                answer = await site.http.request(method, path, headers=headers)
                assert (answer.status_code, path) == (401, path)
                assert "ingrese de nuevo" in answer.json()["detail"]


async def test_the_description_is_served_and_pages_that_load_foreign_scripts_are_not(site: Site) -> None:
    assert (await site.http.get("/openapi.json")).status_code == 200
    for path in ("/docs", "/redoc"):
        assert (await site.http.get(path)).json() == {"detail": "No existe esta dirección."}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"login": "ana"}, "El dato password falta."),
        ({"login": "", "password": "x"}, "El dato login es demasiado corto."),
        ({"login": 7, "password": "x"}, "El dato login debe ser un texto."),
        (None, "El contenido falta."),
    ],
)
async def test_what_is_wrong_with_a_request_is_reported_in_spanish(site: Site, body: object, detail: str) -> None:
    answer = await site.http.post("/api/session", json=body)
    assert (answer.status_code, answer.json()) == (422, {"detail": detail})


async def test_a_body_that_is_no_json_and_a_wrong_method_are_reported_in_spanish(site: Site) -> None:
    broken = await site.http.post("/api/session", content="{", headers={"Content-Type": "application/json"})
    assert broken.json() == {"detail": "El contenido no es JSON válido."}
    assert (await site.http.put("/api/session")).json() == {"detail": "Esta dirección no admite ese método."}


async def test_a_defect_is_reported_in_spanish_without_its_inside(site: Site) -> None:
    headers = await site.agent()
    async with site.database.transaction() as connection:
        await connection.execute(text("DROP TABLE tokens"))
    transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        answer = await client.get("/api/me", headers=headers)
    assert answer.status_code == 500
    assert answer.json()["detail"].startswith("Ocurrió un error interno")


async def test_a_database_that_is_away_is_reported_in_spanish() -> None:
    transport = httpx.ASGITransport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        answer = await client.get("/api/me", headers={"Authorization": "Bearer somebodys"})
        health = await client.get("/api/health")
    assert (answer.status_code, answer.json()["detail"]) == (503, NO_DATABASE)
    assert (health.status_code, health.json()["status"]) == (503, "down")


async def test_a_search_that_took_too_long_is_answered_with_what_to_do() -> None:
    app = FastAPI()
    errors.install(app, lambda _request, status, _detail: Response(status_code=status))

    @app.get("/api/search")
    async def search() -> None:
        raise ReadTooLong("interrupted")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        answer = await client.get("/api/search")
    assert (answer.status_code, answer.json()["detail"]) == (503, errors.TOO_LONG)


async def test_customers_are_found_by_telephone_contract_and_card(
    site: Site, customers: tuple[CustomerView, ...]
) -> None:
    headers, ana = await site.agent(), customers[list(Situation).index(Situation.OWES)]
    asked = {"telephone": ana.telephones[-1], "contract": ana.contracts[0].number, "identity": str(ana.identity_card)}
    for key, value in asked.items():
        answer = await site.http.get("/api/customers", params={key: value}, headers=headers)
        assert [found["number"] for found in answer.json()["customers"]] == [ana.number]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({}, "Busque por un solo dato"),
        ({"telephone": "1", "contract": "2"}, "Busque por un solo dato"),
        ({"telephone": "hola"}, "No es un número de teléfono."),
        ({"identity": "??"}, "No es un carnet"),
    ],
)
async def test_a_search_that_asks_nothing_findable_is_refused(site: Site, query: dict[str, str], detail: str) -> None:
    answer = await site.http.get("/api/customers", params=query, headers=await site.agent())
    assert answer.status_code == 422 and detail in answer.json()["detail"]
