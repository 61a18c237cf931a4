"""`troncal reports`, wired in one place: mails, scheduled reports, the retention of call detail."""

import asyncio
import hashlib
import io
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial

from callcenter.background import background
from callcenter.centre.model import Centre
from callcenter.clock import now_us
from callcenter.database.lease_holder import LeaseHolder
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.messages.envelope import Service
from callcenter.outbox.mail import Attachment
from callcenter.outbox.message import Sender
from callcenter.outbox.sender import MailSender
from callcenter.outbox.smtp import server_of
from callcenter.outbox.store import MailStore
from callcenter.settings import Settings
from reports.att.closing import ClosedMonth, Closing, ReasonMissing, closed_month, note_file
from reports.att.making import MonthNow, document_of
from reports.export.files import ReportFiles
from reports.export.mailed_files import MailedFiles
from reports.kinds.kind import WrittenFile
from reports.periods.month import Month
from reports.render.files import WRITERS
from reports.render.shown import key_figures_in_words
from reports.retention.job import DetailRetentionJob
from reports.scheduled.job import ScheduledJob
from reports.scheduled.monthly_report import MadeMonth, MonthlyReport
from reports.scheduled.report_job import MEDIA_TYPES, ReportJob
from reports.scheduled.runner import JobRunner
from reports.scheduled.store import ScheduledReports
from troncal.processes.service import bus_of, lease_holder, report_alive

log = logging.getLogger(__name__)


async def run_reports(settings: Settings, centre: Centre) -> None:
    """What is made and mailed by itself, until cancelled. Several may run: one acts, the others wait."""
    database = Database(settings.database)
    await database.require_current_schema()
    try:
        async with AsyncExitStack() as stack:
            bus = await stack.enter_async_context(bus_of(settings, Service.REPORTS))
            holder = lease_holder(database, Service.REPORTS)
            mails = mail_sender(settings, centre, database, holder)
            runner = job_runner(centre, database, holder)

            def waits_for() -> str:
                return holder.waits_for or (mails.problem or runner.problem if holder.lease is not None else "")

            alive = report_alive(bus, Service.REPORTS, settings.node, waits_for=waits_for)
            await stack.enter_async_context(background(alive, failure="the health will say that reports are gone"))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(holder.run())
                tasks.create_task(holder.while_held(mails.run))
                tasks.create_task(holder.while_held(runner.run))
    finally:
        await database.close()


def mail_sender(settings: Settings, centre: Centre, database: Database, holder: LeaseHolder) -> MailSender:
    """What sends the mails, in the centre's name."""
    sender = Sender(centre.about.name, settings.mail_from)
    return MailSender(MailStore(database, now_us), server_of(settings), sender, lambda: holder.lease)


def job_runner(centre: Centre, database: Database, holder: LeaseHolder) -> JobRunner:
    """What makes reports, and deletes what is too old: the jobs of the centre and those that people asked for."""
    scheduled = ScheduledReports(database, now_us)
    make_file = MailedFiles(ReportFiles(database, centre, now_us))
    own = (MonthlyReport(att_month), DetailRetentionJob(is_closed, now_us))

    async def jobs() -> Sequence[ScheduledJob]:
        asked_for = [each for each in await scheduled.all() if each.enabled]
        return (*own, *(ReportJob(each, make_file, now_us) for each in asked_for))

    return JobRunner(database, centre, jobs, lambda: holder.lease, now_us)


async def att_month(database: Database, centre: Centre, month: Month) -> MadeMonth:
    """Close the month; its files, without the calls: those of the version that is in force.

    A month that was closed before, and whose records changed since, keeps its version: whoever knows why makes another.
    No files where no rule was in force then, so that the months after it are made. Raises DatabaseProblem.
    """
    closed = await _in_force(database, centre, month)
    if closed is None:
        log.warning(
            "%s is not closed, for no service_level rule was in force on its first day: enter one that was valid from"
            " then, restart, and close the month by `troncal report close %s`",
            *(month, month),
        )
        return MadeMonth()
    now = MonthNow(closed.report, closed)
    document = document_of(now, centre, as_datetime(closed.closed_us, centre.zone))
    files = []
    for form, media_type in MEDIA_TYPES.items():
        out = io.BytesIO()
        await asyncio.to_thread(WRITERS[f".{form}"], document, out)
        content = out.getvalue()
        made = WrittenFile(hashlib.sha256(content).hexdigest(), form, now_us(), document.stamp)
        await database.write(partial(note_file, file=made))
        files.append(Attachment(f"att-{month}.{form}", media_type, content))
    return MadeMonth(key_figures_in_words(document), tuple(files))


async def _in_force(database: Database, centre: Centre, month: Month) -> ClosedMonth | None:
    try:
        return await Closing(database, centre, now_us).close(month)
    except (KeyError, IndexError):
        raise  # they are LookupErrors too, and defects
    except (ReasonMissing, LookupError):
        return await database.read(lambda there: closed_month(there, month))


async def is_closed(database: Database, month: Month) -> bool:
    """Whether the detail of a month may go: its figures are kept."""
    return await database.read(lambda there: closed_month(there, month)) is not None
