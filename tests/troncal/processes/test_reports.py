"""`troncal reports` as it is wired: the month for the ATT from the records to a mail server."""

import asyncio
from datetime import date

import pytest

from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.messages.envelope import Service
from callcenter.settings import PROJECT
from reports.att.closing import Closing
from reports.scheduled.monthly_report import MONTHLY_AT, MonthlyReport
from reports.scheduled.report_job import MEDIA_TYPES
from tests.callcenter.outbox.smtp_stage import smtp_stage
from tests.reports.recorded_month import MONTH
from tests.troncal.installation.test_doctor import settings_in
from tests.waiting import eventually
from troncal.processes.reports import att_month, job_runner, mail_sender
from troncal.processes.service import lease_holder

CENTRE = load(PROJECT / "centre.yaml")
GETS = CENTRE.mail.model_copy(update={"monthly_report": ("jefa@example.bo",)})
RULES = tuple(rule.model_copy(update={"valid_from": date(2999, 1, 2)}) for rule in CENTRE.service_level[-1:])
WITHOUT_RULE = CENTRE.model_copy(update={"mail": GETS, "service_level": RULES})


async def test_the_month_for_the_att_comes_to_those_whom_the_centre_names(database: Database) -> None:
    centre = CENTRE.model_copy(update={"mail": GETS})
    holder = lease_holder(database, Service.REPORTS)
    keeping = asyncio.create_task(holder.run())
    async with smtp_stage() as server:
        of_stage = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "mail_from": "centro@example.bo"}
        settings = settings_in(PROJECT).model_copy(update=of_stage)
        await eventually(lambda: holder.lease is not None)
        runner, mails = job_runner(centre, database, holder), mail_sender(settings, centre, database, holder)
        for _ in range(2):
            await runner.look()
            await mails.look()
    keeping.cancel()
    await asyncio.wait([keeping])
    assert runner.problem == mails.problem == ""
    (taken,) = server.taken
    files = {str(each.get_filename())[-4:]: each.get_content() for each in taken.message.iter_attachments()}
    assert set(files) == {".csv", ".pdf", "xlsx"}
    assert files[".pdf"].startswith(b"%PDF") and "Líneas medidas" in str(files[".csv"])
    assert str(taken.message["Subject"]).startswith("Informe ATT de ")
    body = taken.message.get_body()
    assert body is not None and "Nivel de servicio: sin datos (sin llamadas; meta 80 %)" in body.get_content()


async def test_a_month_before_the_first_rule_is_passed_over_and_the_log_says_what_to_do(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    due = MONTHLY_AT.due_since(None, as_datetime(now_us(), CENTRE.zone))[-1]
    made = await MonthlyReport(att_month).run(database, WITHOUT_RULE, due)
    assert made.mails == ()
    assert "no service_level rule was in force" in caplog.text and "troncal report close" in caplog.text


async def test_a_month_that_was_closed_is_mailed_without_a_rule_of_it(database: Database) -> None:
    await Closing(database, CENTRE, now_us).close(MONTH)
    made = await att_month(database, WITHOUT_RULE, MONTH)
    assert [each.name for each in made.files] == [f"att-{MONTH}.{form}" for form in MEDIA_TYPES]
