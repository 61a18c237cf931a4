"""The monthly report for the ATT: per line and in total, the level with its variants beside it. Pure.

Registered calls are entries of the public, each by the line that leads to its queue (GC-PRC-OPE-ASE-02), judged by the
threshold and the measured lines of its day.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from callcenter.centre.model import Formula, ServiceLevelRule
from callcenter.level.formulas import LevelVerdict, ServiceLevelCounts, level, verdict
from reports.periods.month import Month

NO_LINE, NO_LONGER = "sin línea", "línea que ya no existe"


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One line's figures. `queue`: the queues that led to it, parted by spaces."""

    number: str
    name: str
    queue: str
    measured: bool
    counts: ServiceLevelCounts


@dataclass(frozen=True, slots=True)
class AtFigures:
    """What happened on a day (of the month), or in an hour (since midnight), on the measured lines."""

    at: int
    counts: ServiceLevelCounts


@dataclass(frozen=True, slots=True)
class Part:
    """Days under one formula and target, or the whole month. `measured` sums the lines that count for the ATT.

    `rules`: those of its days, in order; thresholds and measured lines may differ. `internal`: calls from inside.
    """

    first_day: date
    last_day: date
    rules: tuple[ServiceLevelRule, ...]
    lines: tuple[LineFigures, ...]
    measured: ServiceLevelCounts
    everything: ServiceLevelCounts
    internal: tuple[LineFigures, ...]
    days: tuple[AtFigures, ...]
    hours: tuple[AtFigures, ...]

    @property
    def rule(self) -> ServiceLevelRule | None:
        """A rule whose formula and target are those of all its days; None where they are not one."""
        bases = {(rule.formula, rule.target_percent) for rule in self.rules}
        return self.rules[-1] if len(bases) == 1 else None

    def level(self, counts: ServiceLevelCounts) -> Decimal | None:
        """The level in force, in percent; None without calls, or without one formula."""
        return level(counts, self.rule.formula) if self.rule is not None else None

    def variants(self, counts: ServiceLevelCounts) -> dict[str, Decimal | None]:
        """The level by each of the formulas, to be shown beside the indicator."""
        return {formula.value: level(counts, formula) for formula in Formula}

    def verdict(self, counts: ServiceLevelCounts) -> LevelVerdict | None:
        """Accepted or observed; None without one formula and target."""
        return verdict(counts, self.rule.target_percent, self.rule.formula) if self.rule is not None else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Asterisk began again: since when it was away (None: not known) and when it was back, microseconds UTC.

    `entries`: how many it cut off. `announced`: it was stopped on purpose.
    """

    since_us: int | None
    until_us: int
    entries: int
    announced: bool


@dataclass(frozen=True, slots=True)
class NameChange:
    """From an instant on (microseconds UTC), a line or queue was called otherwise, or was there no more (empty)."""

    at_us: int
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AttReport:
    """The month. `whole` is all of it; `parts` are more than one where formula or target changed in it.

    `gaps` and `anomalies` (how often each kind) say what observation lacked; `changes` what was renamed.
    """

    month: Month
    whole: Part
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...] = ()
    anomalies: tuple[tuple[str, int], ...] = ()
    changes: tuple[NameChange, ...] = ()

    @property
    def rule(self) -> ServiceLevelRule | None:
        """That of the whole; None where it has parts."""
        return self.whole.rule
