"""A campaign's settings as pages and programs send them, made of and into those of the dialer. Pure."""

import unicodedata
from datetime import date
from typing import Any

from agent_api.campaigns.campaign_schemas import CallingSpan, CampaignFields
from callcenter.centre.model import OpenSpan
from dialer.campaigns.model import Campaign, CampaignKind, CampaignRules
from dialer.campaigns.setting_changes import shown_end
from dialer.campaigns.settings import CampaignRefusal, CampaignSettings, NewCampaign, settings_of
from dialer.campaigns.window import Window

_LONGEST_SLUG = 31
_MINUTE = 60
_SAME = (
    *("ceiling_percent", "paid_within_days", "number_a_day", "customer_a_day", "number_in_all", "customer_in_all"),
    *("ring_seconds", "order", "segments"),
)


def settings_from(fields: CampaignFields) -> CampaignSettings:
    """Raises CampaignRefusal for hours that end before they begin."""
    of_rules: dict[str, Any] = {name: getattr(fields, name) for name in _SAME}
    pauses = {outcome: minutes * _MINUTE for outcome, minutes in fields.pause_minutes.items()}
    return CampaignSettings(
        title=fields.title,
        mode=fields.mode,
        window=Window(fields.first_day, fields.last_day),
        rules=CampaignRules(tuple(map(_span, fields.hours)), pauses_seconds=pauses, **of_rules),
        queue=fields.queue,
        line=fields.line,
        script=fields.script,
        held_out_percent=fields.held_out_percent,
        detects_machines=fields.detects_machines,
    )


def fields_of(settings: CampaignSettings) -> CampaignFields:
    """The other way round."""
    rules = settings.rules
    same: dict[str, Any] = {name: getattr(rules, name) for name in _SAME}
    return CampaignFields.model_construct(
        title=settings.title,
        mode=settings.mode,
        first_day=settings.window.first,
        last_day=settings.window.last,
        queue=settings.queue,
        line=settings.line,
        script=settings.script,
        hours=tuple(
            CallingSpan(days=span.days, opens=f"{span.opens:%H:%M}", closes=shown_end(span)) for span in rules.hours
        ),
        pause_minutes={outcome: seconds // _MINUTE for outcome, seconds in rules.pauses_seconds.items()},
        held_out_percent=settings.held_out_percent,
        detects_machines=settings.detects_machines,
        **same,
    )


def fields_of_campaign(campaign: Campaign) -> CampaignFields:
    """What was decided of a campaign."""
    return fields_of(settings_of(campaign))


def new_campaign(fields: CampaignFields) -> NewCampaign:
    """A general campaign, named after its title and its first day, so that who sends it twice makes one."""
    name = f"{_slug(fields.title)}-{_compact(fields.first_day)}"
    return NewCampaign(CampaignKind.GENERAL, name, settings_from(fields))


def _span(span: CallingSpan) -> OpenSpan:
    if span.opens >= span.closes:
        raise CampaignRefusal(f"El horario de {span.opens} a {span.closes} termina antes de empezar: corríjalo.")
    return OpenSpan.model_validate({"days": span.days, "from": span.opens, "to": span.closes})


def _slug(title: str) -> str:
    """`Corte programado` as `corte-programado`."""
    bare = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = "".join(letter if letter.isalnum() else " " for letter in bare).split()
    return "-".join(words)[:_LONGEST_SLUG].strip("-") or "campana"


def _compact(day: date) -> str:
    return f"{day:%Y%m%d}"
