"""Supervisors' decisions about days are kept."""

from datetime import date

import pytest
from sqlalchemy import select

from callcenter.database.transactions import Database
from callcenter.records.users import audit_log
from callcenter.routing.calendar import DayOverride
from callcenter.routing.calendar_store import CalendarStore, DayNotSet, DaySet, UnreadableName

DAY = date(2026, 12, 28)
BRIDGE = DayOverride(True, "Feriado por decreto")


async def actions(database: Database) -> list[tuple[str, str, object]]:
    rows = await database.long_read(
        lambda connection: connection.execute(select(audit_log).order_by(audit_log.c.id)).all()
    )
    return [(row.who, row.what, row.details) for row in rows]


async def test_a_day_that_was_set_is_read_back_and_audited(database: Database) -> None:
    store = CalendarStore(database)
    kept = await store.set(DAY, BRIDGE, by="jefa", now_us=5)
    assert await store.days() == (kept,) == (DaySet(DAY, BRIDGE, "jefa", 5),)
    assert await store.overrides() == {DAY: BRIDGE}
    details = {"day": "2026-12-28", "holiday": True, "name": "Feriado por decreto"}
    assert await actions(database) == [("jefa", "calendar.day_set", details)]


async def test_the_last_decision_about_a_day_counts(database: Database) -> None:
    store = CalendarStore(database)
    await store.set(DAY, BRIDGE, by="jefa", now_us=5)
    await store.set(DAY, DayOverride(False, " Laborable "), by="otra", now_us=6)
    assert await store.days() == (DaySet(DAY, DayOverride(False, "Laborable"), "otra", 6),)


async def test_a_day_that_is_removed_follows_the_rules_again(database: Database) -> None:
    store = CalendarStore(database)
    await store.set(DAY, BRIDGE, by="jefa", now_us=5)
    await store.unset(DAY, by="otra", now_us=6)
    assert await store.overrides() == {}
    assert (await actions(database))[-1] == ("otra", "calendar.day_unset", {"day": "2026-12-28"})


async def test_removing_what_was_never_set_is_refused_and_not_audited(database: Database) -> None:
    with pytest.raises(DayNotSet, match="2026-12-28"):
        await CalendarStore(database).unset(DAY, by="jefa", now_us=5)
    assert await actions(database) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Feriado\nlocal"])
async def test_a_day_without_a_readable_name_is_refused(database: Database, name: str) -> None:
    with pytest.raises(UnreadableName):
        await CalendarStore(database).set(DAY, DayOverride(True, name), by="jefa", now_us=5)
    assert await actions(database) == []
