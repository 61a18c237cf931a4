"""Calendar days and mass outages, as supervisors handle them."""

from typing import Any

import pytest
from sqlalchemy import select

from callcenter.numbers import Number, NumberKind
from callcenter.records.users import audit_log
from callcenter.routing.outage_store import OutageStore
from tests.agent_api.api_site import Site
from tests.conftest import Databases

pytestmark = pytest.mark.database
BRIDGE = {"holiday": True, "name": "Feriado por decreto"}


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: the stores have tests of their own over both."""
    return sqlite_databases


async def days(site: Site, headers: dict[str, str]) -> dict[str, Any]:
    answer = await site.http.get("/api/calendar", params={"year": 2026}, headers=headers)
    return {each["day"]: each for each in answer.json()["days"]}


async def begun(site: Site, headers: dict[str, str], **place: str) -> Any:
    return await site.http.post("/api/outages", json=place, headers=headers)


async def test_a_year_shows_its_holidays(site: Site) -> None:
    shown = await days(site, await site.supervisor())
    assert len(shown) == 14
    christmas = shown["2026-12-25"]
    assert (christmas["name"], christmas["shown"]) == ("Navidad", "viernes 25 de diciembre de 2026")
    assert (christmas["holiday"], christmas["set_by"]) == (True, None)


async def test_a_supervisor_sets_and_removes_days(site: Site) -> None:
    headers = await site.supervisor()
    put = await site.http.put("/api/calendar/2026-12-28", json=BRIDGE, headers=headers)
    off = await site.http.put("/api/calendar/2026-12-25", json={"holiday": False, "name": "Hábil"}, headers=headers)
    assert (put.status_code, off.status_code, put.json()["set_by"]) == (200, 200, "jefa")
    shown = await days(site, headers)
    assert (shown["2026-12-28"]["holiday"], shown["2026-12-25"]["holiday"]) == (True, False)
    for day in ("2026-12-28", "2026-12-25"):
        assert (await site.http.delete(f"/api/calendar/{day}", headers=headers)).status_code == 204
    assert len(await days(site, headers)) == 14


async def test_what_cannot_be_done_to_a_day_is_worded_in_spanish(site: Site) -> None:
    headers = await site.supervisor()
    never = await site.http.delete("/api/calendar/2026-12-28", headers=headers)
    assert (never.status_code, never.json()["detail"]) == (
        409,
        "No hay un cambio registrado para el lunes 28 de diciembre de 2026: ese día sigue la regla.",
    )
    for day, body in (("2026-02-30", BRIDGE), ("2026-12-28", {"holiday": True, "name": " \t"}), ("2026-12-28", {})):
        answer = await site.http.put(f"/api/calendar/{day}", json=body, headers=headers)
        assert answer.status_code == 422 and answer.json()["detail"]


async def test_an_outage_is_begun_listed_and_ended(site: Site) -> None:
    headers = await site.supervisor()
    outage = (await begun(site, headers, zone="Cala Cala", product="internet")).json()
    assert (outage["product_shown"], outage["ended_us"], outage["set_by"]) == ("Internet", None, "jefa")
    ended = await site.http.post(f"/api/outages/{outage['number']}/end", headers=headers)
    assert (ended.status_code, ended.json()["ended_by"]) == (200, "jefa")
    (listed,) = (await site.http.get("/api/outages", headers=headers)).json()["outages"]
    assert listed == ended.json()


async def test_what_cannot_be_done_to_an_outage_is_worded_in_spanish(site: Site) -> None:
    headers = await site.supervisor()
    outage = (await begun(site, headers, zone="Sarco")).json()
    again = await begun(site, headers, zone="sarco")
    assert (again.status_code, again.json()["detail"]) == (409, "Ya hay un corte abierto para esa zona y ese producto.")
    await site.http.post(f"/api/outages/{outage['number']}/end", headers=headers)
    for number, detail in ((outage["number"], "ya fue cerrado"), (77, "No existe el corte 77")):
        refused = await site.http.post(f"/api/outages/{number}/end", headers=headers)
        assert refused.status_code == 409 and detail in refused.json()["detail"]
    for place in ({"zone": "\x07"}, {"product": "gas"}, {"zone": "x" * 61}):
        assert (await begun(site, headers, **place)).status_code == 422


async def test_a_supervisor_reads_the_numbers_that_were_left(site: Site) -> None:
    headers = await site.supervisor()
    number = (await begun(site, headers)).json()["number"]
    caller = Number("70711021", NumberKind.MOBILE)
    await OutageStore(site.database).leave_number(number, caller, uniqueid="1790000000.7", now_us=1_790_000_000_000_000)
    read = (await site.http.get(f"/api/outages/{number}/numbers", headers=headers)).json()
    (left,) = read["numbers"]
    assert (left["number"], left["shown"], left["at"]) == ("70711021", "707 11021", "21/09/2026 10:13")
    (listed,) = (await site.http.get("/api/outages", headers=headers)).json()["outages"]
    assert listed["numbers_left"] == 1
    unknown = await site.http.get("/api/outages/77/numbers", headers=headers)
    assert unknown.status_code == 409


async def test_what_supervisors_do_is_in_the_audit_log_under_their_name(site: Site) -> None:
    headers = await site.supervisor()
    await site.http.put("/api/calendar/2026-12-28", json=BRIDGE, headers=headers)
    await begun(site, headers, zone="Sarco")
    query = select(audit_log.c.who, audit_log.c.what).order_by(audit_log.c.id.desc()).limit(2)
    rows = await site.database.long_read(lambda connection: connection.execute(query).all())
    assert [tuple(row) for row in rows] == [("jefa", "outage.begun"), ("jefa", "calendar.day_set")]
