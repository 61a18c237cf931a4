"""The frame of the pages: what it escapes, whom it leads where, what it lets the browser load."""

from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from jinja2 import UndefinedError

from agent_api.accounts.sessions import SessionUser
from agent_api.pages import rendering
from agent_api.pages.assets import Assets, NotBundled
from callcenter.roles import Role

LA_PAZ = ZoneInfo("America/La_Paz")
NOON_US = 1_790_006_400_000_000  # 2026-09-21 12:00 in La Paz
ATTACK = "<script>alert(1)</script>"


def person(role: Role, extension: str | None = "1001", name: str = "Ana") -> SessionUser:
    return SessionUser("ana", name, role, extension, b"", 0)


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()
    rendering.install(made, LA_PAZ, lambda: NOON_US)

    @made.get("/entrada/{role}")
    def frame(request: Request, role: Role, name: str = "Ana") -> Response:
        request.state.visitor = person(role, name=name)
        return rendering.problem(request, 404, ATTACK)

    return made


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
        yield client


async def test_what_is_put_into_a_page_is_text_and_never_markup(http: httpx.AsyncClient) -> None:
    page = (await http.get("/entrada/agent", params={"name": ATTACK})).text
    assert ATTACK not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


async def test_a_page_may_load_from_here_only_and_runs_nothing_written_into_it(http: httpx.AsyncClient) -> None:
    answer = await http.get("/entrada/agent")
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("role", "extension", "last", "desk"),
    [
        (Role.AGENT, "1001", "/perdidas", True),
        (Role.SUPERVISOR, None, "/informes", False),
        (Role.ADMIN, "1101", "/auditoria", True),
    ],
)
def test_the_header_leads_where_the_role_may_go(role: Role, extension: str | None, last: str, desk: bool) -> None:
    led = [item.path for item in rendering.NAVIGATION if item.is_for(person(role, extension))]
    assert led[-1] == last
    assert ("/escritorio" in led) == desk


async def test_every_address_in_the_frame_is_there_and_kept_for_ever(http: httpx.AsyncClient, app: FastAPI) -> None:
    made: Assets = app.state.pages.assets
    page = (await http.get("/entrada/agent")).text
    for name in ("troncal.css", "troncal.svg", "plain.js"):
        assert made.path(name) in page
        answer = await http.get(made.path(name))
        assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("name", ["otro.js", "..%2Fmanifest.json", "manifest.json", "made-from"])
async def test_only_bundles_are_served(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/estatico/{name}")).status_code == 404


def test_a_name_that_is_not_given_is_a_defect_and_no_empty_text() -> None:
    with pytest.raises(UndefinedError):
        rendering.environment(LA_PAZ).from_string("{{ nobody }}").render()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ at|hhmm }}", "12:00"),
        ("{{ at|day_time }}", "21/09/2026 12:00"),
        ("{{ 123|mmss }} {{ 3723|mmss }}", "02:03 1:02:03"),
        ("{{ '44250101'|telephone }}", "4 425 0101"),
        ("{{ '<b>'|telephone }}", "&lt;b&gt;"),
    ],
)
def test_what_people_read_is_written_as_they_write_it(text: str, shown: str) -> None:
    assert rendering.environment(LA_PAZ).from_string(text).render(at=NOON_US) == shown


def test_pages_that_were_not_bundled_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotBundled, match="make setup"):
        Assets.read(tmp_path)
