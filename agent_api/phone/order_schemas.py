"""What is ordered of the telephony: queues to serve, and pauses."""

from typing import Annotated

from fastapi import HTTPException
from pydantic import BaseModel, Field

from agent_api.schemas import with_example
from callcenter.centre.model import Centre

NO_REASON = "No es un motivo de pausa de este centro. Use uno de estos: {reasons}."


class LogInOrder(BaseModel):
    """Which queues to serve; all that the centre gives the extension when left out."""

    model_config = with_example(queues=["101", "102"])

    queues: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)] | None = None


class PauseOrder(BaseModel):
    """Why: one of the centre's reasons."""

    model_config = with_example(reason="Descanso")

    reason: Annotated[str, Field(min_length=1, max_length=40)]

    def reason_of(self, centre: Centre) -> str:
        """The reason, which the centre must have. Raises HTTPException 422."""
        if self.reason not in centre.pause_reasons:
            raise HTTPException(422, NO_REASON.format(reasons=", ".join(centre.pause_reasons)))
        return self.reason
