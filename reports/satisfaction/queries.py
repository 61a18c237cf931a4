"""The report on satisfaction out of the records: counts of the survey's answers. Reads only."""

from sqlalchemy import Connection, func, select

from callcenter.centre.model import Centre
from callcenter.level.formulas import Period
from callcenter.records.ivr import survey_answers
from reports.periods.half_year import HalfYear
from reports.satisfaction.figures import AnswerCount, SatisfactionReport, rule_on, satisfaction_report


def satisfaction_report_in(connection: Connection, centre: Centre, half_year: HalfYear) -> SatisfactionReport:
    """The satisfaction of a half-year. Raises LookupError when no rule was in force then."""
    rule, period = rule_on(half_year.first_day), Period(*half_year.span_us(centre.zone))
    return satisfaction_report(half_year, rule, answers_in(connection, period))


def answers_in(connection: Connection, period: Period) -> list[AnswerCount]:
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
