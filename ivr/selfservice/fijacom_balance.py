"""What is left in a Fijacom pocket (GC-PRC-OPE-ASE-02, L 2). A top-up needs an agent (L 4.2)."""

from collections.abc import Sequence
from datetime import date

from backoffice.fijacom.contract import Fijacom, Pocket
from backoffice.smartflex.customers import CustomerView, ProductKind
from callcenter.calls import SelfServiceResult
from callcenter.numbers import Number, normalise
from ivr.prompts.speech import Sounds, bolivianos, day, telephone
from ivr.selfservice.dialogue import ServiceAnswer, named, the_rest, within_patience

POCKETS_SAID = 3


async def fijacom_balance(customer: CustomerView, fijacom: Fijacom, area_code: str, today: date) -> ServiceAnswer:
    """The pockets of the customer's own services. Raises SystemUnavailable."""
    services = [product for product in customer.products if product.kind is ProductKind.FIJACOM_4G]
    numbers = [normalise(product.service_number, area_code) for product in services]
    pockets = await within_patience(_pockets([each for each in numbers if isinstance(each, Number)], fijacom))
    if not pockets:
        return ServiceAnswer(SelfServiceResult.NOTHING, named("fijacom-ninguno"))
    first = pockets[:POCKETS_SAID]
    sounds = tuple(sound for pocket in first for sound in _said(pocket, today, several=len(pockets) > 1))
    return ServiceAnswer(SelfServiceResult.TOLD, sounds, more=(*the_rest(pockets, first), *named("fijacom-recarga")))


async def _pockets(numbers: Sequence[Number], fijacom: Fijacom) -> list[Pocket]:
    asked = [await fijacom.pocket(number) for number in numbers]
    return [pocket for pocket in asked if pocket is not None]


def _said(pocket: Pocket, today: date, *, several: bool) -> Sounds:
    which = (*named("fijacom-numero"), *telephone(pocket.service_number)) if several else ()
    verb = "fijacom-vencio" if pocket.valid_until < today else "fijacom-vence"
    when = day(pocket.valid_until, year=pocket.valid_until.year != today.year)
    return (*which, *named("fijacom-saldo"), *bolivianos(pocket.balance), *named(verb), *when)
