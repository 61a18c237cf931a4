"""One call of one self-service, and what came of it."""

import asyncio

from backoffice.smartflex.customers import ProductKind
from ivr.agi.server import AgiServer
from ivr.selfservice.registry import self_services
from tests.ivr.agi.fake_peer import SECRET, Caller, Heard, call
from tests.ivr.selfservice.memory_systems import MemorySystems, customer, product

OPTIONS = "servicio-opciones"


async def serve(systems: MemorySystems, service: str, *presses: str, number: str = "70700001") -> Heard:
    """One call of one service."""
    async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, self_services(systems.systems()), SECRET) as server:
        return await call(server.port, service, Caller(presses, number=number))


def result(heard: Heard) -> tuple[str, str]:
    """The result of the ledger, and where the dialplan goes on."""
    ((verb, goal, _, outcome),) = heard.rows
    assert (verb, goal) == ("INFO", "IVRGOAL")
    assert heard.variables["TRONCAL_GOAL"] == outcome
    return outcome, heard.variables["TRONCAL_RESULT"]


def own(*names: str) -> list[str]:
    return [name.removeprefix("troncal/") for name in names]


def one(kind: ProductKind = ProductKind.INTERNET, **known: object) -> MemorySystems:
    """Systems that know one customer with one product."""
    made = MemorySystems([customer(product(1, kind, service_number="70900001"))])
    for name, value in known.items():
        setattr(made, name, value)
    return made
