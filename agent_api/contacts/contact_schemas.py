"""Requests and answers about contacts, the recall list and calls.

Instants in microseconds since 1970, UTC.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from agent_api.schemas import with_example

NotesText = Annotated[str, Field(max_length=8000)]
ChannelName = Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,150}$")]
NodeName = Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")]

_CONTACT: dict[str, Any] = {
    **{"node": "central", "uniqueid": "1790000000.7", "queue": "101", "notes": "Sin tono desde ayer"},
    **{"disposition": "reclamo-registrado", "customer_number": 100007, "saved_us": 1790000060000000},
    **{"closed": False, "disposition_pending": False},
}


class ContactView(BaseModel):
    """A contact as it is kept. `disposition_pending`: its queue wants one before it is closed."""

    model_config = with_example(**_CONTACT)

    node: str
    uniqueid: str
    queue: str
    notes: str
    disposition: str
    customer_number: int | None
    saved_us: int
    closed: bool
    disposition_pending: bool


class OpenContacts(BaseModel):
    """The agent's contacts that are not closed, newest first."""

    model_config = with_example(contacts=[_CONTACT])

    contacts: tuple[ContactView, ...]


class ContactChange(BaseModel):
    """What was typed; what is left out stays as it is. `customer_number` 0: nobody."""

    model_config = with_example(notes="Sin tono desde ayer", disposition="reclamo-registrado")

    notes: NotesText | None = None
    disposition: Annotated[str, Field(max_length=40)] | None = None
    customer_number: Annotated[int, Field(ge=0, le=10**15)] | None = None


class ContactClosed(BaseModel):
    """The contact is closed. `ready`: calls come again."""

    model_config = with_example(detail="Contacto terminado. Ya puede recibir llamadas.", ready=True)

    detail: str
    ready: bool


_RECALL_ENTRY: dict[str, Any] = {
    **{"node": "central", "uniqueid": "1790000000.7", "entered_us": 1790000000000000},
    **{"number": "70755440", "shown": "707 55440", "queue": "101", "title": "Reclamos técnicos"},
    **{"outcome": "Abandonada", "waited_seconds": 95, "times": 2, "state": "taken", "owner": "1001"},
    **{"owner_name": "Agente 1001", "note": "", "changed_us": 1790000300000000},
}


class RecallEntryView(BaseModel):
    """A number that nobody answered. `number` is empty where it cannot be dialled; `times`: its unanswered calls."""

    model_config = with_example(**_RECALL_ENTRY)

    node: str
    uniqueid: str
    entered_us: int
    number: str
    shown: str
    queue: str
    title: str
    outcome: str
    waited_seconds: int
    times: int
    state: str
    owner: str
    owner_name: str
    note: str
    changed_us: int | None


class RecallListView(BaseModel):
    """Callers whom nobody answered in the last two days, newest first."""

    model_config = with_example(callers=[_RECALL_ENTRY])

    callers: tuple[RecallEntryView, ...]


class RecallResult(BaseModel):
    """The result of calling the number."""

    model_config = with_example(state="reached", note="Se le informó el saldo")

    state: Literal["reached", "not_reached", "discarded"]
    note: Annotated[str, Field(max_length=200)] = ""


class NumberOrder(BaseModel):
    """A colleague's extension, a line, or a number of the public network, as a person writes it."""

    model_config = with_example(number="707 55440")

    number: Annotated[str, Field(min_length=2, max_length=24)]


class MuteOrder(BaseModel):
    """Whether the caller is kept from hearing the agent."""

    model_config = with_example(muted=True)

    muted: bool
