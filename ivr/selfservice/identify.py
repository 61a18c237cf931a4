"""Who is calling: by the number, else by contract number and identity card keyed in, with three tries.

What is said afterwards (amounts, orders, faults) is for the customer alone. So a number that belongs to several
customers, or to none, identifies nobody; contract and card have to belong together; and no name is ever spoken.
"""

import logging
import re

from backoffice.smartflex.customers import CustomerDirectory, CustomerView
from callcenter.numbers import Number, normalise
from ivr.agi.session import AgiCall
from ivr.selfservice.dialogue import named, within_patience

log = logging.getLogger(__name__)

CUSTOMER, CONTRACT = "TRONCAL_CUSTOMER", "TRONCAL_CONTRACT"
TRIES = 3
_LONGEST_KEYED = 15
_KEY_SECONDS = 6.0
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)


class Identifier:
    """Finds the customer of a call; remembers in the channel who was found, for the next service of the same call."""

    def __init__(self, directory: CustomerDirectory, area_code: str) -> None:
        self._directory, self._area_code = directory, area_code

    async def identify(self, call: AgiCall) -> CustomerView | None:
        """The customer; None after three wrong tries, or when 0 asks for a person. Raises SystemUnavailable."""
        found = await self._known_already(call) or await self._by_number(call) or await self._by_keys(call)
        if found is not None:
            await call.set(CUSTOMER, str(found.number))
        return found

    async def _known_already(self, call: AgiCall) -> CustomerView | None:
        contract = await call.get(CONTRACT)
        found = await within_patience(self._directory.by_contract(contract)) if _DIGITS.fullmatch(contract) else ()
        return found[0] if found else None

    async def _by_number(self, call: AgiCall) -> CustomerView | None:
        number = normalise(call.variables.callerid, self._area_code)
        if not isinstance(number, Number):
            return None
        found = await within_patience(self._directory.by_telephone(number))
        return found[0] if len(found) == 1 else None

    async def _by_keys(self, call: AgiCall) -> CustomerView | None:
        said = named("identificar-inicio", "identificar-contrato")
        for _ in range(TRIES):
            contract = await call.ask(said, most=_LONGEST_KEYED, seconds=_KEY_SECONDS)
            if contract == "0":
                return None
            if not contract:
                said = named("identificar-contrato")
                continue
            card = await call.ask(named("identificar-carnet"), most=_LONGEST_KEYED, seconds=_KEY_SECONDS)
            if card == "0":
                return None
            found = await self._owner(contract, card)
            if found is not None:
                await call.set(CONTRACT, contract)
                return found
            said = named("identificar-no-coincide", "identificar-contrato")
        return None

    async def _owner(self, contract: str, card: str) -> CustomerView | None:
        """The customer of that contract, if it is also their card or their NIT."""
        if not (_DIGITS.fullmatch(contract) and _DIGITS.fullmatch(card)):
            return None
        found = await within_patience(self._directory.by_contract(contract))
        owners = [customer for customer in found if card in _documents(customer)]
        return owners[0] if owners else None


def _documents(customer: CustomerView) -> set[str]:
    """What a customer can key in of their documents: digits alone."""
    card = customer.identity_card.number if customer.identity_card is not None else ""
    return {re.sub(r"[^0-9]", "", text) for text in (card, customer.nit or "") if text}
