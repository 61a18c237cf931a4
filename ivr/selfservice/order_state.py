"""The state of an installation or a transfer (GC-PRC-OPE-ASE-02, C 4-13)."""

from collections.abc import Sequence

from backoffice.smartflex.customers import CustomerView
from backoffice.smartflex.services import MOST_ORDER_DAYS, AnnulmentCause, OrderState, WorkOrder, WorkOrders
from callcenter.calls import SelfServiceResult
from callcenter.instants import MICROSECONDS
from ivr.prompts.speech import Sounds
from ivr.selfservice.dialogue import ServiceAnswer, named, within_patience

ORDERS_AT_MOST = 2
_DAY_US = 24 * 3600 * MICROSECONDS
_OPEN = frozenset({OrderState.REGISTERED, OrderState.ASSIGNED})
_STATES = {
    OrderState.REGISTERED: "orden-registrada",
    OrderState.ASSIGNED: "orden-asignada",
    OrderState.EXECUTED: "orden-ejecutada",
    OrderState.CLOSED: "orden-cerrada",
    OrderState.ANNULLED: "orden-anulada",
}
_CAUSES = {
    AnnulmentCause.TECHNICAL_DATA: "anulada-capacidad-tecnica",
    AnnulmentCause.SUBSCRIBER_ABSENT: "anulada-abonado-ausente",
    AnnulmentCause.WRONG_ADDRESS: "anulada-direccion-erronea",
}


async def order_state(customer: CustomerView, orders: WorkOrders, now_us: int) -> ServiceAnswer:
    """The newest order and those that are still open. Raises SystemUnavailable.

    A person takes over where something is to be done: one that was closed without service (C 7), one annulled for a
    reason on the customer's side, for another visit (C 12), and one that is beyond the ten days (C 5).
    """
    asked = [contract.number for contract in customer.contracts]
    found = await within_patience(_orders(asked, orders))
    reported = _to_be_reported(sorted(found, key=lambda each: each.registered_us, reverse=True))
    if not reported:
        return ServiceAnswer(SelfServiceResult.NOTHING, named("orden-ninguna"))
    to_person = any(_needs_a_person(each, now_us) for each in reported)
    sounds = tuple(sound for each in reported for sound in _said(each, now_us))
    return ServiceAnswer(SelfServiceResult.PERSON if to_person else SelfServiceResult.TOLD, sounds, to_person=to_person)


async def _orders(asked: Sequence[str], orders: WorkOrders) -> list[WorkOrder]:
    return [each for number in asked for each in await orders.orders(number)]


def _to_be_reported(newest_first: Sequence[WorkOrder]) -> list[WorkOrder]:
    """What is over is of interest only while nothing came after it."""
    return [each for age, each in enumerate(newest_first) if age == 0 or each.state in _OPEN][:ORDERS_AT_MOST]


def _is_late(order: WorkOrder, now_us: int) -> bool:
    return order.state in _OPEN and now_us - order.registered_us > MOST_ORDER_DAYS * _DAY_US


def _needs_a_person(order: WorkOrder, now_us: int) -> bool:
    annulled_for_them = order.cause is not None and order.cause.is_the_customers
    return order.is_closed_without_service or annulled_for_them or _is_late(order, now_us)


def _said(order: WorkOrder, now_us: int) -> Sounds:
    product = f"servicio-{order.product.value.replace('_', '-')}"
    state = "orden-sin-servicio" if order.is_closed_without_service else _STATES[order.state]
    cause = [_CAUSES[order.cause]] if order.cause is not None else []
    return named(f"orden-{order.kind.value}", product, "orden-demorada" if _is_late(order, now_us) else state, *cause)
