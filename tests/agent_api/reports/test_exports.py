"""Files that are made meanwhile: how far they are, whose they are, given up, taken, and gone."""

import os
from pathlib import Path
from typing import Any

import pytest

from agent_api.reports.exports import MOST_OF_ONE
from callcenter.roles import Role
from reports.export import running
from reports.export.order import ExportEnd
from tests.agent_api.api_site import Site
from tests.agent_api.web.browser_like import browser_of
from tests.conftest import Databases
from tests.waiting import answered, eventually

pytestmark = pytest.mark.database
PATH = "/api/reports/exports"
ORDER: dict[str, Any] = {"report": "menus", "form": "csv", "asked": {"period": "last_month"}}
Headers = dict[str, str]


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: nothing here depends on it."""
    return sqlite_databases


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Processes that have written 400 of 1,000 rows and go on for ever; the file has the number of the last one."""
    begun = tmp_path / "pid"
    said = r"cat > /dev/null; printf '[0, 0]\n[400, 1000]\n'"
    command = f"{said}; echo $$ > {begun}.new; mv {begun}.new {begun}; exec sleep 600"
    monkeypatch.setattr(running, "COMMAND", ("/bin/sh", "-c", command))
    return begun


async def start(site: Site, headers: Headers, **more: Any) -> Any:
    answer = await site.http.post(PATH, json={**ORDER, **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def until(site: Site, key: str, headers: Headers, state: str) -> Any:
    async def look() -> Any:
        return (await site.http.get(f"{PATH}/{key}", headers=headers)).json()

    return await answered(look, lambda export: export["state"] == state, what=f"the export is {state}")


def is_over(begun: Path) -> bool:
    """Whether there is no such process any more."""
    try:
        os.kill(int(begun.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


async def test_a_file_is_made_and_taken_as_often_as_one_likes(site: Site) -> None:
    headers = await site.supervisor()
    key = (await start(site, headers))["key"]
    done = await until(site, key, headers, "done")
    assert done["name"].startswith("menus-") and done["name"].endswith(".csv")
    files = [await site.http.get(f"{PATH}/{key}/file", headers=headers) for _ in range(2)]
    assert files[0].status_code == 200 and files[0].content == files[1].content
    assert "Menús" in files[0].text and done["name"] in files[0].headers["content-disposition"]
    assert (await site.http.delete(f"{PATH}/{key}", headers=headers)).status_code == 200
    assert (await site.http.get(f"{PATH}/{key}/file", headers=headers)).status_code == 409


async def test_how_far_a_file_is_survives_another_page(site: Site, slow: Path) -> None:
    await site.user("jefa", Role.SUPERVISOR)
    page = await browser_of(site, "jefa")
    started = (await page.send("POST", PATH, json=ORDER)).json()
    token = await site.token("jefa")
    writing = await until(site, started["key"], token, "writing")
    assert (writing["rows"], writing["of"]) == (400, 1000)
    for path in ("/informes", "/informes/parte/archivos"):
        shown = (await page.page(path)).text
        assert "Escribiendo 400 de 1.000 filas" in shown and 'max="1000" value="400"' in shown
    assert (
        (await site.http.get(f"{PATH}/{started['key']}/file", headers=token))
        .json()["detail"]
        .endswith("no está listo.")
    )


async def test_a_file_that_is_given_up_ends_its_process(site: Site, slow: Path) -> None:
    headers = await site.supervisor()
    key = (await start(site, headers))["key"]
    await eventually(slow.exists)
    assert (await site.http.delete(f"{PATH}/{key}", headers=headers)).status_code == 200
    assert is_over(slow)
    assert (await site.http.get(PATH, headers=headers)).json() == {"exports": []}


async def test_nobody_sees_the_files_of_others(site: Site, slow: Path) -> None:
    headers = await site.supervisor()
    key = (await start(site, headers))["key"]
    await site.user("otra", Role.SUPERVISOR)
    other = await site.token("otra")
    assert (await site.http.get(PATH, headers=other)).json() == {"exports": []}
    for method, path in (("GET", key), ("DELETE", key), ("GET", f"{key}/file")):
        assert (await site.http.request(method, f"{PATH}/{path}", headers=other)).status_code == 409
    assert (await site.http.get(f"{PATH}/{key}", headers=headers)).status_code == 200


async def test_two_are_made_at_once_the_others_wait_and_more_than_a_few_are_refused(site: Site, slow: Path) -> None:
    headers = await site.supervisor()
    keys = [(await start(site, headers))["key"] for _ in range(MOST_OF_ONE)]
    await until(site, keys[1], headers, "writing")
    assert (await until(site, keys[2], headers, "waiting"))["rows"] == 0
    refused = await site.http.post(PATH, json=ORDER, headers=headers)
    assert refused.status_code == 409 and "quite alguno" in refused.json()["detail"]
    await site.http.delete(f"{PATH}/{keys[0]}", headers=headers)
    await until(site, keys[2], headers, "writing")


async def test_a_file_that_cannot_be_made_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "COMMAND", ("/bin/sh", "-c", "cat > /dev/null; echo no reason >&2; exit 9"))
    headers = await site.supervisor()
    key = (await start(site, headers))["key"]
    failed = await until(site, key, headers, "failed")
    assert "error interno" in failed["problem"] and "no reason" not in failed["problem"]
    assert "error interno" in (await site.http.get(f"{PATH}/{key}/file", headers=headers)).json()["detail"]


async def test_where_the_disk_is_full_everybody_is_told_what_to_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    command = f"cat > /dev/null; exit {ExportEnd.NO_ROOM.value}"
    monkeypatch.setattr(running, "COMMAND", ("/bin/sh", "-c", command))
    headers = await site.supervisor()
    failed = await until(site, (await start(site, headers))["key"], headers, "failed")
    assert "No queda lugar en el disco" in failed["problem"]
    answer = await site.http.get("/api/reports/menus.pdf", params={"period": "yesterday"}, headers=headers)
    assert answer.status_code == 503 and "libere espacio" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("more", "status", "why"),
    [
        ({"report": "nada"}, 404, "No existe"),
        ({"form": "page"}, 422, "El dato form"),
        ({"asked": {}}, 422, "diga de qué días"),
        ({"asked": {"period": "algún día"}}, 422, "asked.period"),
        ({"asked": {"period": "yesterday", "lines": ["999"]}}, 422, "no existe la línea"),
    ],
)
async def test_what_cannot_be_made_is_refused_at_once(site: Site, more: dict[str, Any], status: int, why: str) -> None:
    answer = await site.http.post(PATH, json={**ORDER, **more}, headers=await site.supervisor())
    assert answer.status_code == status and why in answer.json()["detail"]


async def test_after_a_while_a_file_is_gone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.app.state.parts.reports.exports, "_kept_seconds", 0.0)
    headers = await site.supervisor()
    key = (await start(site, headers))["key"]

    async def look() -> int:
        return (await site.http.get(f"{PATH}/{key}", headers=headers)).status_code

    await answered(look, lambda status: status == 409, what="the export is gone")


async def test_what_is_being_made_ends_with_the_application(site: Site, slow: Path) -> None:
    await start(site, await site.supervisor())
    await eventually(slow.exists)
    async with site.app.state.parts.reports.exports.running():
        pass
    assert is_over(slow)
