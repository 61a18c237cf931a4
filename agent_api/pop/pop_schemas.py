"""The screen-pop: what an agent sees of a call and of the customer. Instants in microseconds, UTC."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from agent_api.schemas import with_example


class FaultView(BaseModel):
    """An open fault. `repetitions`: how often it was reported again."""

    number: int
    product: str
    kind: str
    state: str
    opened: str
    repetitions: int
    repeated: bool


class ProductView(BaseModel):
    """Something the customer has."""

    kind: str
    state: str
    plan: str
    service_number: str
    active: bool


class CustomerContactView(BaseModel):
    """An earlier contact."""

    when: str
    line: str
    summary: str


_CUSTOMER: dict[str, Any] = {
    "number": 100007,
    "name": "Ana Quispe",
    "segment": "Masivo",
    "zone": "Cala Cala",
    "address": "Calle Los Pinos N° 7",
    "document": "1234567 CB",
    "telephones": ["707 55440"],
    "contracts": ["2000006"],
    "balance": "Bs 120,50",
    "owes": True,
    "due_on": "25/10/2026",
    "products": [
        {
            **{"kind": "Internet", "state": "Activo", "plan": "Hogar 50 Mbps"},
            **{"service_number": "", "active": True},
        }
    ],
    "open_faults": [
        {
            **{"number": 10000701, "product": "Internet", "kind": "Navegación lenta", "state": "En reparación"},
            **{"opened": "20/11/2026 09:15", "repetitions": 2, "repeated": True},
        }
    ],
    "contacts": [{"when": "02/11/2026 10:05", "line": "102", "summary": "Consulta saldo y fecha de pago"}],
}


class CustomerDetail(BaseModel):
    """A customer, ready to read. `document` is the identity card or the NIT."""

    model_config = with_example(**_CUSTOMER)

    number: int
    name: str
    segment: str
    zone: str
    address: str
    document: str
    telephones: tuple[str, ...]
    contracts: tuple[str, ...]
    balance: str
    owes: bool
    due_on: str
    products: tuple[ProductView, ...]
    open_faults: tuple[FaultView, ...]
    contacts: tuple[CustomerContactView, ...]


class Customers(BaseModel):
    """Those who were found, 20 at most."""

    model_config = with_example(customers=[_CUSTOMER])

    customers: tuple[CustomerDetail, ...]


class CallerView(BaseModel):
    """The caller's number: `number` as it is looked up (empty when there is none), `shown` as people read it."""

    number: str
    shown: str


class Named(BaseModel):
    """A line or a queue."""

    number: str
    name: str


class LastCall(BaseModel):
    """An earlier queue entry of this number."""

    at_us: int
    when: str
    queue: str
    outcome: str
    agent: str


class Pop(BaseModel):
    """What is known of a call that rings. With several candidates the agent asks who it is."""

    uniqueid: str
    caller: CallerView
    line: Named
    queue: Named
    joined_us: int
    offered_us: int
    waited_seconds: int
    known: bool
    notices: tuple[str, ...]
    customers: tuple[CustomerDetail, ...]
    last_calls: tuple[LastCall, ...]


class CallStage(StrEnum):
    """How far a call is."""

    RINGING = "ringing"
    TALKING = "talking"


class PopReady(BaseModel):
    """What a screen hears of a call: that its pop can be read at `GET /api/agent/call`."""

    uniqueid: str
    stage: CallStage
    caller: CallerView
    offered_us: int
    answered_us: int | None


class CurrentCall(BaseModel):
    """The call an agent has now."""

    model_config = with_example(
        stage="ringing",
        answered_us=None,
        pop={
            "uniqueid": "1790000000.7",
            "caller": {"number": "70755440", "shown": "707 55440"},
            "line": {"number": "101", "name": "Reclamos técnicos"},
            "queue": {"number": "101", "name": "Reclamos técnicos"},
            **{"joined_us": 1790000000000000, "offered_us": 1790000012000000, "waited_seconds": 12},
            **{"known": True, "notices": ["Tiene una falla repetida: Navegación lenta (2 repeticiones)."]},
            "customers": [_CUSTOMER],
            "last_calls": [
                {
                    **{"at_us": 1789900000000000, "when": "20/09/2026 13:26", "queue": "Reclamos técnicos"},
                    **{"outcome": "Abandonada", "agent": ""},
                }
            ],
        },
    )

    stage: CallStage
    answered_us: int | None
    pop: Pop
