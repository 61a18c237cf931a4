"""The script `arrival`: plays callers the notice of a mass outage that concerns them, first of all, and takes their
number.

The open outages come from what is read every few seconds, so that no call waits for the database. A known customer
hears of an outage of one of their products in their zone; an unknown caller of what is broken everywhere.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Protocol

from callcenter.callbacks.rules import callable_number
from callcenter.database.problems import DatabaseProblem
from callcenter.numbers import Number
from callcenter.routing.outage_store import OutageStore, UnknownOutage
from callcenter.routing.outages import Outage
from ivr.agi.session import AgiCall
from ivr.prompts.rendering import SpeechUnavailable
from ivr.prompts.speech import Sounds, prompt, telephone
from ivr.routing.decision import WhoCalls
from ivr.routing.who_calls import CallerFinder

log = logging.getLogger(__name__)

# A caller hears of two outages at most.
MOST_NOTICES = 2
TRIES = 3
OFFER_SECONDS, CONFIRM_SECONDS, KEYING_SECONDS = 3.0, 5.0, 6.0
KEEP_SECONDS = 2.0
_SHORTEST, _LONGEST = 7, 8
YES, ANOTHER = "1", "2"


class NameSpeaker(Protocol):
    """Speech for a name that is not among the prompts."""

    async def say(self, text: str) -> str:
        """The sound of that text, made when it is not there yet. Raises SpeechUnavailable."""


class ArrivalScript:
    """Greets every call of one centre. `open_outages` and `now_us` (microseconds, UTC) are read at each call.

    `own`: the centre's own numbers, which no callback is made to.
    """

    def __init__(
        self,
        open_outages: Callable[[], tuple[Outage, ...]],
        store: OutageStore,
        finder: CallerFinder,
        speaker: NameSpeaker,
        now_us: Callable[[], int],
        *,
        area_code: str,
        own: Collection[str] = (),
    ) -> None:
        self._open_outages, self._store, self._finder, self._speaker = open_outages, store, finder, speaker
        self._now_us, self._area_code, self._own = now_us, area_code, own

    async def __call__(self, call: AgiCall) -> None:
        """Play one caller the notices that concern them."""
        outages = self._open_outages()
        if not outages:
            return
        heard = concerning(outages, await self._finder.find(call.variables.callerid))
        for outage in heard:
            await call.play(*await self._notice(outage))
            await call.ledger("NOTICED", "outage", str(outage.number))
        if heard and await call.ask((prompt("corte-ofrecer"),), most=1, seconds=OFFER_SECONDS) == YES:
            await self._take_number(call, heard)

    async def _notice(self, outage: Outage) -> Sounds:
        what = prompt(f"corte-de-{outage.product.replace('_', '-')}" if outage.product else "corte-de-todo")
        return (prompt("corte-aviso"), what, *await self._zone(outage.zone), prompt("corte-trabajamos"))

    async def _zone(self, zone: str) -> Sounds:
        """The zone, spoken; without it when it cannot be: the caller is in it."""
        if not zone:
            return ()
        try:
            return (prompt("corte-en-la-zona"), await self._speaker.say(zone))
        except SpeechUnavailable as error:
            log.warning("the zone %r cannot be spoken: %s", zone, error)
            return ()

    async def _take_number(self, call: AgiCall, outages: tuple[Outage, ...]) -> None:
        number = await self._confirmed(call)
        if number is not None:
            kept = await self._keep(call, outages, number)
            await call.play(prompt("corte-anotado" if kept else "corte-no-anotado"))

    async def _confirmed(self, call: AgiCall) -> Number | None:
        """The calling number or another one, as the caller confirms it; None when it comes to nothing."""
        number = callable_number(call.variables.callerid, self._own, self._area_code)
        for _ in range(TRIES):
            if number is None and (number := await self._keyed(call)) is None:
                continue
            said = (prompt("corte-numero"), *telephone(number.digits), prompt("corte-confirmar"))
            key = await call.ask(said, most=1, seconds=CONFIRM_SECONDS)
            if key != ANOTHER:
                return number if key == YES else None
            number = None
        return None

    async def _keyed(self, call: AgiCall) -> Number | None:
        keys = await call.ask((prompt("corte-pedir-numero"),), most=_LONGEST, seconds=KEYING_SECONDS)
        number = callable_number(keys, self._own, self._area_code) if _SHORTEST <= len(keys) <= _LONGEST else None
        if number is None:
            await call.play(prompt("corte-numero-invalido"))
        return number

    async def _keep(self, call: AgiCall, outages: tuple[Outage, ...], number: Number) -> bool:
        """Whether the number is kept for every outage the caller heard of."""
        uniqueid, at_us = call.variables.uniqueid, self._now_us()
        try:
            async with asyncio.timeout(KEEP_SECONDS):
                for outage in outages:
                    await self._store.leave_number(outage.number, number, uniqueid=uniqueid, now_us=at_us)
        except (DatabaseProblem, UnknownOutage, TimeoutError) as error:
            log.warning("the number of a caller who wants to be notified of a repair is lost: %r", error)
            return False
        return True


def concerning(outages: tuple[Outage, ...], who: WhoCalls) -> tuple[Outage, ...]:
    """The outages that concern a caller, those that name zone and product first; `MOST_NOTICES` at most."""
    found = [outage for outage in outages if _concerns(outage, who)]
    found.sort(key=lambda outage: (not outage.zone, not outage.product, -outage.began_us))
    return tuple(found[:MOST_NOTICES])


def _concerns(outage: Outage, who: WhoCalls) -> bool:
    if not who.customers:
        return outage.concerns_strangers
    return any(outage.concerns(each.zone, {product.kind.value for product in each.products}) for each in who.customers)
