"""The line 101 by keys: how a fault stands, and a fault registered or reported again (GC-PRC-OPE-ASE-02, A 4-11)."""

from backoffice.smartflex import CustomerView, FaultState, ProductState
from backoffice.smartflex_services import (
    OUT_OF_SERVICE,
    AlreadyOpen,
    FaultReceipt,
    FaultRefused,
    Faults,
    ProductFault,
    ProductSuspended,
)
from callcenter.calls import GoalResult
from ivr.agi import AgiCall
from ivr.selfservice.dialogue import Told, named, within_patience
from ivr.speech import Sounds, digits

PRODUCTS_AT_MOST = 5
_KEY_SECONDS, _TRIES = 6.0, 2
_STATES = {
    FaultState.REGISTERED: "falla-registrada",
    FaultState.IN_REPAIR: "falla-en-reparacion",
    FaultState.ATTENDED_UNSOLVED: "falla-sin-solucion",
}
_SUSPENDED = {
    ProductState.SUSPENDED_FOR_DEBT: "suspendido-por-deuda",
    ProductState.SUSPENDED_AT_REQUEST: "suspendido-a-solicitud",
}


async def fault_state(customer: CustomerView, faults: Faults) -> Told:
    """How each open fault stands; a cut for debt or at request is told as that. Raises SystemUnavailable.

    One that was attended without solution goes to a person at once: it has priority (A 11).
    """
    products = await within_patience(faults.faults(customer.number))
    broken = [each for each in products if each.fault is not None]
    if broken:
        unsolved = any(each.fault and each.fault.state is FaultState.ATTENDED_UNSOLVED for each in broken)
        sounds = tuple(sound for each in broken[:PRODUCTS_AT_MOST] for sound in _standing(each))
        return Told(GoalResult.PERSON if unsolved else GoalResult.TOLD, sounds, to_person=unsolved)
    suspended = [each for each in products if each.state in _SUSPENDED]
    if suspended:
        return Told(GoalResult.TOLD, _cut(suspended[0].state))
    return Told(GoalResult.NOTHING, named("falla-ninguna"))


async def report_fault(call: AgiCall, customer: CustomerView, faults: Faults, now_us: int) -> Told:
    """Register a fault of the product that the caller chooses; an open one is reported again, if the caller wants it.

    Raises SystemUnavailable.
    """
    products = await within_patience(faults.faults(customer.number))
    if not products:
        return Told(GoalResult.NOTHING, named("falla-sin-productos"), to_person=True)
    chosen = await _chosen(call, products[:PRODUCTS_AT_MOST])
    if chosen is None:
        return Told(GoalResult.PERSON, named("menu-a-persona"), to_person=True)
    uniqueid = call.variables.uniqueid
    try:
        return _received(
            await within_patience(faults.register(chosen.product, OUT_OF_SERVICE, call=uniqueid, at_us=now_us))
        )
    except ProductSuspended as refused:
        return Told(GoalResult.REFUSED, _cut(refused.state))
    except AlreadyOpen as standing:
        return await _once_more(call, standing, faults, now_us)
    except FaultRefused:
        return Told(GoalResult.REFUSED, named("falla-no-registrada"), to_person=True)


async def _once_more(call: AgiCall, standing: AlreadyOpen, faults: Faults, now_us: int) -> Told:
    """The product has an open fault already: the same cause, reported again (A 8)."""
    said = (*named("falla-ya-registrada"), *digits(str(standing.fault.number)), *named("falla-reiterar"))
    if await call.ask(said, most=1, seconds=_KEY_SECONDS) != "1":
        return Told(GoalResult.TOLD, named("falla-sigue-abierta"))
    number, uniqueid = standing.fault.number, call.variables.uniqueid
    try:
        return _received(await within_patience(faults.reiterate(number, call=uniqueid, at_us=now_us)))
    except FaultRefused:
        return Told(GoalResult.REFUSED, named("falla-no-registrada"), to_person=True)


async def _chosen(call: AgiCall, products: tuple[ProductFault, ...]) -> ProductFault | None:
    """The product that does not work: the only one, or the one whose key is pressed. None for a person."""
    if len(products) == 1:
        return products[0]
    said: list[str] = list(named("falla-elegir"))
    for place, each in enumerate(products, 1):
        said += [*_name(each), *named(f"marque-{place}")]
    for _ in range(_TRIES):
        key = await call.ask(tuple(said), most=1, seconds=_KEY_SECONDS)
        if key == "0":
            return None
        if key.isdigit() and 1 <= int(key) <= len(products):
            return products[int(key) - 1]
    return None


def _received(receipt: FaultReceipt) -> Told:
    goal = GoalResult.REITERATED if receipt.repetitions else GoalResult.REGISTERED
    said = "falla-reiterada-numero" if receipt.repetitions else "falla-registrada-numero"
    return Told(goal, (*named(said), *digits(str(receipt.number)), *named("falla-plazo")))


def _standing(each: ProductFault) -> Sounds:
    assert each.fault is not None
    said = _STATES.get(each.fault.state, "falla-registrada")
    return (*_name(each), *named(said, *(["falla-reiterada"] if each.fault.is_repeated else [])))


def _cut(state: ProductState) -> Sounds:
    return named(_SUSPENDED[state])


def _name(each: ProductFault) -> Sounds:
    return named(f"servicio-{each.kind.value.replace('_', '-')}")
