"""How an installation or a transfer stands (GC-PRC-OPE-ASE-02, C 4-13)."""

from backoffice.smartflex import CustomerView
from backoffice.smartflex_services import AnnulmentCause, Orders, OrderState, WorkOrder
from callcenter.calls import GoalResult
from ivr.selfservice.dialogue import Told, named, within_patience
from ivr.speech import Sounds

CONTRACTS_AT_MOST, ORDERS_AT_MOST = 3, 2
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


async def order_state(customer: CustomerView, orders: Orders) -> Told:
    """The newest orders. Raises SystemUnavailable.

    A person takes over where something is to be done: one that was closed without service (C 7), and one annulled for
    a reason on the customer's side, for another visit (C 12).
    """
    asked = [contract.number for contract in customer.contracts[:CONTRACTS_AT_MOST]]
    found = [each for number in asked for each in await within_patience(orders.orders(number))]
    newest = sorted(found, key=lambda each: each.registered_us, reverse=True)[:ORDERS_AT_MOST]
    if not newest:
        return Told(GoalResult.NOTHING, named("orden-ninguna"))
    to_person = _needs_a_person(newest[0])
    sounds = tuple(sound for each in newest for sound in _said(each))
    return Told(GoalResult.PERSON if to_person else GoalResult.TOLD, sounds, to_person=to_person)


def _needs_a_person(order: WorkOrder) -> bool:
    return order.is_closed_without_service or (order.cause is not None and order.cause.is_the_customers)


def _said(order: WorkOrder) -> Sounds:
    product = f"servicio-{order.product.value.replace('_', '-')}"
    state = "orden-sin-servicio" if order.is_closed_without_service else _STATES[order.state]
    cause = [_CAUSES[order.cause]] if order.cause is not None else []
    return named(f"orden-{order.kind.value}", product, state, *cause)
