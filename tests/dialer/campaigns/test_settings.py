"""What of a campaign's settings is refused, and how that is said."""

from dataclasses import replace
from datetime import date

import pytest

from callcenter.campaign_outcomes import CallOutcome
from callcenter.centre.model import OpenSpan
from dialer.campaigns.model import OrderBy
from dialer.campaigns.setting_changes import changed_settings
from dialer.campaigns.settings import CampaignSettings, refusals
from dialer.campaigns.window import Window
from tests.dialer.campaigns.kept import CENTRE, moment, rules, settings

ON_MONDAYS = (OpenSpan.model_validate({"days": ["mon"], "from": "08:00", "to": "24:00"}),)
BEFORE = moment(2026, 11, 20, 10)
TUESDAY = Window(date(2026, 11, 24), date(2026, 11, 24))


def test_what_the_product_begins_with_is_right() -> None:
    assert refusals(settings(), CENTRE, BEFORE) == ()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (settings(title=" "), "título"),
        (settings(title="Uno\ndos"), "título"),
        (settings(script="Hola {cliente}"), "{nombre}"),
        (settings(script="Hola {nombre"), "llaves"),
        (settings(script="Hola {nombre:>9999999}"), "llaves"),
        (settings(script="Hola {nombre.__class__}"), "llaves"),
        (settings(script="x" * 4001), "guion"),
        (settings(queue="101"), "servicio saliente"),
        (settings(line="999"), "línea"),
        (settings(window=Window(date(2026, 11, 30), date(2026, 11, 29))), "anterior"),
        (settings(window=Window(date(2026, 1, 1), date(2027, 1, 2))), "días"),
        (settings(window=Window(date(4100, 1, 1), date(4100, 1, 2))), "2000 a 2099"),
        (settings(held_out_percent=51), "comparar"),
        (rules(hours=()), "horario"),
        (replace(rules(hours=ON_MONDAYS), window=TUESDAY), "no queda ninguna hora"),
        (rules(ring_seconds=14), "15 a"),
        (rules(ceiling_percent=3.1), "3 %"),
        (rules(ceiling_percent=0.0), "3 %"),
        (rules(number_a_day=0), "por número y día"),
        (rules(customer_in_all=0), "por cliente en total"),
        (rules(order=(OrderBy.EXPIRY, OrderBy.EXPIRY)), "dos veces"),
        (rules(segments=("",)), "segmentos"),
        (rules(paid_within_days=0), "pago"),
        (rules(pauses_seconds={CallOutcome.BUSY: -1}), "esperas"),
    ],
    ids=range(24),
)
def test_what_is_wrong_is_said_with_its_remedy(wanted: CampaignSettings, said: str) -> None:
    (refusal,) = refusals(wanted, CENTRE, BEFORE)
    assert said in refusal


def test_a_ring_of_15_s_and_a_ceiling_of_3_percent_are_allowed() -> None:
    assert refusals(rules(ring_seconds=15, ceiling_percent=3.0, number_a_day=1), CENTRE, BEFORE) == ()


def test_a_campaign_without_a_calling_hour_to_come_is_not_kept() -> None:
    assert refusals(settings(), CENTRE, moment(2026, 11, 30, 19, 59, 59)) == ()
    for late in (moment(2026, 11, 30, 20), moment(2026, 12, 1)):
        (refusal,) = refusals(settings(), CENTRE, late)
        assert "no queda ninguna hora de llamada" in refusal


def test_changes_are_told_by_their_names() -> None:
    wanted = replace(rules(ring_seconds=20, hours=ON_MONDAYS), window=TUESDAY, script="Hola")
    changes = changed_settings(settings(), wanted)
    assert changes["ring_seconds"] == [25, 20]
    assert changes["hours"] == [["lun mar mié jue vie 08:00-20:00", "sáb 09:00-13:00"], ["lun 08:00-24:00"]]
    assert changes["first_day"] == ["2026-11-23", "2026-11-24"]
    assert changes["script"] == [settings().script, "Hola"]
    assert set(changes) == {"ring_seconds", "hours", "first_day", "last_day", "script"}
