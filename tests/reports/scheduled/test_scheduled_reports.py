"""Reports that people have sent to them: made by the kinds of reports that there are, over both kinds of database."""

import json
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, insert, select, update

from callcenter.database.transactions import Database
from callcenter.outbox import mail
from callcenter.outbox.store import MailStore
from callcenter.records.outbox import outbox_attachments
from callcenter.records.scheduled import scheduled_reports
from callcenter.records.users import audit_log, users
from reports.kinds.asked import Asked, Scene
from reports.kinds.kind import ReportGroup, ReportKind
from reports.render.document import Column, ReportDocument, Table
from reports.scheduled.job import ScheduledJob
from reports.scheduled.recurrence import Every, Recurrence
from reports.scheduled.report_job import ReportJob
from reports.scheduled.runner import JobRunner
from reports.scheduled.store import BadSchedule, ScheduledReports, WantedByMail
from tests.reports.scheduled.kind_files import KindFiles
from tests.reports.scheduled.office import Office

DAILY = WantedByMail("dias", json.dumps({"queues": ["101"]}), Recurrence(Every.DAILY, 7), "csv", ("jefa@example.bo",))


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """A small report of the database: who there is."""
    logins = connection.scalars(select(users.c.login)).all()
    rows = [(f"{asked.first_day} a {asked.last_day}, {' '.join(asked.queues)}",), *((each,) for each in logins)]
    table = Table("Usuarios", (Column("Usuario"),), rows)
    return ReportDocument("Días", "", scene.centre.about.name, scene.zone, scene.made, "ninguna", body=(table,))


KINDS = {"dias": ReportKind("dias", "Días", "Quién hay.", ReportGroup.CALLS, make)}


class Desk:
    """What is scheduled, and the process that makes it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.store = ScheduledReports(office.database, office.clock)
        self.make_file = KindFiles(office.database, office.centre, KINDS, office.clock)

    async def jobs(self) -> Sequence[ScheduledJob]:
        found = await self.store.all()
        return [ReportJob(each, self.make_file, self.office.clock) for each in found if each.enabled]

    async def look(self, now: str) -> JobRunner:
        self.office.now = now
        runner = await self.office.process(())
        runner.jobs = self.jobs
        await runner.look()
        return runner

    async def only(self) -> tuple[int | None, str, bool]:
        (one,) = await self.store.all()
        return one.last_run_us, one.last_problem, one.enabled

    async def written_down(self, what: str) -> list[tuple[str, dict[str, object]]]:
        async with self.office.database.reading() as connection:
            rows = await connection.execute(select(audit_log).where(audit_log.c.what == what))
            return [(row.who, row.details) for row in rows]


@pytest.fixture
async def desk(database: Database) -> Desk:
    jefa = {"login": "jefa", "password_hash": "", "display_name": "Jefa", "role": "supervisor", "active": True}
    async with database.transaction() as connection:
        await connection.execute(insert(users), jefa)
    return Desk(Office(database, "2026-11-24 08:00"))


async def test_it_is_made_of_the_day_before_and_mailed_once_and_to_whom_is_written_down(desk: Desk) -> None:
    await desk.store.add(DAILY, "jefa")
    await desk.look("2026-11-25 06:59")  # nothing of before it was asked for
    assert await desk.office.keys() == []
    for _ in range(2):
        await desk.look("2026-11-25 07:00")
    (queued,) = await MailStore(desk.office.database, desk.office.clock).latest(10)
    assert queued.subject == "Informe dias del 24/11/2026"
    async with desk.office.database.reading() as connection:
        (file,) = await connection.execute(select(outbox_attachments))
    text = file.content.decode("utf-8-sig")
    assert file.name == "dias-2026-11-24.csv" and "2026-11-24 a 2026-11-24, 101" in text and "jefa" in text
    ((who, details),) = await desk.written_down("report.mailed")
    assert who == "jefa" and details["recipients"] == ["jefa@example.bo"]
    assert (await desk.only())[1:] == ("", True)


async def test_after_days_away_the_last_one_alone_is_sent(desk: Desk) -> None:
    await desk.store.add(DAILY, "jefa")
    await desk.look("2026-11-29 12:00")
    assert len(await desk.office.keys()) == 1
    await desk.look("2026-11-30 12:00")
    assert len(await desk.office.keys()) == 2


@pytest.mark.parametrize("change", ["off", "away"])
async def test_what_is_switched_off_or_taken_away_is_not_sent(desk: Desk, change: str) -> None:
    report_id = await desk.store.add(DAILY, "jefa")
    if change == "off":
        assert await desk.store.change(report_id, DAILY, "jefa", enabled=False)
    else:
        assert await desk.store.remove(report_id, "jefa") and not await desk.store.remove(report_id, "jefa")
    await desk.look("2026-11-25 08:00")
    assert await desk.office.keys() == []


async def test_what_is_taken_away_while_it_is_made_is_not_sent(desk: Desk) -> None:
    report_id = await desk.store.add(DAILY, "jefa")

    async def slow(kind: str, asked: str, form: str) -> bytes:
        await desk.store.remove(report_id, "jefa")
        return b"x"

    desk.make_file = slow  # type: ignore[assignment]
    await desk.look("2026-11-25 08:00")
    assert await desk.office.keys() == [] and await desk.written_down("report.mailed") == []


@pytest.mark.parametrize("no_longer", [{"active": False}, {"role": "agent"}], ids=["left", "agent"])
async def test_who_may_no_longer_have_reports_gets_none_by_mail(desk: Desk, no_longer: dict[str, object]) -> None:
    await desk.store.add(DAILY, "jefa")
    async with desk.office.database.transaction() as connection:
        await connection.execute(update(users).values(**no_longer))
    await desk.look("2026-11-25 08:00")
    assert await desk.office.keys() == [] and "ya no puede" in (await desk.only())[1]


async def test_a_report_that_is_no_more_and_one_too_large_are_said_and_not_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = await desk.store.add(DAILY, "jefa")
    gone = WantedByMail("gone", "{}", DAILY.when, "csv", DAILY.recipients)
    assert await desk.store.change(report_id, gone, "jefa", enabled=True)
    runner = await desk.look("2026-11-25 08:00")
    assert "no hay informe «gone»" in (await desk.only())[1] and runner.problem == ""
    assert await desk.store.change(report_id, DAILY, "jefa", enabled=True)
    monkeypatch.setattr(mail, "LARGEST_BYTES", 5)
    await desk.look("2026-11-26 08:00")
    assert "demasiado grande" in (await desk.only())[1] and await desk.office.keys() == []


async def test_one_that_nobody_can_read_does_not_hold_up_the_others(desk: Desk) -> None:
    broken = await desk.store.add(DAILY, "jefa")
    await desk.store.add(DAILY, "jefa")
    async with desk.office.database.transaction() as connection:
        await connection.execute(
            update(scheduled_reports).where(scheduled_reports.c.id == broken).values(every="never")
        )
    await desk.look("2026-11-25 08:00")
    assert len(await desk.office.keys()) == 1 and await desk.store.find(broken) is None


async def test_a_change_is_somebodys_and_counts_from_then_on(desk: Desk) -> None:
    report_id = await desk.store.add(DAILY, "jefa")
    weekly = WantedByMail("dias", "{}", Recurrence(Every.WEEKLY, 7), "pdf", ("otra@example.bo",))
    assert await desk.store.change(report_id, weekly, "admin", enabled=True)
    found = await desk.store.find(report_id)
    assert found is not None and (found.wanted, found.made_by) == (weekly, "admin")
    assert [who for who, _ in await desk.written_down("report.scheduled")] == ["jefa", "admin"]
    assert await desk.store.find(report_id + 1) is None
    assert not await desk.store.change(report_id + 1, weekly, "admin", enabled=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipients": ()},
        {"recipients": ("a@b.bo", "a@b.bo")},
        {"recipients": ("a@b.bo\nBcc: c@d.bo",)},
        {"asked": "[]"},
        {"asked": "{"},
        {"form": "exe"},
        {"when": Recurrence(Every.DAILY, 7, 30)},
    ],
    ids=str,
)
def test_what_cannot_be_scheduled_is_refused_in_spanish(wrong: dict[str, object]) -> None:
    fields = {name: getattr(DAILY, name) for name in ("report", "asked", "when", "form", "recipients")}
    with pytest.raises(BadSchedule):
        WantedByMail(**{**fields, **wrong})
