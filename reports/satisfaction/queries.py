"""The report on satisfaction out of the records: counts of the survey's answers. Reads only."""

from sqlalchemy import Connection, func, select

from callcenter.centre.model import Centre
from callcenter.database.transactions import REPORT_SECONDS, Database
from callcenter.level.formulas import Period
from callcenter.records.ivr import survey_answers
from reports.periods.half_year import HalfYear
from reports.satisfaction.figures import AnswerCount, SatisfactionReport, rule_on, satisfaction_report


async def read_satisfaction_report(database: Database, centre: Centre, half_year: HalfYear) -> SatisfactionReport:
    """The satisfaction of a half-year. Raises LookupError when no rule was in force then, and DatabaseProblem."""
    rule, period = rule_on(half_year.first_day), Period(*half_year.span_us(centre.zone))
    answers = await database.long_read(lambda connection: _answers_in(connection, period), limit_seconds=REPORT_SECONDS)
    return satisfaction_report(half_year, rule, answers)


def _answers_in(connection: Connection, period: Period) -> list[AnswerCount]:
    """The answers given to the survey in the period, by question, queue, agent and answer."""
    answer = survey_answers.c
    what = (answer.question, answer.queue, answer.member, answer.answer)
    query = (
        select(*what, func.count().label("times"))
        .where(answer.at_us >= period.since_us, answer.at_us < period.until_us)
        .group_by(*what)
    )
    found = connection.execute(query).all()
    return [AnswerCount(row.question, row.queue, row.member or "", row.answer, row.times) for row in found]
