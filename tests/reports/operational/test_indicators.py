"""The indicators of the procedures: exact against their targets, and without data where there is none."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from callcenter.database.transactions import Database
from callcenter.records.ivr import survey_answers
from dialer.campaigns.model import CampaignKind
from reports.indicators.figures import IndicatorName, indicator
from reports.indicators.queries import PREPAID
from reports.indicators.report import KIND
from reports.kinds.asked import Asked
from reports.satisfaction.figures import Judgement
from tests.reports.campaign.made_campaigns import ABOUT
from tests.reports.campaign.recorded_campaign import record_campaign
from tests.reports.made_records import NODE, at, insert, made, table

ACCEPTED, OBSERVED, NO_DATA = Judgement.ACCEPTED, Judgement.OBSERVED, Judgement.NO_DATA


@pytest.mark.parametrize(
    ("name", "counts", "judgement"),
    [
        (IndicatorName.TELEPHONE, (9, 10), ACCEPTED),
        (IndicatorName.TELEPHONE, (899_999, 1_000_000), OBSERVED),
        (IndicatorName.REPEATED_FAULTS, (98, 100), ACCEPTED),
        (IndicatorName.REPEATED_FAULTS, (97, 100), OBSERVED),
        (IndicatorName.POST_SALE_EFFICACY, (98, 100), OBSERVED),
        (IndicatorName.POST_SALE_EFFICACY, (99, 100), ACCEPTED),
        (IndicatorName.POST_SALE_TIMELINESS, (95, 100), OBSERVED),
        (IndicatorName.POST_SALE_TIMELINESS, (96, 100), ACCEPTED),
        (IndicatorName.ARCHIVE, (99, 100), ACCEPTED),
        (IndicatorName.ARCHIVE, (0, 0), NO_DATA),
        (IndicatorName.CAMPAIGN, (1, 2), None),
    ],
)
def test_each_is_accepted_as_its_procedure_says(
    name: IndicatorName, counts: tuple[int, int], judgement: Judgement | None
) -> None:
    assert indicator(name, counts).judgement is judgement


def test_a_value_below_its_target_is_not_rounded_up_to_it() -> None:
    assert indicator(IndicatorName.TELEPHONE, (899_999, 1_000_000)).percent == Decimal("89.99")
    assert indicator(IndicatorName.TELEPHONE, (0, 0)).percent is None


def test_the_dialer_has_that_kind_of_campaign() -> None:
    assert PREPAID in set(CampaignKind)


async def test_what_the_records_know_and_why_the_rest_is_not_known(database: Database) -> None:
    await record_campaign(database)
    asked = Asked(ABOUT.first_day, ABOUT.last_day)
    answered_us = at(9, date(ABOUT.first_day.year, 7, 1) if ABOUT.first_day.month > 6 else ABOUT.first_day)
    answer = {"node": NODE, "question": "atencion", "at_us": answered_us, "queue": "101", "member": "1001"}
    await insert(database, [(survey_answers, {**answer, "uniqueid": f"c{key}", "answer": key}) for key in (3, 4, 5)])
    rows = {row[0]: row[4:] for row in table(await made(database, KIND.make, asked), KIND.title).rows}
    assert rows["Satisfacción por teléfono"] == (2, 3, Decimal("66.67"), "desde 90 %", "observado", "")
    good, of, percent, *_, judgement, why = rows["Campaña prepago: pagaron de los gestionados"]
    assert (judgement, why) == ("sin meta", "") and isinstance(good, int) and of == 4 and percent is not None
    assert rows["Satisfacción en mostrador"][2:] == (
        *(None, "desde 90 %", "sin datos", "sin registros todavía: el mostrador y su encuesta"),
    )
    before = Asked(ABOUT.first_day - timedelta(days=9), ABOUT.first_day - timedelta(days=8))
    nothing = {row[0]: row[-1] for row in table(await made(database, KIND.make, before), KIND.title).rows}
    assert nothing["Campaña prepago: pagaron de los gestionados"] == "ninguna campaña tuvo un día de estos"
