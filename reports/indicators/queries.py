"""The indicators that the records know. Reads only."""

from collections.abc import Sequence

from sqlalchemy import Connection

from callcenter.level.formulas import Period
from reports.campaign.figures import CampaignReport
from reports.campaigns.queries import read_campaigns
from reports.indicators.figures import Indicator, IndicatorName, indicator
from reports.kinds.asked import Asked, Scene
from reports.periods.half_year import HalfYear
from reports.satisfaction.figures import Satisfaction, rule_on, satisfaction_report
from reports.satisfaction.queries import answers_in

PREPAID = "prepaid_expiry"
"""A campaign's kind, as the dialer names it."""


def read_indicators(connection: Connection, asked: Asked, scene: Scene) -> list[Indicator]:
    """All of them, in their order: the half-year's of the first day, the campaigns' of the days."""
    campaigns = list(read_campaigns(connection, asked, scene, kind=PREPAID))
    known = {
        IndicatorName.TELEPHONE: _telephone(_satisfaction(connection, asked, scene)),
        IndicatorName.CAMPAIGN: _campaigns(campaigns),
    }
    return [known.get(name) or indicator(name) for name in IndicatorName]


def half_year(asked: Asked) -> HalfYear:
    """That of the first day."""
    return HalfYear(asked.first_day.year, 1 if asked.first_day.month <= 6 else 2)


def _satisfaction(connection: Connection, asked: Asked, scene: Scene) -> Satisfaction:
    half = half_year(asked)
    answers = answers_in(connection, Period(*half.span_us(scene.zone)))
    return satisfaction_report(half, rule_on(half.first_day), answers).indicator


def _telephone(found: Satisfaction) -> Indicator:
    return indicator(IndicatorName.TELEPHONE, (found.satisfied, found.answered), "nadie respondió la encuesta")


def _campaigns(reports: Sequence[CampaignReport]) -> Indicator:
    """Of those whose payments are known."""
    if not reports:
        return indicator(IndicatorName.CAMPAIGN, why="ninguna campaña tuvo un día de estos")
    totals = [each.total for each in reports if each.knows_payments]
    if not totals:
        return indicator(IndicatorName.CAMPAIGN, why="no hay listas de pagos cargadas")
    counts = (sum(each.paid for each in totals), sum(each.managed for each in totals))
    return indicator(IndicatorName.CAMPAIGN, counts, "no se llamó a nadie")
