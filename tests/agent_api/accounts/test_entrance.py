"""The entrance for users, and what others try at it."""

import asyncio

import pytest
from sqlalchemy import select

from agent_api.accounts import rate_limit
from agent_api.accounts.cookies import NAME
from agent_api.accounts.sessions import digest_of
from agent_api.pages.entrance import FIRST_ADMIN
from agent_api.pages.visitors import own_page
from callcenter.records.users import audit_log, tokens
from callcenter.roles import Role
from tests.agent_api.api_site import PASSWORD, Site
from tests.agent_api.web.browser_like import BrowserLike, browser_of


async def test_the_browser_is_instructed_to_keep_its_session_from_scripts_and_from_other_sites(site: Site) -> None:
    await site.user("ana", extension="1001")
    answer = await BrowserLike(site).enter("ana")
    kept = answer.headers["set-cookie"]
    assert kept.startswith(f"{NAME}=")
    for wanted in ("; HttpOnly", "; Secure", "; Path=/", "; SameSite=lax"):
        assert wanted in kept
    assert "Domain" not in kept


@pytest.mark.parametrize(
    ("role", "extension", "first"),
    [
        (Role.AGENT, "1001", "/escritorio"),
        (Role.AGENT, None, "/perdidas"),
        (Role.SUPERVISOR, "1002", "/piso"),
        (Role.ADMIN, None, "/piso"),
    ],
)
async def test_who_enters_comes_to_where_the_work_begins(
    site: Site, role: Role, extension: str | None, first: str
) -> None:
    await site.user("ana", role, extension)
    browser = BrowserLike(site)
    assert (await browser.enter("ana")).headers["location"] == first
    assert (await browser.page("/")).headers["location"] == first
    assert (await browser.page("/ingresar")).headers["location"] == first


async def test_where_nobody_is_a_user_yet_the_entrance_says_how_to_make_the_first(site: Site) -> None:
    assert FIRST_ADMIN in (await BrowserLike(site).page("/ingresar")).text
    await site.user("ana")
    assert FIRST_ADMIN not in (await BrowserLike(site).page("/ingresar")).text


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({}, True),
        ({"host": "localhost:8080"}, True),
        ({"host": "10.0.0.5:8080"}, False),
        ({"host": "127.evil.bo"}, False),
        ({"host": "10.0.0.5:8080", "x-forwarded-proto": "https"}, True),
    ],
)
async def test_the_entrance_warns_on_a_connection_where_no_session_is_kept(
    site: Site, headers: dict[str, str], kept: bool
) -> None:
    shown = (await site.http.get("/ingresar", headers=headers)).text
    assert ("no está cifrada" in shown) is not kept


async def test_a_page_without_a_session_leads_to_the_entrance_and_back(site: Site) -> None:
    await site.user("ana", Role.ADMIN)
    browser = BrowserLike(site)
    led = (await browser.page("/auditoria?quien=ana")).headers["location"]
    assert led == "/ingresar?de=/auditoria%3Fquien%3Dana"
    assert 'name="de" value="/auditoria?quien=ana"' in (await browser.page(led)).text
    assert (await browser.enter("ana", de="/auditoria?quien=ana")).headers["location"] == "/auditoria?quien=ana"


@pytest.mark.parametrize(
    "back",
    [
        *("https://evil.bo/", "//evil.bo", "/\\evil.bo", "/\t/evil.bo", "\\\\evil.bo", "javascript:alert(1)"),
        *("/salir", "/ingresar?de=/salir", "/api/session", "evil.bo", "", "/\n/evil.bo"),
    ],
)
async def test_the_entrance_leads_nowhere_else(site: Site, back: str) -> None:
    assert own_page(back) == ""
    await site.user("ana", extension="1001")
    assert (await BrowserLike(site).enter("ana", de=back)).headers["location"] == "/escritorio"


async def test_a_wrong_password_is_reported_and_what_was_typed_is_text(site: Site) -> None:
    answer = await BrowserLike(site).enter('"><script>alert(1)</script>', "no es esta")
    assert answer.status_code == 401 and "Usuario o contraseña incorrectos." in answer.text
    assert "<script>alert" not in answer.text and "no es esta" not in answer.text


async def test_a_cookie_that_was_planted_before_is_worth_nothing_after(site: Site) -> None:
    await site.user("ana", extension="1001")
    victim = BrowserLike(site, cookie="planted-by-somebody-else")
    await victim.enter("ana")
    assert victim.cookie != "planted-by-somebody-else"
    planted = BrowserLike(site, cookie="planted-by-somebody-else")
    assert (await planted.page("/escritorio")).headers["location"].startswith("/ingresar")


async def test_the_session_of_an_intruder_ends_when_its_browser_is_used_to_enter(site: Site) -> None:
    await site.user("ana", extension="1001")
    await site.user("eva", extension="1002")
    intruder = await browser_of(site, "eva")
    victim = BrowserLike(site, cookie=intruder.cookie)
    await victim.enter("ana")
    assert (await intruder.send("GET", "/api/me")).status_code == 401
    assert (await victim.send("GET", "/api/me")).json()["login"] == "ana"


async def test_each_entry_gives_a_token_of_its_own_and_only_its_digest_is_kept(site: Site) -> None:
    await site.user("ana", extension="1001")
    cookies = [(await browser_of(site, "ana")).cookie for _ in range(2)]
    async with site.database.reading() as connection:
        kept = (await connection.execute(select(tokens.c.digest, tokens.c.kind))).all()
    assert {(row.digest, row.kind) for row in kept} == {(digest_of(cookie), "cookie") for cookie in cookies}


async def test_another_site_cannot_log_a_browser_in(site: Site) -> None:
    await site.user("eva", extension="1002")
    form = {"login": "eva", "password": PASSWORD}
    for headers in ({}, {"Origin": "https://evil.bo"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await site.http.post("/ingresar", data=form, headers=headers)
        assert answer.status_code == 403 and "set-cookie" not in answer.headers


async def test_one_session_does_nothing_with_the_proof_of_another(site: Site) -> None:
    await site.user("ana", extension="1001")
    one, other = await browser_of(site, "ana"), await browser_of(site, "ana")
    one.csrf = other.csrf
    assert (await one.send("POST", "/api/agent/ready")).status_code == 403


async def test_the_token_of_a_cookie_opens_nothing_in_a_header_nor_the_other_way_round(site: Site) -> None:
    headers = await site.agent()
    browser = await browser_of(site, "1001")
    as_program = {"Authorization": f"Bearer {browser.cookie}"}
    as_browser = BrowserLike(site, cookie=headers["Authorization"].removeprefix("Bearer "))
    assert (await site.http.get("/api/me", headers=as_program)).status_code == 401
    assert (await as_browser.send("GET", "/api/me")).status_code == 401


async def test_who_leaves_is_out_and_forgotten_by_the_browser(site: Site) -> None:
    await site.user("ana", extension="1001")
    browser = await browser_of(site, "ana")
    form = {"csrf": browser.csrf}
    headers = {**browser.held, "Origin": "null", "Sec-Fetch-Site": "same-origin"}
    answer = await site.http.post("/salir", data=form, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ingresar")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await browser.send("GET", "/api/me")).status_code == 401


async def test_no_other_site_can_log_a_browser_out(site: Site) -> None:
    await site.user("ana", extension="1001")
    browser = await browser_of(site, "ana")
    for headers in (browser.held, {}):  # what it sends from there, and what is left of that with SameSite
        answer = await site.http.post("/salir", headers=headers)
        assert answer.status_code == (403 if headers else 303) and "set-cookie" not in answer.headers
    assert (await browser.send("GET", "/api/me")).status_code == 200


async def test_an_address_that_guesses_at_many_logins_must_wait(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "FAILURES_OF_AN_ADDRESS", 8)
    await site.user("ana")
    for number in range(8):
        assert (await BrowserLike(site).enter(f"alguien{number}", "adivinada")).status_code == 401
    for answer in (await BrowserLike(site).enter("ana"), await site.enter("ana")):
        assert answer.status_code == 429 and "Espere" in answer.text


async def test_a_whole_shift_may_enter_from_one_address_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "FAILURES_OF_AN_ADDRESS", 4)
    await site.user("ana")
    for _ in range(6):
        assert (await BrowserLike(site).enter("ana")).status_code == 303


async def test_attempts_at_the_same_time_all_count(site: Site) -> None:
    await site.user("ana")
    answers = await asyncio.gather(*(BrowserLike(site).enter("ana", "adivinada") for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_the_audit_log_says_from_where_and_holds_no_password(site: Site) -> None:
    await site.user("ana")
    await BrowserLike(site).enter("ana", "adivinada")
    async with site.database.reading() as connection:
        attempt = (await connection.execute(select(audit_log).order_by(audit_log.c.id.desc()))).first()
    assert attempt is not None
    assert (attempt.who, attempt.what, attempt.details) == ("ana", "session.attempt", {"address": "127.0.0.1"})
