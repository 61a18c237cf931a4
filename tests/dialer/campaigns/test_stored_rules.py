"""A campaign's rules as the table keeps them."""

from callcenter.campaign_outcomes import CallOutcome
from callcenter.centre.model import OpenSpan
from dialer.campaigns import stored_rules
from dialer.campaigns.model import CampaignRules, OrderBy

HOURS = (OpenSpan.model_validate({"days": ["mon", "sat"], "from": "08:00", "to": "24:00"}),)


def test_rules_are_read_as_they_were_kept() -> None:
    rules = CampaignRules(HOURS, order=(OrderBy.SEGMENT,), segments=("Oro",), pauses_seconds={CallOutcome.BUSY: 60})
    assert stored_rules.from_json(stored_rules.as_json(rules)) == rules
