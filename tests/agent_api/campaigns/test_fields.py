"""Settings as pages send them become the dialer's and back; names that are made of titles."""

from datetime import date
from typing import Any

import pytest

from agent_api.campaigns.campaign_schemas import CampaignFields
from agent_api.campaigns.fields import fields_of, new_campaign, settings_from
from dialer.campaigns.settings import CampaignRefusal
from tests.dialer.campaigns.kept import rules, settings


def with_title(title: str) -> CampaignFields:
    return fields_of(settings(title=title))


def test_what_was_sent_is_kept_and_shown_again() -> None:
    wanted = settings(title="Corte", held_out_percent=5, detects_machines=True)
    assert settings_from(fields_of(wanted)) == wanted
    assert settings_from(CampaignFields.model_validate_json(fields_of(wanted).model_dump_json())) == wanted


def test_the_end_of_the_day_is_24_00() -> None:
    fields = fields_of(rules())
    late = fields.hours[0].model_copy(update={"closes": "24:00"})
    again = fields_of(settings_from(fields.model_copy(update={"hours": (late,)})))
    assert [(span.opens, span.closes) for span in again.hours] == [("08:00", "24:00")]


def test_hours_that_end_before_they_begin_are_refused() -> None:
    fields = fields_of(settings())
    wrong = fields.hours[0].model_copy(update={"opens": "20:00", "closes": "08:00"})
    with pytest.raises(CampaignRefusal, match="termina antes de empezar"):
        settings_from(fields.model_copy(update={"hours": (wrong,)}))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Corte programado", "corte-programado-20261123"),
        ("¡Último día! (zona sur)", "ultimo-dia-zona-sur-20261123"),
        ("x" * 80, f"{'x' * 31}-20261123"),
        ("日本", "campana-20261123"),
    ],
    ids=["plain", "accents", "long", "no letter of ours"],
)
def test_a_name_is_made_of_title_and_first_day(title: str, name: str) -> None:
    new = new_campaign(with_title(title))
    assert new.name == name
    assert new.settings.window.first == date(2026, 11, 23)


@pytest.mark.parametrize("more", [{"number": "44123456"}, {"numbers": ["44123456"]}, {"interface": "PJSIP/1@x"}])
def test_no_field_is_a_number_that_is_called(more: dict[str, Any]) -> None:
    sent = fields_of(settings()).model_dump(mode="json") | more
    assert settings_from(CampaignFields.model_validate(sent)) == settings()
    assert not set(more) & set(CampaignFields.model_fields)
