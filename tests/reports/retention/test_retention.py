"""What is too old goes, with what belongs to it, and nothing else; over both kinds of database."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from sqlalchemy import Row, String, Table, func, insert, select

from callcenter import records
from callcenter.centre.detail_retention import DetailRetention
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.level.formulas import Period
from callcenter.outbox.mail import Answer, Mail
from callcenter.outbox.store import MailStore, put_in
from callcenter.records.callbacks import callbacks
from callcenter.records.calls import calls, offers, queue_entries
from callcenter.records.contacts import contact_notes, recall_list
from callcenter.records.ivr import call_steps, survey_answers
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.recordings import recordings
from callcenter.records.users import audit_log
from reports.att.closing import Closing
from reports.att.queries import read_att_report
from reports.periods.month import Month
from reports.retention import deleting
from reports.retention.campaign_customers import CAMPAIGN_TABLES
from reports.retention.deleting import Cleaning
from reports.retention.job import DetailRetentionJob
from reports.retention.tables import DETAIL, KEPT
from tests.reports.recorded_month import BEGAN, CENTRE, MONTH, caller, record
from tests.reports.scheduled.office import Office, at
from troncal.processes.reports import is_closed

OCTOBER, NOVEMBER = MONTH, Month(2026, 11)
NEXT = NOVEMBER.span_us(CENTRE.zone)[0] // MICROSECONDS
OLD_KINDS = ("answered", "abandoned", "called back", "served", "full", "waiting")
PERSONS = {
    "caller",
    "number",
    "numbers",
    "customer",
    "customer_code",
    "notes",
    "note",
    "recipients",
    "address",
    "login",
}


SHORT = DetailRetention(call_detail_days=62)


@dataclass
class Archive:
    """A centre's records of October and of November, looked at in December."""

    database: Database
    keeps: DetailRetention = SHORT
    closed: Collection[Month] = (OCTOBER, NOVEMBER)

    async def fill(self) -> None:
        for number, kind in enumerate(OLD_KINDS):
            await record(self.database, caller(number, kind))
        await record(self.database, caller(50, "answered", begins=NEXT))

    async def run(self, due: str = "2026-12-15 03:30") -> None:
        async def is_closed(_database: Database, month: Month) -> bool:
            return month in self.closed

        office = Office(self.database, due, CENTRE.model_copy(update={"retention": self.keeps}))
        job = DetailRetentionJob(is_closed, office.clock)
        runner = await office.process([job])
        await runner.look()
        assert runner.problem == ""

    async def rows(self, table: Table) -> Sequence[Row[Any]]:
        async with self.database.reading() as connection:
            return (await connection.execute(select(table))).all()

    async def count(self, table: Table) -> int:
        return len(await self.rows(table))

    async def totals(self, what: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in await self.rows(audit_log):
            if row.what == what:
                found[row.details["table"]] = found.get(row.details["table"], 0) + row.details["rows"]
        return found


@pytest.fixture
async def archive(database: Database) -> Archive:
    made = Archive(database)
    await made.fill()
    return made


async def add(archive: Archive, table: Table, **values: Any) -> None:
    async with archive.database.transaction() as connection:
        await connection.execute(insert(table), values)


async def test_the_detail_of_an_old_month_goes_with_all_that_belongs_to_it_and_is_counted(archive: Archive) -> None:
    note = {"node": "central", "queue": "102", "disposition": "", "notes": "Llamó por su factura", "saved_us": 1}
    await add(archive, contact_notes, uniqueid="c0", member="1001", **note)
    entered_us = next(each.entered_us for each in await archive.rows(queue_entries) if each.uniqueid == "c1")
    recall = {"state": "taken", "owner": "1001", "note": "", "changed_us": 1, "node": "central"}
    await add(archive, recall_list, uniqueid="c1", entered_us=entered_us, **recall)
    entries = [each for each in await archive.rows(queue_entries) if each.entered_us < NEXT * MICROSECONDS]
    assert len(entries) >= 5 and await archive.count(call_steps) > 10
    await archive.run()
    for table in (calls, queue_entries, offers, survey_answers):
        assert {each.uniqueid for each in await archive.rows(table)} == {"c50"}, table.name
    assert {each.uniqueid for each in await archive.rows(call_steps)} == {"c50"}
    assert await archive.count(contact_notes) == await archive.count(recall_list) == 0
    totals = await archive.totals("call_detail.deleted")
    assert (totals["queue_entries"], totals["calls"]) == (len(entries), len(OLD_KINDS))


async def test_nothing_goes_of_a_month_that_is_not_closed(archive: Archive) -> None:
    before = await archive.count(queue_entries), await archive.count(calls), await archive.count(call_steps)
    archive.closed = (NOVEMBER,)
    await archive.run()
    assert (await archive.count(queue_entries), await archive.count(calls), await archive.count(call_steps)) == before
    assert await archive.totals("call_detail.deleted") == {}


async def test_nothing_goes_before_its_days_are_over(archive: Archive) -> None:
    archive.keeps = DetailRetention(call_detail_days=1826)
    await archive.run()
    assert await archive.count(calls) == len(OLD_KINDS) + 1


async def test_days_of_a_month_go_one_after_the_other(archive: Archive) -> None:
    await archive.run(due="2026-12-02 03:30")  # 62 days after 1 October
    assert {each.uniqueid for each in await archive.rows(calls)} == {"c50"} | {f"c{at}" for at in range(len(OLD_KINDS))}
    await archive.run(due="2026-12-03 03:30")
    assert {each.uniqueid for each in await archive.rows(calls)} == {"c50"}


async def test_a_call_that_the_centre_made_stays_while_an_entry_after_midnight_is_counted_by_it(
    archive: Archive,
) -> None:
    """Without it the entry would be one of the public's, and count for the ATT, once it is counted again."""
    called = {"node": "central", "purpose": "campaign", "reference": "", "number": "70712345", "rang": True}
    evening_us = (BEGAN + 86_400 - 600) * MICROSECONDS
    await add(archive, outgoing_calls, uniqueid="o1", dialled_us=evening_us, **called)
    await archive.run(due="2026-12-03 03:30")  # what entered on 1 October is gone
    assert await archive.count(outgoing_calls) == 1
    await archive.run(due="2026-12-04 03:30")
    assert await archive.count(outgoing_calls) == 0


async def test_the_last_evening_of_a_month_that_is_not_closed_stays_though_the_next_one_is(database: Database) -> None:
    archive = Archive(database, closed=(NOVEMBER,))
    await record(database, caller(1, "called back", begins=NEXT - 3600))
    called = {"node": "central", "purpose": "campaign", "reference": "", "number": "70712345", "rang": True}
    await add(archive, outgoing_calls, uniqueid="o1", dialled_us=(NEXT - 3600) * MICROSECONDS, **called)
    before, steps = await read_att_report(database, CENTRE, OCTOBER), await archive.count(call_steps)
    await archive.run(due="2027-03-15 03:30")
    assert (await archive.count(outgoing_calls), await archive.count(call_steps)) == (1, steps)
    assert await read_att_report(database, CENTRE, OCTOBER) == before


async def test_the_figures_of_the_other_months_are_as_they_were(archive: Archive) -> None:
    before = await read_att_report(archive.database, CENTRE, NOVEMBER)
    await archive.run()
    assert await read_att_report(archive.database, CENTRE, NOVEMBER) == before


async def test_a_few_rows_go_at_once_and_a_run_that_is_cut_off_goes_on(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CutOff(Exception):
        """The process ends."""

    async def ends(_seconds: float) -> None:
        raise CutOff

    monkeypatch.setattr(deleting, "ROWS_AT_ONCE", 2)
    span = OCTOBER.span_us(CENTRE.zone)
    cleaning = Cleaning(archive.database, at("2026-12-15 03:30"), pause=ends)
    rows = next(each for each in DETAIL if each.table is calls)
    with pytest.raises(CutOff):
        await cleaning.delete(rows, Period(*span))
    assert await archive.count(calls) == len(OLD_KINDS) - 1
    assert await archive.totals("call_detail.deleted") == {"calls": 2}
    await archive.run()
    assert await archive.count(calls) == 1
    assert (await archive.totals("call_detail.deleted"))["calls"] == len(OLD_KINDS)


async def test_a_bridge_that_starts_again_brings_nothing_back(archive: Archive) -> None:
    await archive.run()
    left = await archive.rows(queue_entries), await archive.rows(calls)
    # Its journal has the rows of October still: no checkpoint was due since.
    await record(archive.database, caller(51, "answered", begins=NEXT))
    entries, those = await archive.rows(queue_entries), await archive.rows(calls)
    assert {each.uniqueid for each in entries} == {each.uniqueid for each in left[0]} | {"c51"}
    assert {each.uniqueid for each in those} == {each.uniqueid for each in left[1]} | {"c51"}


async def test_persons_data_is_emptied_earlier_and_the_rest_stays(archive: Archive) -> None:
    archive.keeps = DetailRetention(call_detail_days=1826, personal_data_days=62)
    note = {"node": "central", "queue": "102", "disposition": "informado", "notes": "Llamó", "saved_us": 1}
    await add(archive, contact_notes, uniqueid="c0", member="1001", customer_number=7, **note)
    called = {"purpose": "callback", "reference": "r", "number": "70712345", "rang": True, "node": "central"}
    await add(archive, outgoing_calls, uniqueid="o1", dialled_us=BEGAN * MICROSECONDS, **called)
    before, report = await archive.rows(queue_entries), await read_att_report(archive.database, CENTRE, OCTOBER)
    await archive.run()
    await archive.run("2026-12-16 03:30")
    after = await archive.rows(queue_entries)
    assert len(after) == len(before)
    assert {each.caller for each in after if each.uniqueid != "c50"} == {""}
    assert {each.caller for each in after if each.uniqueid == "c50"} == {"70712345"}
    assert {each.caller for each in await archive.rows(calls)} == {"", "70712345"}
    assert [each.number for each in await archive.rows(outgoing_calls)] == [""]
    ((member, disposition, notes, customer),) = [
        (each.member, each.disposition, each.notes, each.customer_number) for each in await archive.rows(contact_notes)
    ]
    assert (member, disposition, notes, customer) == ("1001", "informado", "", None)
    asked = [each.detail for each in await archive.rows(call_steps) if each.step == "callback_requested"]
    assert asked == ["2||key|102"]
    assert await read_att_report(archive.database, CENTRE, OCTOBER) == report
    totals = await archive.totals("personal_data.emptied")
    assert totals["contact_notes"] == 1 and totals["queue_entries"] == len(before) - 1


async def test_a_callback_is_forgotten_and_a_recording_only_once_its_file_is(archive: Archive) -> None:
    began_us = BEGAN * MICROSECONDS
    asked = {"node": "central", "line": "102", "queue": "102", "entered_us": began_us, "requested_us": began_us}
    state = {"reason": "key", "state": "done", "next_try_us": began_us, "uniqueid": "c2"}
    await add(archive, callbacks, number="70712345", ended_us=began_us + 1, **asked, **state)
    await add(archive, callbacks, number="70712346", ended_us=None, **asked, **state)
    for uniqueid, deleted_us in (("c0", began_us + 9), ("c1", None)):
        row = {"file": f"2026-10-01/{uniqueid}.wav", "queue": "102", "deleted_us": deleted_us, "node": "central"}
        await add(archive, recordings, uniqueid=uniqueid, started_us=began_us, **row)
    await archive.run()
    assert [each.number for each in await archive.rows(callbacks)] == ["70712346"]
    assert [each.uniqueid for each in await archive.rows(recordings)] == ["c1"]


async def test_mails_that_ended_go_and_those_that_wait_stay(archive: Archive) -> None:
    then, wanted = at("2026-10-01 08:00"), ("jefa@example.bo",)
    mails = [Mail(key, wanted, "Informe", "texto") for key in ("ended", "waits")]
    await archive.database.write(lambda connection: [put_in(connection, each, then) for each in mails])
    store = MailStore(archive.database, lambda: then)
    last = (await store.latest(1))[0].id
    await store.finish(last - 1, Answer(), wanted)
    await archive.run()
    assert [each.key for each in await store.latest(10)] == ["waits"]


async def test_a_month_is_closed_once_its_report_is_kept(archive: Archive) -> None:
    assert not await is_closed(archive.database, NOVEMBER)
    await Closing(archive.database, CENTRE, lambda: at("2026-12-01 06:00")).close(NOVEMBER)
    assert await is_closed(archive.database, NOVEMBER) and not await is_closed(archive.database, OCTOBER)


def of_persons() -> Iterator[str]:
    """The tables of the centre's records that name somebody: other systems' tables are theirs."""
    for module in walk_packages(records.__path__, prefix="callcenter.records."):
        for table in vars(import_module(module.name)).values():
            if isinstance(table, Table):
                texts = {column.name for column in table.columns if isinstance(column.type, String)}
                yield from [table.name] if texts & PERSONS else []


def test_every_table_with_persons_data_is_either_deleted_or_kept_for_a_reason() -> None:
    decided = {rows.table.name for rows in DETAIL} | {table.name for rows in DETAIL for table, _ in rows.following}
    decided |= {table.name for table in CAMPAIGN_TABLES}
    assert set(of_persons()) - decided - set(KEPT) == set()
    assert set(KEPT) & decided == set()
    assert not any(name.startswith(("level_", "att_")) for name in decided)


async def test_nothing_is_counted_where_nothing_is_old(database: Database) -> None:
    await Archive(database).run()
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(audit_log)) == 0
