"""What is due is made once, whoever dies in the middle, over both kinds of database."""

from collections.abc import Callable
from datetime import datetime

import pytest

from callcenter.centre.model import Centre
from callcenter.database.problems import ReadTooLong
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.operator_problem import OperatorProblem
from callcenter.outbox import store as outbox_store
from callcenter.outbox.mail import Attachment
from reports.periods.month import Month
from reports.scheduled.job import RunResult
from reports.scheduled.monthly_report import MONTHLY_AT, MONTHLY_REPORT, MadeMonth, MonthlyReport
from reports.scheduled.recurrence import Every, Recurrence
from reports.scheduled.runs import is_done
from tests.reports.scheduled.office import CENTRE, Office, at


class Months:
    """What makes the months' files, and what it was asked for."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def __call__(self, database: Database, centre: Centre, month: Month) -> MadeMonth:
        self.made.append(str(month))
        self.meanwhile()
        return MadeMonth(("Nivel: 80 %",), (Attachment(f"att-{month}.csv", "text/csv", b"1;2"),))


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database, "2026-11-01 06:00")


@pytest.fixture
def months() -> Months:
    return Months()


async def test_the_month_is_made_on_the_first_at_six_and_mailed_once(office: Office, months: Months) -> None:
    await office.look(MonthlyReport(months))
    await office.look(MonthlyReport(months))
    assert (months.made, await office.keys()) == (["2026-10"], ["att-month:2026-10"])
    office.now = "2026-12-01 05:59"
    await office.look(MonthlyReport(months))
    assert months.made == ["2026-10"]
    office.now = "2026-12-01 06:00"
    await office.look(MonthlyReport(months))
    assert months.made == ["2026-10", "2026-11"]


async def test_a_centre_that_was_down_makes_up_each_month_in_its_order(office: Office, months: Months) -> None:
    await office.look(MonthlyReport(months))
    office.now = "2027-02-03 09:12"
    await office.look(MonthlyReport(months))
    assert months.made == ["2026-10", "2026-11", "2026-12", "2027-01"]
    assert await office.keys() == [f"att-month:{month}" for month in months.made]


async def test_without_recipients_the_month_is_made_all_the_same(office: Office, months: Months) -> None:
    office.centre = CENTRE
    await office.look(MonthlyReport(months))
    assert (months.made, await office.keys()) == (["2026-10"], [])
    done = await office.database.read(lambda there: is_done(there, MONTHLY_REPORT, at("2026-11-01 06:00")))
    assert done


async def test_a_process_that_dies_between_making_and_mailing_neither_loses_nor_doubles_it(
    office: Office, months: Months
) -> None:
    class Killed(BaseException):
        """Nothing of the process goes on."""

    def dies() -> None:
        raise Killed

    months.meanwhile = dies
    with pytest.raises(Killed):
        await office.look(MonthlyReport(months))
    assert await office.keys() == []
    months.meanwhile = lambda: None
    await office.look(MonthlyReport(months))
    await office.look(MonthlyReport(months))
    assert (months.made, await office.keys()) == (["2026-10", "2026-10"], ["att-month:2026-10"])


async def test_of_two_processes_one_acts_and_who_lost_the_lease_meanwhile_writes_nothing(
    office: Office, months: Months
) -> None:
    first, second = await office.process([MonthlyReport(months)]), await office.process([MonthlyReport(months)], "two")
    await second.look()
    assert months.made == []
    later = "2026-11-01 08:00"  # its lease is over: it stood still in the middle
    months.meanwhile = lambda: setattr(office, "now", later)
    await first.look()
    assert (months.made, await office.keys()) == (["2026-10"], [])
    months.meanwhile = lambda: None
    taken_over = await office.process([MonthlyReport(months)], "two")
    await taken_over.look()
    assert await office.keys() == ["att-month:2026-10"]


class Failing:
    """A job that fails until it is mended."""

    name, when, since_us, makes_up_all = "failing", Recurrence(Every.DAILY, 5), None, False

    def __init__(self, problem: Exception) -> None:
        self.problem: Exception | None = problem
        self.asked: list[datetime] = []

    async def run(self, database: Database, centre: Centre, due: datetime) -> RunResult:
        self.asked.append(due)
        if self.problem is not None:
            raise self.problem
        return RunResult()


@pytest.mark.parametrize(
    "problem", [OperatorProblem("the disk\nis full"), ReadTooLong("after half an hour"), KeyError("a defect")], ids=type
)
async def test_a_job_that_fails_is_said_and_tried_again_later_and_the_others_are_made(
    office: Office, months: Months, problem: Exception
) -> None:
    failing = Failing(problem)
    runner = await office.process([failing, MonthlyReport(months)])
    await runner.look()
    assert months.made == ["2026-10"] and runner.problem.startswith("failing cannot be made: ")
    assert runner.problem.isprintable()
    await runner.look()
    assert len(failing.asked) == 1
    office.now, failing.problem = "2026-11-01 06:01", None
    await runner.look()
    assert len(failing.asked) == 2 and runner.problem == ""


async def test_of_what_is_not_made_up_the_last_run_alone_is_made(office: Office) -> None:
    job = Failing(OperatorProblem(""))
    job.problem = None
    await office.look(job)
    office.now = "2026-11-09 12:00"
    await office.look(job)
    assert [each.day for each in job.asked] == [1, 9]


async def test_while_the_outbox_is_full_a_month_is_not_done(
    office: Office, months: Months, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_store, "WAITING_AT_MOST", 0)
    runner = await office.look(MonthlyReport(months))
    assert "wait already" in runner.problem and await office.keys() == []
    monkeypatch.undo()
    office.now = "2026-11-01 06:01"
    await runner.look()
    assert await office.keys() == ["att-month:2026-10"] and runner.problem == ""


def test_the_month_is_due_by_the_clock_of_the_centre() -> None:
    instant = at("2026-12-01 06:00")
    assert MONTHLY_AT.latest(as_datetime(instant, CENTRE.zone)).isoformat() == "2026-12-01T06:00:00-04:00"
