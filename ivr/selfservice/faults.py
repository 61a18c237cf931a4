"""The line 101 by keys: the state of a fault, and a fault registered or reported again (GC-PRC-OPE-ASE-02, A 4-11)."""

from backoffice.smartflex.customers import CustomerView, FaultState, ProductState
from backoffice.smartflex.services import (
    OUT_OF_SERVICE,
    FaultAlreadyOpen,
    FaultReceipt,
    FaultRefused,
    Faults,
    ProductFault,
    ProductSuspended,
)
from callcenter.calls import SelfServiceResult
from callcenter.instants import MICROSECONDS
from ivr.agi.session import AgiCall
from ivr.prompts.speech import Sounds, digits, telephone
from ivr.selfservice.dialogue import ServiceAnswer, named, within_patience

PRODUCTS_AT_MOST = 9
# A repair is promised within:
LONGEST_REPAIR_HOURS = 48
_HOUR_US = 3600 * MICROSECONDS
_KEY_SECONDS, _TRIES = 6.0, 3
_PROMISED = {FaultState.REGISTERED: "falla-registrada", FaultState.IN_REPAIR: "falla-en-reparacion"}
_CUTS = {
    ProductState.SUSPENDED_FOR_DEBT: "suspendido-por-deuda",
    ProductState.SUSPENDED_AT_REQUEST: "suspendido-a-solicitud",
}
_SUSPENDED = frozenset(_CUTS)


async def fault_state(customer: CustomerView, faults: Faults, now_us: int) -> ServiceAnswer:
    """The state of each open fault; a suspension (for debt, at request) is said as such (A 6, 10).

    One that was attended without solution goes to a person at once: it has priority (A 11). Raises SystemUnavailable.
    """
    products = await within_patience(faults.faults(customer.number))
    wrong = [each for each in products if each.fault is not None or each.state in _SUSPENDED]
    if not wrong:
        return ServiceAnswer(SelfServiceResult.NOTHING, named("falla-ninguna"))
    first = sorted(wrong, key=_is_unsolved, reverse=True)[:PRODUCTS_AT_MOST]
    sounds = tuple(sound for each in first for sound in _standing(each, now_us))
    if _is_unsolved(first[0]):
        return ServiceAnswer(SelfServiceResult.PERSON, (*sounds, *named("falla-prioridad")), to_person=True)
    return ServiceAnswer(SelfServiceResult.TOLD, sounds)


def _is_unsolved(each: ProductFault) -> bool:
    unsolved = each.fault is not None and each.fault.state is FaultState.ATTENDED_UNSOLVED
    return unsolved and each.state not in _SUSPENDED


async def report_fault(call: AgiCall, customer: CustomerView, faults: Faults, now_us: int) -> ServiceAnswer:
    """Register a fault of the product that the caller chooses; an open one is reported again, if the caller wants it.

    Raises SystemUnavailable.
    """
    products = await within_patience(faults.faults(customer.number))
    if not products:
        return ServiceAnswer(SelfServiceResult.NOTHING, named("falla-sin-productos"), to_person=True)
    chosen = await _chosen(call, products[:PRODUCTS_AT_MOST])
    if chosen is None:
        return ServiceAnswer(SelfServiceResult.PERSON, named("menu-a-persona"), to_person=True)
    uniqueid = call.variables.uniqueid
    try:
        return _received(
            await within_patience(faults.register(chosen.product, OUT_OF_SERVICE, call=uniqueid, at_us=now_us))
        )
    except ProductSuspended as refused:
        return ServiceAnswer(SelfServiceResult.REFUSED, (*_name(chosen), *named(_CUTS[refused.state])))
    except FaultAlreadyOpen as standing:
        return await _once_more(call, standing, faults, now_us)
    except FaultRefused:
        return ServiceAnswer(SelfServiceResult.REFUSED, named("falla-no-registrada"), to_person=True)


async def _once_more(call: AgiCall, standing: FaultAlreadyOpen, faults: Faults, now_us: int) -> ServiceAnswer:
    """The product has an open fault already: the same cause, reported again (A 8)."""
    said = (*named("falla-ya-registrada"), *digits(str(standing.fault.number)), *named("falla-reiterar"))
    key = await call.ask(said, most=1, seconds=_KEY_SECONDS)
    if key == "#":  # of the answer before
        key = await call.ask(said, most=1, seconds=_KEY_SECONDS)
    if key == "0":
        return ServiceAnswer(SelfServiceResult.PERSON, named("menu-a-persona"), to_person=True)
    if key != "1":
        return ServiceAnswer(SelfServiceResult.TOLD, named("falla-sigue-abierta"))
    number, uniqueid = standing.fault.number, call.variables.uniqueid
    try:
        return _received(await within_patience(faults.reiterate(number, call=uniqueid, at_us=now_us)))
    except FaultRefused:
        return ServiceAnswer(SelfServiceResult.REFUSED, named("falla-no-registrada"), to_person=True)


async def _chosen(call: AgiCall, products: tuple[ProductFault, ...]) -> ProductFault | None:
    """The product that does not work, by its key, also where there is only one: a technician will come. None for a
    person."""
    said: list[str] = list(named("falla-elegir"))
    for number, each in enumerate(products, 1):
        said += [*_name(each), *_number(each, products), *named(f"marque-{number}")]
    for _ in range(_TRIES):
        key = await call.ask((*said, *named("falla-elegir-persona")), most=1, seconds=_KEY_SECONDS)
        if key == "0":
            return None
        if key.isdigit() and 1 <= int(key) <= len(products):
            return products[int(key) - 1]
    return None


def _received(receipt: FaultReceipt) -> ServiceAnswer:
    goal = SelfServiceResult.REITERATED if receipt.repetitions else SelfServiceResult.REGISTERED
    said = "falla-reiterada-numero" if receipt.repetitions else "falla-registrada-numero"
    return ServiceAnswer(goal, (*named(said), *digits(str(receipt.number))), more=named("falla-plazo"))


def _standing(each: ProductFault, now_us: int) -> Sounds:
    if each.state in _SUSPENDED or each.fault is None:
        return (*_name(each), *named(_CUTS[each.state]))
    if each.fault.state not in _PROMISED:
        return (*_name(each), *named("falla-sin-solucion"))
    late = now_us - each.fault.opened_us > LONGEST_REPAIR_HOURS * _HOUR_US
    repeated = ["falla-reiterada"] if each.fault.is_repeated else []
    return (*_name(each), *named(_PROMISED[each.fault.state], *repeated, "falla-demorada" if late else "falla-plazo"))


def _number(each: ProductFault, products: tuple[ProductFault, ...]) -> Sounds:
    """Where there are several of a kind, the number tells them apart, if they have one."""
    alike = [other for other in products if other.kind is each.kind]
    return telephone(each.service_number) if len(alike) > 1 and each.service_number.isdigit() else ()


def _name(each: ProductFault) -> Sounds:
    return named(f"servicio-{each.kind.value.replace('_', '-')}")
