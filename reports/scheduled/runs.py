"""Which runs of scheduled jobs are done. The one writer of job_runs. Instants in microseconds, UTC."""

from sqlalchemy import Connection, exists, select

from callcenter.database.leases import Lease, is_held
from callcenter.database.transactions import put_missing
from callcenter.outbox.store import put_in
from callcenter.records.scheduled import job_runs
from reports.scheduled.job import RunResult


def last_done_us(connection: Connection, job: str) -> int | None:
    """The moment at which the last run that is done was due; None: none is."""
    of_job = select(job_runs.c.due_us).where(job_runs.c.job == job)
    return connection.execute(of_job.order_by(job_runs.c.due_us.desc()).limit(1)).scalar()


def is_done(connection: Connection, job: str, due_us: int) -> bool:
    """Whether the run that was due at that moment is done."""
    found = exists().where(job_runs.c.job == job, job_runs.c.due_us == due_us)
    return bool(connection.execute(select(found)).scalar())


def finish(connection: Connection, job: str, due_us: int, made: RunResult, lease: Lease, now_us: int) -> bool:
    """Write down what a run came to, and queue its mails. False: another process acts, or it was done before.

    Raises OutboxFull.
    """
    if not is_held(connection, lease, now_us):
        return False
    if not put_missing(connection, job_runs, [{"job": job, "due_us": due_us, "done_us": now_us}]):
        return False
    if made.within(connection):
        for mail in made.mails:
            put_in(connection, mail, now_us)
    return True
