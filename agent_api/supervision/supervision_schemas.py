"""What supervisors order on the floor, and what is announced there."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field, StringConstraints

from agent_api.accounts.user_schemas import ServedQueue
from agent_api.schemas import PRINTABLE, with_example
from callcenter.messages.call_commands import SpyMode

NOT_WAITING = "Esta llamada ya no espera en ninguna cola."
Login = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f/]+$", examples=["1001"])]
Uniqueid = Annotated[str, Path(min_length=1, max_length=150, pattern=r"^[0-9A-Za-z._-]+$", examples=["1790000000.7"])]
_ANNOUNCEMENT = {
    **{"id": 12, "at_us": 1790000000000000, "until_us": 1790003600000000, "said_by": "Elena Vargas"},
    **{"text": "Corte de fibra en la zona sur: estimar 4 horas.", "queue": "101", "title": "Reclamos técnicos"},
}


class SpyOrder(BaseModel):
    """How to hear an agent's call: `listen` (nobody hears you), `whisper` (the agent does), `barge` (both do)."""

    model_config = with_example(mode="listen")

    mode: SpyMode


class QueuesOrder(BaseModel):
    """The queues that an agent serves from now until the next log-in."""

    model_config = with_example(queues=[{"queue": "101", "penalty": 0}])

    queues: Annotated[tuple[ServedQueue, ...], Field(min_length=1, max_length=100)]


class MoveOrder(BaseModel):
    """Where a waiting caller goes: to the end of another queue, or to a colleague's extension. One of both."""

    model_config = with_example(queue="102", extension=None)

    queue: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    extension: Annotated[str, Field(pattern=r"^[0-9]{2,16}$")] | None = None


class AnnouncementOrder(BaseModel):
    """What to announce to the agents of a queue, or (null) to all, and for how long."""

    model_config = with_example(text="Corte de fibra en la zona sur: estimar 4 horas.", queue=None, minutes=60)

    text: Annotated[str, StringConstraints(min_length=1, max_length=280, pattern=PRINTABLE, strip_whitespace=True)]
    queue: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    minutes: Annotated[int, Field(ge=5, le=720)] = 60


class AnnouncementView(BaseModel):
    """Something said to the agents. `title`: of the queue that it is for; empty: for all."""

    model_config = with_example(**_ANNOUNCEMENT)

    id: int
    at_us: int
    until_us: int
    said_by: str
    text: str
    queue: str | None
    title: str


class AnnouncementList(BaseModel):
    """What stands now, the newest first."""

    model_config = with_example(announcements=[_ANNOUNCEMENT])

    announcements: tuple[AnnouncementView, ...]
