"""Mass outages: the notice that callers hear first, and who left a number to hear of the repair."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from agent_api.supervision.routing_schemas import NumberLeft, NumbersLeft, OutageBegun, Outages, OutageView
from agent_api.web.access import Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from backoffice.smartflex.customers import SPANISH, ProductKind
from callcenter.instants import as_datetime
from callcenter.numbers import normalise, show
from callcenter.routing.outage_store import (
    AlreadyEnded,
    OutageAlreadyOpen,
    OutageStore,
    UnknownOutage,
    UnreadablePlace,
)
from callcenter.routing.outages import LeftNumber, Outage
from callcenter.spanish import date_time

router = APIRouter(prefix="/api/outages", tags=["outages"])

ALREADY_OPEN = "Ya hay un corte abierto para esa zona y ese producto."
UNKNOWN = "No existe el corte {number}."
ALREADY_ENDED = "El corte {number} ya fue cerrado."
BAD_ZONE = "El nombre de la zona tiene caracteres que no se pueden leer."

Number = Annotated[int, Path(ge=1, le=2**63 - 1, examples=[7])]


@router.get("", responses=documented(401, 403, 503))
async def outages(_user: Supervisor, parts: Wired) -> Outages:
    """The open outages, then the last that ended; the newest first."""
    store = OutageStore(parts.database)
    found, counts = await store.recent(), await store.counts()
    return Outages(outages=tuple(_outage_view(outage, parts, counts) for outage in found))


@router.post("", responses=documented(401, 403, 409, 422, 503))
async def begin(user: Supervisor, parts: Wired, begun: OutageBegun) -> OutageView:
    """Switch the notice on: callers of that zone with that product hear it within seconds."""
    product = begun.product.value if begun.product else ""
    try:
        outage = await OutageStore(parts.database).begin(begun.zone, product, by=user.login, now_us=parts.clock())
    except OutageAlreadyOpen:
        raise HTTPException(409, ALREADY_OPEN) from None
    except UnreadablePlace:
        raise HTTPException(422, BAD_ZONE) from None
    return _outage_view(outage, parts, {})


@router.post("/{number}/end", responses=documented(401, 403, 409, 422, 503))
async def end(user: Supervisor, parts: Wired, number: Number) -> OutageView:
    """Switch the notice off."""
    store = OutageStore(parts.database)
    try:
        outage = await store.end(number, by=user.login, now_us=parts.clock())
    except UnknownOutage:
        raise HTTPException(409, UNKNOWN.format(number=number)) from None
    except AlreadyEnded:
        raise HTTPException(409, ALREADY_ENDED.format(number=number)) from None
    return _outage_view(outage, parts, await store.counts())


@router.get("/{number}/numbers", responses=documented(401, 403, 409, 422, 503))
async def numbers(_user: Supervisor, parts: Wired, number: Number) -> NumbersLeft:
    """Who left a number to hear of the repair."""
    try:
        left = await OutageStore(parts.database).left_numbers(number)
    except UnknownOutage:
        raise HTTPException(409, UNKNOWN.format(number=number)) from None
    return NumbersLeft(outage=number, numbers=tuple(_number_view(each, parts) for each in left))


def _outage_view(outage: Outage, parts: Parts, counts: Mapping[int, int]) -> OutageView:
    return OutageView(
        number=outage.number,
        zone=outage.zone,
        product=outage.product,
        product_shown=SPANISH[ProductKind(outage.product)] if outage.product else "",
        began_us=outage.began_us,
        began=_when(outage.began_us, parts),
        set_by=outage.set_by,
        ended_us=outage.ended_us,
        ended=_when(outage.ended_us, parts) if outage.ended_us is not None else "",
        ended_by=outage.ended_by,
        numbers_left=counts.get(outage.number, 0),
    )


def _number_view(left: LeftNumber, parts: Parts) -> NumberLeft:
    return NumberLeft(
        number=left.number,
        shown=show(normalise(left.number, parts.centre.about.area_code)),
        uniqueid=left.uniqueid,
        at_us=left.at_us,
        at=_when(left.at_us, parts),
    )


def _when(at_us: int, parts: Parts) -> str:
    return date_time(as_datetime(at_us, parts.centre.zone))
