"""Until when what the caller paid in advance lasts (GC-PRC-OPE-ASE-02, K)."""

from collections.abc import Sequence
from datetime import date

from backoffice.smartflex.customers import CustomerView
from backoffice.smartflex.services import Prepaid, PrepaidExpiries
from callcenter.calls import SelfServiceResult
from ivr.prompts.speech import Sounds, day
from ivr.selfservice.dialogue import ServiceAnswer, named, the_rest, within_patience

PRODUCTS_SAID = 3


async def prepaid_expiry(customer: CustomerView, expiries: PrepaidExpiries, today: date) -> ServiceAnswer:
    """The first products to expire, or that did. Raises SystemUnavailable."""
    asked = [contract.number for contract in customer.contracts]
    found = await within_patience(_expiries(asked, expiries))
    if not found:
        return ServiceAnswer(SelfServiceResult.NOTHING, named("prepago-ninguno"))
    first = sorted(found, key=lambda each: each.expires_on)[:PRODUCTS_SAID]
    sounds = tuple(sound for each in first for sound in _said(each, today))
    return ServiceAnswer(SelfServiceResult.TOLD, sounds, more=(*the_rest(found, first), *named("prepago-donde-pagar")))


async def _expiries(asked: Sequence[str], expiries: PrepaidExpiries) -> list[Prepaid]:
    return [each for number in asked for each in await expiries.expiries(number)]


def _said(each: Prepaid, today: date) -> Sounds:
    when = day(each.expires_on, year=each.expires_on.year != today.year)
    verb = "prepago-vencio" if each.expires_on < today else "prepago-vence"
    return (*named(f"servicio-{each.kind.value.replace('_', '-')}", verb), *when)
