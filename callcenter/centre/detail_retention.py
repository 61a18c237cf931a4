"""How long the detail of calls is kept: a part of the centre file."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class DetailRetention(BaseModel):
    """How long the detail of calls is kept, in days; the figures of closed months stay for good.

    `personal_data_days`: after so many days the callers' numbers and what agents wrote are emptied in what is still
    kept. Without it: together with the rest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_detail_days: int = Field(1826, ge=62, le=36_500)
    personal_data_days: int | None = Field(None, ge=62, le=36_500)

    @model_validator(mode="after")
    def _data_goes_before_its_rows(self) -> Self:
        if self.personal_data_days is not None and self.personal_data_days > self.call_detail_days:
            raise ValueError("personal_data_days is more than call_detail_days: after those nothing is left to empty")
        return self

    @property
    def days_of_personal_data(self) -> int:
        """After so many days no detail names a person."""
        return self.call_detail_days if self.personal_data_days is None else self.personal_data_days
