"""Every route, by everybody: who is refused and who is not, by token and by cookie."""

import re
from dataclasses import dataclass

import httpx
import pytest

from agent_api.accounts.cookies import CSRF_HEADER, SAFE_METHODS
from agent_api.web.access import NO_EXTENSION, NOT_FROM_OUR_PAGE
from callcenter.roles import Role
from tests.agent_api.accounts.who_may import WEBSOCKET, WHO_MAY, Who, served
from tests.agent_api.api_site import Site
from tests.agent_api.web.browser_like import BrowserLike, Headers, browser_of
from tests.agent_api.web.test_interface import application
from tests.conftest import Databases

pytestmark = pytest.mark.database

ADDRESSES = [(method, path, who) for (method, path), who in WHO_MAY.items() if method != WEBSOCKET]
A_PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
# What would end the session itself: each is asked with one of its own.
ENDS = {("DELETE", "/api/session"), ("POST", "/salir")}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, and what the table lets that person use."""

    login: str
    role: Role
    extension: str | None
    may: frozenset[Who]


ANY = frozenset({Who.EVERYBODY, Who.USERS})
PEOPLE = (
    Person("sinanexo", Role.AGENT, None, ANY),
    Person("1001", Role.AGENT, "1001", ANY | {Who.USERS_WITH_PHONE}),
    Person("jefa", Role.SUPERVISOR, None, ANY | {Who.SUPERVISORS}),
    Person("ada", Role.ADMIN, "1002", frozenset(Who)),
)


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
async def site(quick_site: Site) -> Site:
    """Orders that the bridge of the tests does not know are given up at once."""
    return quick_site


def test_the_table_names_every_route_and_no_other() -> None:
    assert set(served(application())) == set(WHO_MAY)


@pytest.mark.parametrize("by_cookie", [False, True], ids=["token", "cookie"])
@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.login)
async def test_a_person_may_what_the_table_says_and_nothing_else(site: Site, person: Person, by_cookie: bool) -> None:
    await site.user(person.login, person.role, person.extension)
    wrong = []
    headers = await session(site, person, by_cookie)
    for method, path, who in ADDRESSES:
        own = await session(site, person, by_cookie) if (method, path) in ENDS else headers
        verdict = await asked(site, method, path, own)
        if verdict != ("served" if who in person.may else "refused"):
            wrong.append((method, path, who.name, verdict))
    assert wrong == []


async def test_nobody_sees_or_does_anything_without_a_session(site: Site) -> None:
    wrong = []
    for method, path, who in ADDRESSES:
        for headers in ({}, {"Authorization": "Bearer nobodys"}, BrowserLike(site, "nobodys", "none").own):
            verdict = await asked(site, method, path, headers)
            if verdict != ("served" if who is Who.EVERYBODY else "refused"):
                wrong.append((method, path, who.name, verdict))
    assert wrong == []


async def test_a_cookie_changes_nothing_without_the_word_of_our_own_page(site: Site) -> None:
    await site.user("ada", Role.ADMIN, "1001")
    browser = await browser_of(site, "ada")
    wrong = []
    for method, path, who in ADDRESSES:
        if method in SAFE_METHODS or who is Who.EVERYBODY:
            continue
        for headers in forged(browser):
            answer = await site.http.request(method, filled(path), headers=headers)
            if (answer.status_code, answer.json()) != (403, {"detail": NOT_FROM_OUR_PAGE}):
                wrong.append((method, path, headers))
    assert wrong == []


def forged(browser: BrowserLike) -> list[Headers]:
    """What another's page can make a browser send, and what our own would without the right token."""
    without = {name: value for name, value in browser.own.items() if name != CSRF_HEADER}
    return [
        without,
        {**browser.own, CSRF_HEADER: ""},
        {**browser.own, CSRF_HEADER: "0" * len(browser.csrf)},
        {**browser.own, "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.bo"},
        {**browser.own, "Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
        {**browser.held, CSRF_HEADER: browser.csrf, "Origin": "https://evil.bo"},
        {**browser.held, CSRF_HEADER: browser.csrf, "Origin": "null"},
        {**browser.held, CSRF_HEADER: browser.csrf},
    ]


async def session(site: Site, person: Person, by_cookie: bool) -> Headers:
    """The headers of a session just opened."""
    return (await browser_of(site, person.login)).own if by_cookie else await site.token(person.login)


async def asked(site: Site, method: str, path: str, headers: Headers) -> str:
    """`served` or `refused`. What is asked for makes no sense beyond that: whoever may ask learns so."""
    async with site.http.stream(method, filled(path), headers={**A_PAGE, **headers}) as answer:
        if is_stream(answer):
            return "served"
        await answer.aread()
    refused = answer.status_code in (401, 403) and "contraseña" not in answer.text
    return "refused" if refused or leads_out(answer) or NO_EXTENSION in answer.text else "served"


def is_stream(answer: httpx.Response) -> bool:
    return str(answer.headers.get("content-type", "")).startswith("text/event-stream")


def leads_out(answer: httpx.Response) -> bool:
    """Whether it leads to the entrance, where that is not what was asked for."""
    asked_for = answer.request.url.path
    location: str = answer.headers.get("location", "")
    return location.startswith("/ingresar") and asked_for not in ("/salir", "/ingresar")


def filled(path: str) -> str:
    """The path with something for each of its parameters."""
    return re.sub(r"\{[^}]+\}", "7", path)
