"""What customers hear of a campaign without agents: whose service expires when, and what they can do by a key.

What they heard and pressed goes into the queue log, so that it is known whoever is gone meanwhile.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, tzinfo

from sqlalchemy import Connection, select

from callcenter.database.problems import DatabaseProblem
from callcenter.database.transactions import Database
from callcenter.instants import as_datetime
from callcenter.outgoing_calls import CustomerKey
from callcenter.records.campaigns import campaign_attempts, campaign_contacts
from ivr.agi.session import AgiCall
from ivr.prompts.rendering import SpeechUnavailable
from ivr.prompts.speech import Sounds, day, prompt

log = logging.getLogger(__name__)

RESULT = "TRONCAL_RESULT"
MESSAGE = "campana-mensaje"
_KEY_SECONDS = 5.0
_ASKED_AT_MOST = 3
_SERVICES: dict[str, tuple[str, ...]] = {"internet": ("servicio-internet",), "cable_tv": ("servicio-cable-tv",)}
_SERVICES["both"] = (*_SERVICES["internet"], "campana-y", *_SERVICES["cable_tv"])

Speak = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Expiring:
    """Whose service expires, and when."""

    name: str
    service: str
    expires_on: date | None


class CampaignMessage:
    """The script `campaign-message`. `speak`: makes a name into a sound; `now_us`: microseconds, UTC."""

    def __init__(self, database: Database, speak: Speak, zone: tzinfo, now_us: Callable[[], int]) -> None:
        self._database, self._speak, self._zone, self._now_us = database, speak, zone, now_us

    async def __call__(self, call: AgiCall) -> None:
        """The argument is the attempt's reference. Without a result the dialplan apologises."""
        try:
            expiring = await self._database.read(lambda connection: _expiring(connection, call.variables.args))
        except DatabaseProblem as problem:
            log.warning("a customer of a campaign could not be told anything: %s", problem)
            return
        if expiring is not None:
            await self._tell(call, expiring)

    async def _tell(self, call: AgiCall, expiring: Expiring) -> None:
        sounds = (prompt("campana-saludo"), *await self._name(expiring.name), *self._expiry(expiring))
        key = await call.ask(sounds, most=1, seconds=0.3)
        await call.ledger("OUTGOING", "told", MESSAGE)
        for _ in range(_ASKED_AT_MOST):
            key = key or await call.ask((prompt("campana-opciones"),), most=1, seconds=_KEY_SECONDS)
            if key in set(CustomerKey):
                await self._pressed(call, CustomerKey(key))
                return
            key = ""
        await call.set(RESULT, "end")

    async def _pressed(self, call: AgiCall, key: CustomerKey) -> None:
        await call.ledger("OUTGOING", "pressed", key.value)
        if key is CustomerKey.AGENT:
            await call.play(prompt("campana-comunicamos"))
            await call.set(RESULT, "queue")
            return
        await call.play(prompt("prepago-donde-pagar" if key is CustomerKey.WHERE_TO_PAY else "campana-no-llamar"))
        await call.set(RESULT, "end")

    async def _name(self, name: str) -> Sounds:
        """Without a voice, or without a name, the message goes without it."""
        try:
            return (await self._speak(name),) if name else ()
        except SpeechUnavailable as problem:
            log.warning("a customer's name is not spoken: %s", problem)
            return ()

    def _expiry(self, expiring: Expiring) -> Sounds:
        services = tuple(map(prompt, _SERVICES.get(expiring.service, ("campana-su-servicio",))))
        if expiring.expires_on is None:
            return (*services, prompt("campana-por-vencer"))
        today = as_datetime(self._now_us(), self._zone).date()
        verb = "prepago-vencio" if expiring.expires_on < today else "prepago-vence"
        return (*services, prompt(verb), *day(expiring.expires_on))


def _expiring(connection: Connection, args: tuple[str, ...]) -> Expiring | None:
    contact, attempt = campaign_contacts.c, campaign_attempts.c
    query = (
        select(contact.name, contact.service, contact.expires_on)
        .join(campaign_attempts, attempt.contact_id == contact.id)
        .where(attempt.reference == next(iter(args), ""))
    )
    row = connection.execute(query).one_or_none()
    return Expiring(row.name, row.service, row.expires_on) if row is not None else None
