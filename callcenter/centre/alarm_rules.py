"""When a figure of the floor needs attention: two thresholds each, for the centre and where a queue differs. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Limit = Annotated[int, Field(ge=0, le=86_400)]


class Tone(StrEnum):
    """How urgent something is."""

    CALM = ""
    WARN = "warn"
    BAD = "bad"


class Threshold(BaseModel):
    """From `warn` on a figure is worth a look, from `bad` on somebody must act."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    warn: Limit
    bad: Limit

    def reached(self, figure: float) -> Tone:
        """For figures that are worse when they rise."""
        return Tone.BAD if figure >= self.bad else Tone.WARN if figure >= self.warn else Tone.CALM

    def fallen_below(self, figure: Decimal) -> Tone:
        """For figures that are worse when they fall: exactly the threshold is still good."""
        return Tone.BAD if figure < self.bad else Tone.WARN if figure < self.warn else Tone.CALM


class QueueAlarms(BaseModel):
    """The thresholds of a queue; what is null never alarms. `level_percent` is today's level, falling."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    waiting: Threshold | None = Threshold(warn=3, bad=6)
    longest_wait_seconds: Threshold | None = Threshold(warn=60, bad=180)
    level_percent: Threshold | None = Threshold(warn=85, bad=80)
    level_after_calls: Limit = Field(10, description="fewer calls today say little about the level")

    @model_validator(mode="after")
    def _warns_before_it_is_bad(self) -> Self:
        for rising in (self.waiting, self.longest_wait_seconds):
            if rising is not None and rising.warn > rising.bad:
                raise ValueError("'warn' comes before 'bad': it must not be higher")
        if self.level_percent is not None and self.level_percent.warn < self.level_percent.bad:
            raise ValueError("a level warns before it is bad: 'warn' must not be lower")
        return self


class Alarms(QueueAlarms):
    """The thresholds of the centre. A queue under `queues` has those that it names in place of the centre's.

    `pauses`: for pauses of one reason, in place of `pause_minutes`.
    """

    pause_minutes: Threshold | None = Threshold(warn=15, bad=30)
    pauses: Mapping[str, Threshold] = {}
    wrap_up_seconds: Threshold | None = Threshold(warn=60, bad=180)
    queues: Mapping[str, QueueAlarms] = {}

    def of_pause(self, reason: str) -> Threshold | None:
        """What holds for a pause of that reason, in minutes."""
        return self.pauses.get(reason, self.pause_minutes)

    def of_queue(self, name: str) -> QueueAlarms:
        """What holds for one queue."""
        own = self.queues.get(name)
        if own is None:
            return self
        named = {field: getattr(own, field) for field in own.model_fields_set}
        return QueueAlarms.model_construct(**{**_common(self), **named})


def _common(alarms: Alarms) -> dict[str, object]:
    return {field: getattr(alarms, field) for field in QueueAlarms.model_fields}
