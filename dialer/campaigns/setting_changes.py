"""Settings as the audit log has them: plain values by their names, and what differs between two. Pure."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from callcenter.centre.model import OpenSpan
from dialer.campaigns.settings import CampaignSettings


def shown_settings(settings: CampaignSettings) -> dict[str, Any]:
    """Everything that was decided."""
    rules = settings.rules
    shown = {each.name: _plain(getattr(settings, each.name)) for each in fields(settings) if each.name not in _PARTS}
    shown |= {each.name: _plain(getattr(rules, each.name)) for each in fields(rules)}
    shown |= {"first_day": settings.window.first.isoformat(), "last_day": settings.window.last.isoformat()}
    return shown


def changed_settings(before: CampaignSettings, wanted: CampaignSettings) -> dict[str, list[Any]]:
    """What was and what is, by name."""
    old, new = shown_settings(before), shown_settings(wanted)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


# What places and hours of customers follow from: others are asked at each call anyway.
_MOVING = frozenset(
    {
        *("order", "segments", "hours", "pauses_seconds", "first_day", "last_day"),
        *("number_a_day", "customer_a_day", "number_in_all", "customer_in_all"),
    }
)


def moves_customers(changed: Collection[str]) -> bool:
    """Whether customers who are listed already are called in another order, or at other hours."""
    return not _MOVING.isdisjoint(changed)


_PARTS = frozenset({"rules", "window"})
_DAYS = {"mon": "lun", "tue": "mar", "wed": "mié", "thu": "jue", "fri": "vie", "sat": "sáb", "sun": "dom"}


def _plain(value: Any) -> Any:
    match value:
        case OpenSpan():
            days = " ".join(_DAYS[day] for day in value.days)
            return f"{days} {value.opens:%H:%M}-{shown_end(value)}"
        case dict():
            return {str(name): each for name, each in value.items()}
        case tuple():
            return [_plain(each) for each in value]
    return getattr(value, "value", value)


def shown_end(span: OpenSpan) -> str:
    """`20:00`, `24:00`: when the hours end, as people write it."""
    end = span.closes
    return "24:00" if (end.hour, end.minute, end.second) == (23, 59, 59) else f"{end:%H:%M}"
