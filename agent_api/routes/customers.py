"""Customers by telephone, contract or document."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from agent_api.pop.pop_schemas import Customers
from agent_api.schemas import NO_TELEPHONE
from agent_api.web.access import Anyone
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from backoffice import identity_card
from backoffice.smartflex.customers import CustomerView
from callcenter.numbers import Number, normalise

router = APIRouter(tags=["customers"])

ASK_ONE = "Busque por un solo dato: teléfono, contrato o documento."
NO_DOCUMENT = "No es un carnet de identidad ni un NIT."

Asked = Annotated[str | None, Query(min_length=1, max_length=40)]


@router.get("/api/customers", responses=documented(401, 422, 503))
async def customers(
    _user: Anyone,
    parts: Wired,
    telephone: Annotated[Asked, Query(examples=["70755440"])] = None,
    contract: Annotated[Asked, Query(examples=["2000006"])] = None,
    identity: Annotated[Asked, Query(examples=["1234567-1A CB"])] = None,
) -> Customers:
    """Those who have this telephone, contract, or identity card or NIT: exactly one of the three."""
    if sum(asked is not None for asked in (telephone, contract, identity)) != 1:
        raise HTTPException(422, ASK_ONE)
    if telephone is not None:
        found = await _by_telephone(parts, telephone)
    elif contract is not None:
        found = await parts.directory.by_contract(contract.strip())
    else:
        found = await _by_document(parts, identity or "")
    return Customers(customers=tuple(parts.pops.customer(view) for view in found))


async def _by_telephone(parts: Parts, text: str) -> tuple[CustomerView, ...]:
    number = normalise(text, parts.centre.about.area_code)
    if not isinstance(number, Number):
        raise HTTPException(422, NO_TELEPHONE)
    return await parts.directory.by_telephone(number)


async def _by_document(parts: Parts, text: str) -> tuple[CustomerView, ...]:
    card = identity_card.read(text)
    if card is None:
        raise HTTPException(422, NO_DOCUMENT)
    return await parts.directory.by_document(card)
