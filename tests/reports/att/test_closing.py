"""A closed month stays as it was; what changed afterwards is a version that says so; a file can be verified."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import Period
from callcenter.level.upkeep import LevelUpkeep
from callcenter.records.calls import queue_entries
from callcenter.records.ledger import anomalies
from callcenter.records.users import audit_log
from reports.att.closing import Closing, MonthNotOver, ReasonMissing, versions_of
from reports.att.details import details_fingerprint
from reports.att.frozen import differences, fingerprint, packed, unpacked
from reports.att.making import month_now
from reports.att.queries import read_att_report
from reports.att.since_closed import NO_RULE
from reports.att.verify import Verified, verify
from tests.reports.att.test_golden_month import HIGHER, STRICTER, reported
from tests.reports.recorded_month import BEGAN, CENTRE, ENDED, MONTH, caller, record
from troncal.commands.att_months import write_month

pytestmark = pytest.mark.database
AFTER = (ENDED + 6 * 3600) * MICROSECONDS


def closing(database: Database, centre: Centre = CENTRE, now_us: int = AFTER) -> Closing:
    return Closing(database, centre, lambda: now_us)


async def month_of(database: Database, *kinds: str) -> None:
    for number, kind in enumerate(kinds, 1):
        await record(database, caller(number, kind, "101"))


@pytest.mark.parametrize("centre", [STRICTER, HIGHER], ids=["one part", "two parts"])
async def test_a_report_comes_back_from_what_is_kept_of_it(database: Database, centre: Centre) -> None:
    report = await reported(database, centre, kept=True)
    assert unpacked(packed(report)) == report
    assert fingerprint(unpacked(packed(report))) == fingerprint(report)


async def test_a_closed_month_keeps_its_rule_its_names_and_its_figures(database: Database) -> None:
    await month_of(database, "answered", "abandoned")
    closed = await closing(database).close(MONTH)
    renamed = tuple(line.model_copy(update={"name": "Otra cosa"}) for line in CENTRE.lines)
    other = STRICTER.model_copy(update={"lines": renamed})
    await record(database, caller(9, "abandoned", "101"))
    now = await database.long_read(lambda there: month_now(there, other, MONTH))
    assert (now.version, now.report) == (1, closed.report)
    assert now.changed != ()


async def test_what_changed_since_makes_a_version_that_says_what_and_why(database: Database) -> None:
    await month_of(database, "answered", "abandoned")
    await closing(database).close(MONTH, "ana")
    await record(database, caller(9, "abandoned", "101"))
    with pytest.raises(ReasonMissing, match="por qué"):
        await closing(database).close(MONTH, "ana")
    second = await closing(database).close(MONTH, "ana", "La central tardó en copiar el registro")
    assert (second.version, second.reason) == (2, "La central tardó en copiar el registro")
    assert second.corrections == (
        "Línea 101: registradas 2 antes, 3 ahora; abandonadas 1 antes, 2 ahora; llamadas a la línea 2 antes, 3 ahora",
    )
    kept = await database.read(lambda there: versions_of(there, MONTH))
    assert [each.version for each in kept] == [2, 1]


async def test_closing_what_has_not_changed_makes_no_version(database: Database) -> None:
    await month_of(database, "answered")
    first = await closing(database).close(MONTH, "ana")
    assert await closing(database, now_us=AFTER + 1).close(MONTH, "ana") == first
    async with database.reading() as connection:
        noted = (await connection.execute(select(audit_log.c.who, audit_log.c.details))).all()
    assert [tuple(row) for row in noted] == [("ana", {"month": "2026-10", "version": 1, "reason": ""})]


async def test_a_month_is_closed_when_it_is_over(database: Database) -> None:
    with pytest.raises(MonthNotOver, match="todavía no ha terminado"):
        await closing(database, now_us=ENDED * MICROSECONDS - 1).close(MONTH)


async def test_the_fingerprint_is_of_the_rule_too(database: Database) -> None:
    await month_of(database, "answered")
    reports = [await read_att_report(database, centre, MONTH) for centre in (CENTRE, STRICTER)]
    assert fingerprint(reports[0]) != fingerprint(reports[1])
    assert differences(*reports) == ["Cambió la regla: plazo, meta, fórmula o líneas medidas"]


# -- files -------------------------------------------------------------------------------------------------


async def verified(database: Database, path: Path) -> Verified:
    return await verify(database, CENTRE, path)


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
async def test_a_file_verifies_and_with_one_byte_altered_does_not(
    database: Database, tmp_path: Path, form: str
) -> None:
    await month_of(database, "answered", "abandoned")
    await closing(database).close(MONTH)
    path = tmp_path / f"mes.{form}"
    await write_month(database, CENTRE, MONTH, [path])
    assert (await verified(database, path)).is_right
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert not (await verified(database, path)).is_right


async def test_a_file_of_an_open_month_is_right_until_the_month_goes_on(database: Database, tmp_path: Path) -> None:
    await month_of(database, "answered")
    path = tmp_path / "mes.pdf"
    await write_month(database, CENTRE, MONTH, [path])
    assert (await verified(database, path)).is_right
    await record(database, caller(9, "abandoned", "101"))
    assert not (await verified(database, path)).is_right


async def test_a_csv_of_a_closed_month_is_known_as_such_though_the_open_one_had_the_same_bytes(
    database: Database, tmp_path: Path
) -> None:
    await month_of(database, "answered", "abandoned")
    before, after = tmp_path / "antes.csv", tmp_path / "despues.csv"
    await write_month(database, CENTRE, MONTH, [before])
    await closing(database).close(MONTH)
    await write_month(database, CENTRE, MONTH, [after])
    assert before.read_bytes() == after.read_bytes()
    found = await verified(database, after)
    assert found.is_right and "versión 1" in found.findings[0]


async def test_where_in_the_queue_a_caller_was_is_no_fact_of_the_level(database: Database) -> None:
    await month_of(database, "answered", "abandoned")
    month = Period(BEGAN * MICROSECONDS, ENDED * MICROSECONDS)
    before = await database.long_read(lambda there: details_fingerprint(there, month))
    async with database.transaction() as connection:
        await connection.execute(queue_entries.update().values(entered_position=7, left_position=3))
    assert before.entries == 2
    assert await database.long_read(lambda there: details_fingerprint(there, month)) == before


async def test_records_that_were_changed_behind_a_closed_month_are_told(database: Database, tmp_path: Path) -> None:
    await month_of(database, "answered", "abandoned")
    await closing(database).close(MONTH)
    path = tmp_path / "mes.pdf"
    await write_month(database, CENTRE, MONTH, [path])
    async with database.transaction() as connection:
        await connection.execute(queue_entries.update().values(wait_max_us=1))
    found = await verified(database, path)
    assert not found.is_right
    assert "Los registros cambiaron" in " ".join(found.findings)


async def test_when_the_details_are_gone_the_closed_sums_verify_and_it_says_so(
    database: Database, tmp_path: Path
) -> None:
    await month_of(database, "answered", "abandoned")
    await closing(database).close(MONTH)
    path = tmp_path / "mes.pdf"
    await write_month(database, CENTRE, MONTH, [path])
    await deleted(database)
    found = await verified(database, path)
    assert found.is_right
    assert found.findings[-1].startswith("El detalle ya no se guarda")


async def deleted(database: Database, before_seconds: int = ENDED, *, by_retention: bool = True) -> None:
    if by_retention:
        keeper = LevelUpkeep(database, CENTRE, lambda: AFTER)
        await keeper.settle(Period(BEGAN * MICROSECONDS, before_seconds * MICROSECONDS))
    before_us = before_seconds * MICROSECONDS
    async with database.transaction() as connection:
        await connection.execute(queue_entries.delete().where(queue_entries.c.entered_us < before_us))
        await connection.execute(anomalies.delete().where(anomalies.c.at_us < before_us))


async def test_a_month_of_which_retention_deleted_some_days_verifies_and_is_not_closed_again(
    database: Database, tmp_path: Path
) -> None:
    await record(database, [*caller(1, "answered", "101"), *caller(2, "abandoned", "101", begins=BEGAN + 86_400)])
    key = {"node": "n", "number": 1, "ordinal": 0, "source": "table", "position": 0}
    async with database.transaction() as connection:
        row = {**key, "kind": "gap", "at_us": BEGAN * MICROSECONDS, "detail": ""}
        await connection.execute(anomalies.insert(), [row])
    closed = await closing(database).close(MONTH)
    assert closed.report.anomalies
    path = tmp_path / "mes.pdf"
    await write_month(database, CENTRE, MONTH, [path])
    await deleted(database, BEGAN + 86_400)
    found = await verified(database, path)
    assert found.is_right
    assert found.findings[-1].startswith("Parte del detalle ya no se guarda")
    assert (await database.long_read(lambda there: month_now(there, CENTRE, MONTH))).changed == ()
    assert await closing(database, now_us=AFTER + 1).close(MONTH) == closed


async def test_details_that_somebody_deleted_are_told(database: Database, tmp_path: Path) -> None:
    await month_of(database, "answered", "abandoned")
    await closing(database).close(MONTH)
    path = tmp_path / "mes.pdf"
    await write_month(database, CENTRE, MONTH, [path])
    await deleted(database, by_retention=False)
    found = await verified(database, path)
    assert not found.is_right
    assert "Los registros cambiaron" in " ".join(found.findings)


async def test_a_closed_month_is_shown_when_the_centre_file_has_no_rule_of_it_any_more(database: Database) -> None:
    await month_of(database, "answered")
    closed = await closing(database).close(MONTH)
    rules = tuple(rule.model_copy(update={"valid_from": date(2027, 1, 1)}) for rule in CENTRE.service_level[-1:])
    later = CENTRE.model_copy(update={"service_level": rules})
    now = await database.long_read(lambda there: month_now(there, later, MONTH))
    assert (now.version, now.report, now.changed) == (1, closed.report, (NO_RULE,))


async def test_a_file_of_a_version_that_was_corrected_says_which_one_is_in_force(
    database: Database, tmp_path: Path
) -> None:
    await month_of(database, "answered")
    await closing(database).close(MONTH)
    path = tmp_path / "mes.pdf"
    await write_month(database, CENTRE, MONTH, [path])
    await record(database, caller(9, "abandoned", "101", begins=BEGAN))
    await closing(database).close(MONTH, reason="Faltaba una llamada")
    found = await verified(database, path)
    assert not found.is_right
    assert "Hay una versión posterior, la 2: Faltaba una llamada" in found.findings
