"""Lists by the API and on their pages: uploads, decisions, refusals, problems for a spreadsheet program."""

import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent_api.accounts.cookies import CSRF_HEADER
from agent_api.campaigns.lists_words import problems_csv
from agent_api.web.guards import LONGEST_BODY_BYTES, UPLOAD_TYPE
from backoffice.extracts.files.uploads import ExtractLimits
from callcenter.records.lists import list_files, list_loads
from callcenter.roles import Role
from dialer.lists.model import ListProblem
from tests.agent_api.api_site import Site
from tests.agent_api.web.browser_like import browser_of
from tests.conftest import Databases
from tests.dialer.lists.loads import Loads, report, row

pytestmark = pytest.mark.database
A_PAGE = {"Accept": "text/html"}
MOST = ExtractLimits().most_bytes


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
async def headers(site: Site) -> dict[str, str]:
    """A supervisor's session."""
    return await site.supervisor()


@pytest.fixture
def loads(site: Site) -> Loads:
    return Loads(site.database)


async def uploaded(site: Site, headers: dict[str, str], campaign: int, content: Any, **more: str) -> Any:
    asked: dict[str, Any] = {"kind": "prepaid_report", "campaign": campaign, "file_name": "reporte noviembre.csv"}
    sent = {**headers, "Content-Type": UPLOAD_TYPE, **more}
    return await site.http.post("/api/lists", params=asked, headers=sent, content=content)


async def test_a_list_is_uploaded_looked_at_loaded_and_undone(
    site: Site, headers: dict[str, str], loads: Loads
) -> None:
    campaign = await loads.campaign()
    made = (await uploaded(site, headers, campaign, report(row(1), row(2, telephone="=2+2")))).json()
    assert (made["state"], made["file_name"]) == ("uploaded", "reporte noviembre.csv")
    number = made["id"]
    await loads.work(number)
    page = await site.http.get(f"/campanas/listas/{number}", headers=headers | A_PAGE)
    assert page.status_code == 200
    assert "Por confirmar" in page.text
    file = await site.http.get(f"/campanas/listas/{number}/problemas.csv", headers=headers)
    assert file.content.startswith("\ufeffFila;Columna;Valor;".encode())
    assert "3;Teléfono;'=2+2;" in file.text
    for what, state in (("load", "loaded"), ("undo", "undone")):
        assert (await site.http.post(f"/api/lists/{number}/{what}", headers=headers)).status_code == 200
        again = await site.http.post(f"/api/lists/{number}/{what}", headers=headers)
        assert again.status_code == 409
        assert (await loads.work(number)).state == state
    pages = (f"/campanas/{campaign}/listas", "/campanas/listas/pagos", f"/campanas/listas/{number}/parte")
    for path in pages:
        assert (await site.http.get(path, headers=headers | A_PAGE)).status_code == 200


async def test_columns_are_said_on_the_page_of_a_list(site: Site, headers: dict[str, str], loads: Loads) -> None:
    campaign = await loads.campaign()
    odd = report(row(1)).replace(b"Vencimiento", b"Hasta")
    number = (await uploaded(site, headers, campaign, odd)).json()["id"]
    assert (await loads.work(number)).state == "unmapped"
    page = await site.http.get(f"/campanas/listas/{number}", headers=headers | A_PAGE)
    assert 'data-column="5"' in page.text
    known = {"0": "customer_code", "2": "name", "3": "telephones", "4": "service"}
    path = f"/api/lists/{number}/columns"
    missing = await site.http.put(path, headers=headers, json={"fields": known})
    assert (missing.status_code, "Fecha de vencimiento" in missing.json()["detail"]) == (409, True)
    said = await site.http.put(path, headers=headers, json={"fields": known | {"5": "expires_on"}})
    assert said.status_code == 200
    assert (await loads.work(number)).state == "previewed"


async def test_too_large_a_file_is_refused_with_the_limit_and_leaves_nothing(
    site: Site, headers: dict[str, str], loads: Loads
) -> None:
    campaign = await loads.campaign()
    answer = await uploaded(site, headers, campaign, many(MOST + 1))
    assert (answer.status_code, "50 MB" in answer.json()["detail"]) == (409, True)
    assert await loads.rows(list_loads) == []
    assert await loads.rows(list_files) == []


async def many(size: int) -> AsyncIterator[bytes]:
    """A body of that size, without a declared length."""
    for begin in range(0, size, 65_536):
        yield b"x" * min(65_536, size - begin)


async def test_an_upload_is_never_in_memory_as_a_whole(site: Site, headers: dict[str, str], loads: Loads) -> None:
    campaign = await loads.campaign()
    tracemalloc.start()
    try:
        answer = await uploaded(site, headers, campaign, many(MOST))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 200
    assert most < MOST // 3


async def test_nothing_but_an_upload_may_be_so_large(site: Site, headers: dict[str, str]) -> None:
    columns = await site.http.put("/api/lists/1/columns", headers=headers, content=b"x" * (LONGEST_BODY_BYTES + 1))
    assert columns.status_code == 413


async def test_a_form_is_no_upload_and_as_limited_as_any(site: Site, loads: Loads) -> None:
    await site.user("jefa", Role.SUPERVISOR)
    browser = await browser_of(site, "jefa")
    campaign = await loads.campaign()
    asked: dict[str, Any] = {"kind": "prepaid_report", "campaign": campaign, "file_name": "x"}
    for size, status in ((10, 422), (LONGEST_BODY_BYTES + 1, 413)):
        without = {name: value for name, value in browser.own.items() if name != CSRF_HEADER}
        file: dict[str, Any] = {"csrf": (None, browser.csrf), "archivo": ("x.csv", b"x" * size)}
        answer = await site.http.post("/api/lists", params=asked, headers=without, files=file)
        assert answer.status_code == status
    assert await loads.rows(list_loads) == []


async def test_who_may_not_upload_sends_nothing_in(site: Site, loads: Loads) -> None:
    headers = await site.agent()
    answer = await uploaded(site, headers, await loads.campaign(), b"x" * (LONGEST_BODY_BYTES * 8))
    assert answer.status_code == 403
    assert await loads.rows(list_loads) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": "prepaid_report"}, "en la página de su campaña"),
        ({"kind": "prepaid_report", "campaign": 77}, "No existe esta campaña"),
        ({"kind": "payments", "campaign": 77}, "no son de una campaña"),
    ],
)
async def test_a_list_for_nobody_is_refused(
    site: Site, headers: dict[str, str], asked: dict[str, Any], words: str
) -> None:
    sent = headers | {"Content-Type": UPLOAD_TYPE}
    answer = await site.http.post("/api/lists", params=asked | {"file_name": "x"}, headers=sent, content=b"x")
    assert (answer.status_code, words in answer.json()["detail"]) == (409, True)


async def test_the_do_not_call_list_is_added_to_searched_and_taken_from(site: Site, headers: dict[str, str]) -> None:
    path, page = "/api/do-not-call", "/campanas/listas/no-llamar"
    added = await site.http.post(path, headers=headers, json={"number": "707 12345", "note": "Pidió no más"})
    assert added.json()["detail"] == "Ninguna campaña llamará al 707 12345."
    again = await site.http.post(path, headers=headers, json={"number": "+591 70712345"})
    assert "ya estaba" in again.json()["detail"]
    for hostile in ("0015551234567", "102", "800131313", "abc"):
        refused = await site.http.post(path, headers=headers, json={"number": hostile})
        assert refused.status_code == 409
    await site.http.post(path, headers=headers, json={"number": "4251234", "note": ""})
    for asked, there in (("707", True), ("4251234", False), ("70712345", True), ("", True)):
        found = await site.http.get(page, params={"numero": asked}, headers=headers | A_PAGE)
        assert ("707 12345" in found.text) is there
    removed = await site.http.post(f"{path}/remove", headers=headers, json={"number": "70712345", "note": "Por error"})
    assert removed.json()["detail"] == "El 707 12345 salió de la lista de no llamar."
    gone = await site.http.post(f"{path}/remove", headers=headers, json={"number": "70712345", "note": "Por error"})
    assert gone.status_code == 409


def test_problems_open_in_a_spreadsheet_program_and_nothing_in_them_is_worked_out() -> None:
    problem = ListProblem(7, "Teléfono", '=HYPERLINK("x")', "no es; un número", "Corríjalo", kept=True)
    text = problems_csv([problem]).decode("utf-8-sig")
    assert text.splitlines()[1] == (
        '7;Teléfono;"\'=HYPERLINK(""x"")";"no es; un número";Corríjalo;se carga sin ese dato'
    )
