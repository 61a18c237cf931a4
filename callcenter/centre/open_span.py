"""Days of the week with hours of the day, as the centre file writes them."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _clock_time(value: object) -> object:
    return time.max if value == "24:00" else value


class OpenSpan(BaseModel):
    """Days of the week and the hours of the day a line is attended. `24:00` is the end of the day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(min_length=1)
    opens: time = Field(alias="from")
    closes: Annotated[time, BeforeValidator(_clock_time)] = Field(alias="to")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("'from' must be earlier than 'to'; write a night as two spans")
        return self
