"""The service level as it stands. Pure; `agent_api.level_reader` counts it."""

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.centre import ServiceLevelRule
from callcenter.service_level import Counts


@dataclass(frozen=True, slots=True)
class LevelNow:
    """What happened in each queue today and this month, by the rule of the month; None: there is no rule."""

    rule: ServiceLevelRule | None
    today: Mapping[str, Counts]
    month: Mapping[str, Counts]
    read_us: int
