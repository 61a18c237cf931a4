"""What bounds the calls to the outside, which the dialplan holds them to (docs/adr/0027)."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class OutgoingLimits(BaseModel):
    """A stolen telephone, or a forgotten call, costs no more than this.

    `channels`: how many outside telephones may ring or be connected at once, whoever asked for them.
    `channels_per_agent`: how many of those one agent may have dialled, or have sent callers to.
    `calls_per_second`: how many new calls a service may place.
    `longest_call_minutes`: when a call is ended, from its answer on, wherever it was transferred.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: int = Field(30, ge=1, le=10_000)
    calls_per_second: int = Field(2, ge=1, le=100)
    channels_per_agent: int = Field(2, ge=1, le=100)
    longest_call_minutes: int = Field(120, ge=1, le=1440)

    @model_validator(mode="after")
    def _an_agent_has_no_more_than_all(self) -> Self:
        if "channels_per_agent" in self.model_fields_set and self.channels_per_agent > self.channels:
            raise ValueError(
                f"channels_per_agent ({self.channels_per_agent}) is more than channels ({self.channels}), which is for "
                "everybody; lower it, or raise channels"
            )
        return self
