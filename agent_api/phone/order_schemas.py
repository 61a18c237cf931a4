"""What agents ask of their telephony through the interface."""

from typing import Annotated

from pydantic import BaseModel, Field

from agent_api.schemas import shown_as


class LogInOrder(BaseModel):
    """Which queues to serve; all that the centre gives the extension when left out."""

    model_config = shown_as(queues=["101", "102"])

    queues: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)] | None = None


class PauseOrder(BaseModel):
    """Why: one of the centre's reasons."""

    model_config = shown_as(reason="Descanso")

    reason: Annotated[str, Field(min_length=1, max_length=40)]
