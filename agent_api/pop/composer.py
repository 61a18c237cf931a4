"""The screen-pop, composed when a phone rings: customer and last calls are looked up at the same time.

It comes in any case. What cannot be had in time is left out, and the pop says so.
"""

import asyncio
import logging
from dataclasses import dataclass

from agent_api.pop.call_history import History
from agent_api.pop.pop_schemas import (
    CallerView,
    CustomerContactView,
    CustomerDetail,
    FaultView,
    LastCall,
    Named,
    Pop,
    ProductView,
)
from backoffice.smartflex.customers import SPANISH, CustomerDirectory, CustomerView, Fault, Product
from backoffice.systems import SystemUnavailable
from callcenter.centre.model import Centre
from callcenter.database.problems import DatabaseProblem
from callcenter.instants import MICROSECONDS, as_datetime
from callcenter.messages.facts import CallOffered
from callcenter.numbers import Number, UnreadableNumber, Withheld, normalise, show
from callcenter.spanish import date_time, money, short_date

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0

WITHHELD = "El número es privado: pida el nombre, el carnet o el número de contrato."
UNREADABLE = "No se reconoce el número: pida el nombre, el carnet o el número de contrato."
UNKNOWN = "Ningún cliente tiene registrado este número: pida el carnet o el número de contrato."
NOT_BY_NUMBER = "Smartflex no tiene a nadie con este número: confirme con quién habla antes de dar datos."
SEVERAL = "Varios clientes tienen este número: pregunte con quién habla."
NO_DIRECTORY = "Smartflex no responde: los datos del cliente no están disponibles en este momento."
NO_RECORDS = "Las llamadas anteriores no están disponibles en este momento."

Found = tuple[CustomerView, ...] | None
Calls = tuple[LastCall, ...] | None


@dataclass(frozen=True, slots=True)
class KnownCustomers:
    """The customers of a number, and what the agent should know of them."""

    customers: tuple[CustomerDetail, ...]
    notices: tuple[str, ...]


class PopMaker:
    """Composes pops for one centre."""

    def __init__(self, centre: Centre, directory: CustomerDirectory, history: History, patience_seconds: float) -> None:
        self._centre, self._directory, self._history = centre, directory, history
        self._patience_seconds = patience_seconds

    async def compose(self, offer: CallOffered) -> Pop:
        """The pop of an offer, within the patience; never raises for what other systems do."""
        number = normalise(offer.caller, self._centre.about.area_code)
        if not isinstance(number, Number):
            notice = WITHHELD if isinstance(number, Withheld) else UNREADABLE
            return self._pop(offer, number, (), (), (notice,))
        found, calls = await asyncio.gather(self._customers(number), self._calls(offer, number))
        # Whom the centre called, it knows by the campaign's list.
        unknown = NOT_BY_NUMBER if offer.queue in self._centre.outbound_by_queue else UNKNOWN
        return self._pop(offer, number, found or (), calls or (), _notices(found, calls, unknown))

    async def customers_at(self, telephone: str) -> KnownCustomers:
        """Who has this number that the centre calls, within the patience; never raises for what other systems do."""
        number = normalise(telephone, self._centre.about.area_code)
        found = await self._customers(number) if isinstance(number, Number) else ()
        return KnownCustomers(tuple(self.customer(view) for view in found or ()), _notices(found, (), NOT_BY_NUMBER))

    def customer(self, view: CustomerView) -> CustomerDetail:
        """A customer, ready to read."""
        return CustomerDetail(
            number=view.number,
            name=view.name,
            segment=SPANISH[view.segment],
            zone=view.zone,
            address=view.address,
            document=str(view.identity_card) if view.identity_card else f"NIT {view.nit}" if view.nit else "",
            telephones=tuple(self.read_number(each) for each in view.telephones),
            contracts=tuple(contract.number for contract in view.contracts),
            balance=money(view.balance),
            owes=view.balance > 0,
            due_on=short_date(view.due_on) if view.due_on else "",
            products=tuple(self._product(each) for each in view.products),
            open_faults=tuple(self._fault(p, fault) for p in view.products for fault in p.open_faults),
            contacts=tuple(
                CustomerContactView(when=self._when(c.at_us), line=c.line, summary=c.summary) for c in view.contacts
            ),
        )

    def read_number(self, text: str) -> str:
        """A number as people read it."""
        return show(normalise(text, self._centre.about.area_code))

    async def _customers(self, number: Number) -> Found:
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await self._directory.by_telephone(number)
        except (SystemUnavailable, TimeoutError) as error:
            log.warning("a pop without its customer: %r", error)
        except Exception:  # a connector's defect must not keep the call from the agent
            log.exception("a pop without its customer: the directory failed")
        return None

    async def _calls(self, offer: CallOffered, number: Number) -> Calls:
        try:
            async with asyncio.timeout(self._patience_seconds):
                return await self._history.last_calls(number, offer)
        except (DatabaseProblem, TimeoutError) as error:
            log.warning("a pop without the last calls: %r", error)
            return None

    def _pop(
        self,
        offer: CallOffered,
        number: Number | Withheld | UnreadableNumber,
        found: tuple[CustomerView, ...],
        calls: tuple[LastCall, ...],
        notices: tuple[str, ...],
    ) -> Pop:
        queue, line = self._centre.queues_by_name.get(offer.queue), self._centre.lines_by_number.get(offer.line)
        digits = number.digits if isinstance(number, Number) else ""
        return Pop(
            uniqueid=offer.uniqueid,
            caller=CallerView(number=digits, shown=show(number)),
            line=Named(number=offer.line, name=line.name if line else ""),
            queue=Named(number=offer.queue, name=queue.title if queue else offer.queue),
            joined_us=offer.joined_us,
            offered_us=offer.offered_us,
            waited_seconds=max(0, offer.offered_us - offer.joined_us) // MICROSECONDS,
            known=bool(found),
            notices=notices,
            customers=tuple(self.customer(view) for view in found),
            last_calls=calls,
        )

    def _product(self, product: Product) -> ProductView:
        return ProductView(
            kind=SPANISH[product.kind],
            state=SPANISH[product.state],
            plan=product.plan,
            service_number=self.read_number(product.service_number) if product.service_number else "",
            active=product.state.value == "active",
        )

    def _fault(self, product: Product, fault: Fault) -> FaultView:
        return FaultView(
            number=fault.number,
            product=SPANISH[product.kind],
            kind=fault.kind,
            state=SPANISH[fault.state],
            opened=self._when(fault.opened_us),
            repetitions=fault.repetitions,
            repeated=fault.is_repeated,
        )

    def _when(self, at_us: int) -> str:
        return date_time(as_datetime(at_us, self._centre.zone))


def _notices(found: Found, calls: Calls, unknown: str) -> tuple[str, ...]:
    about_calls = (NO_RECORDS,) if calls is None else ()
    if found is None:
        return (NO_DIRECTORY, *about_calls)
    if not found:
        return (unknown, *about_calls)
    several = (SEVERAL,) if len(found) > 1 else ()
    return (
        *several,
        *(_repeated(fault) for view in found for fault in view.open_faults if fault.is_repeated),
        *about_calls,
    )


def _repeated(fault: Fault) -> str:
    times = "1 repetición" if fault.repetitions == 1 else f"{fault.repetitions} repeticiones"
    return f"Tiene una falla repetida: {fault.kind} ({times})."
