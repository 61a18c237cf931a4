"""A campaign's rules as the table keeps them: JSON. Pure."""

from pydantic import TypeAdapter

from dialer.campaigns.model import CampaignRules

_RULES = TypeAdapter(CampaignRules)


def as_json(rules: CampaignRules) -> str:
    """`from_json` reads it back."""
    return _RULES.dump_json(rules, by_alias=True).decode()


def from_json(text: str) -> CampaignRules:
    """Raises pydantic.ValidationError for what is no rules."""
    return _RULES.validate_json(text)
