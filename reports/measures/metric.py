"""A metric by its Spanish name: one heading and one meaning wherever it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.render.document import Column, KeyFigure, Value, ValueKind


@dataclass(frozen=True, slots=True)
class Metric:
    """`heading` in columns and key figures, `meaning` in one sentence of the glossary; `short` where room is little."""

    heading: str
    kind: ValueKind
    meaning: str
    short: str = ""

    @property
    def column(self) -> Column:
        """A column of it."""
        return Column(self.heading, self.kind, self.short)

    def figure(self, value: Value, note: str = "") -> KeyFigure:
        """It as a key figure."""
        return KeyFigure(self.heading, self.kind, value, note)


def columns(*metrics: Metric) -> tuple[Column, ...]:
    """A column of each."""
    return tuple(metric.column for metric in metrics)


def meanings(*metrics: Metric) -> Mapping[str, str]:
    """What each heading means."""
    return {metric.heading: metric.meaning for metric in metrics}
