"""The rules of the service level that hold in the days of a report. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from callcenter.centre.model import Centre, Formula, ServiceLevelRule
from callcenter.instants import MICROSECONDS, as_us
from callcenter.level.formulas import ServiceLevelCounts, level, shown
from callcenter.spanish import percentage
from reports.kinds.asked import Asked

_Part = tuple[int, ServiceLevelRule]


@dataclass(frozen=True, slots=True)
class LevelRules:
    """Each rule with the instant it holds from, in order. Each entry is judged by the threshold of its day.

    Where formula or target change within the days there is no single level: `formula` and `target_percent` are None.
    """

    parts: tuple[_Part, ...]

    @property
    def thresholds_us(self) -> tuple[tuple[int, int], ...]:
        """From which instant on which threshold holds; the first also holds before."""
        return tuple((since, rule.threshold_seconds * MICROSECONDS) for since, rule in self.parts)

    @property
    def formula(self) -> Formula | None:
        """The one formula of these days."""
        found = {rule.formula for _, rule in self.parts}
        return found.pop() if len(found) == 1 else None

    @property
    def target_percent(self) -> Decimal | None:
        """The one target of these days."""
        found = {rule.target_percent for _, rule in self.parts}
        return found.pop() if len(found) == 1 else None

    def level(self, counts: ServiceLevelCounts) -> Decimal | None:
        """In percent with two decimals, never rounded up to its target; None without calls or a single rule."""
        formula, target = self.formula, self.target_percent
        found = None if formula is None or target is None else level(counts, formula)
        return None if found is None or target is None else shown(found, target)

    def in_words(self) -> str:
        """The rule of these days, in Spanish."""
        seconds = " y ".join(dict.fromkeys(str(rule.threshold_seconds) for _, rule in self.parts))
        if self.formula is None or self.target_percent is None:
            return f"Umbral de {seconds} s; la fórmula o la meta cambió en estos días: no hay un nivel único"
        target = percentage(self.target_percent)
        return f"Nivel de servicio: fórmula {self.formula}, umbral de {seconds} s, meta {target}"


def level_rules(centre: Centre, asked: Asked) -> LevelRules:
    """Those in force on the days that are asked for; before the first rule of the centre, that one."""
    ordered = sorted(centre.service_level, key=lambda rule: rule.valid_from)
    current = [rule for rule in ordered if rule.valid_from <= asked.first_day][-1:] or ordered[:1]
    since = max(asked.first_day, current[0].valid_from)
    later = [rule for rule in ordered if since < rule.valid_from <= asked.last_day]
    return LevelRules(tuple(_parts(centre, [*current, *later])))


def _parts(centre: Centre, rules: Sequence[ServiceLevelRule]) -> list[_Part]:
    return [(as_us(datetime.combine(rule.valid_from, time.min, tzinfo=centre.zone)), rule) for rule in rules]
