"""The service level as it stands. Pure; `agent_api.board.level_reader` counts it."""

from collections.abc import Mapping
from dataclasses import dataclass

from callcenter.centre.model import ServiceLevelRule
from callcenter.level.formulas import ServiceLevelCounts


@dataclass(frozen=True, slots=True)
class LevelNow:
    """What happened in each queue today and this month, by their days' rules. `rule`: today's; None: there is none."""

    rule: ServiceLevelRule | None
    today: Mapping[str, ServiceLevelCounts]
    month: Mapping[str, ServiceLevelCounts]
    read_us: int
