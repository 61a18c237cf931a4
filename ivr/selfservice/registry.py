"""The self-services by their names in the menus, each ready to be run by the FastAGI server."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date

from backoffice.fijacom.contract import Fijacom
from backoffice.guiatel.contract import Guiatel
from backoffice.smartflex.customers import CustomerDirectory, CustomerView
from backoffice.smartflex.services import Faults, PrepaidExpiries, Statements, WorkOrders
from callcenter.calls import SelfServiceResult
from callcenter.centre.model import Centre
from callcenter.instants import as_datetime
from ivr.agi.server import Script
from ivr.agi.session import AgiCall
from ivr.selfservice.amount_owed import amount_owed
from ivr.selfservice.dialogue import Answering, ServiceAnswer, named, serve
from ivr.selfservice.directory import Speak, directory
from ivr.selfservice.faults import fault_state, report_fault
from ivr.selfservice.fijacom_balance import fijacom_balance
from ivr.selfservice.identify import Identifier
from ivr.selfservice.order_state import order_state
from ivr.selfservice.prepaid_expiry import prepaid_expiry

# Each is asked for by itself, and all within the patience that there is.
CONTRACTS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Systems:
    """What the self-services ask. `speak` makes a sound of a name; `clock` gives microseconds, UTC."""

    customers: CustomerDirectory
    statements: Statements
    orders: WorkOrders
    expiries: PrepaidExpiries
    faults: Faults
    guiatel: Guiatel
    fijacom: Fijacom
    speak: Speak
    centre: Centre
    clock: Callable[[], int]

    def today(self) -> date:
        """The day at the centre."""
        return as_datetime(self.clock(), self.centre.zone).date()


OfCustomer = Callable[[AgiCall, CustomerView], Awaitable[ServiceAnswer]]


def self_services(systems: Systems) -> Mapping[str, Script]:
    """Every self-service by its name (`ivr.menus.model.SERVICES`)."""
    area_code = systems.centre.about.area_code
    identifier = Identifier(systems.customers, area_code)
    for_customers: Mapping[str, OfCustomer] = {
        "amount_owed": lambda _, who: amount_owed(who, systems.statements, systems.today()),
        "prepaid_expiry": lambda _, who: prepaid_expiry(who, systems.expiries, systems.today()),
        "fault_state": lambda _, who: fault_state(who, systems.faults, systems.clock()),
        "report_fault": lambda call, who: report_fault(call, who, systems.faults, systems.clock()),
        "order_state": lambda _, who: order_state(who, systems.orders, systems.clock()),
        "fijacom_balance": lambda _, who: fijacom_balance(who, systems.fijacom, area_code, systems.today()),
    }
    scripts = {name: _script(name, _identified(identifier, answer)) for name, answer in for_customers.items()}
    return {**scripts, "directory": _script("directory", lambda call: directory(call, systems.guiatel, systems.speak))}


def _script(name: str, answering: Answering) -> Script:
    async def script(call: AgiCall) -> None:
        await serve(call, name, answering)

    return script


def _identified(identifier: Identifier, answer: OfCustomer) -> Answering:
    """Only for an identified customer; others go to a person, and so does a firm with very many contracts."""

    async def answering(call: AgiCall) -> ServiceAnswer:
        customer = await identifier.identify(call)
        if customer is None:
            return ServiceAnswer(SelfServiceResult.NOT_IDENTIFIED, named("identificar-no"), to_person=True)
        if len(customer.contracts) > CONTRACTS_AT_MOST:
            return ServiceAnswer(SelfServiceResult.PERSON, named("menu-a-persona"), to_person=True)
        return await answer(call, customer)

    return answering
