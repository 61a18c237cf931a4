"""What each part of the agent's desk shows, gathered from the live state, the records and the contacts."""

from dataclasses import dataclass

from agent_api.accounts.sessions import SessionUser
from agent_api.contacts.daily_statistics import DailyFigures
from agent_api.contacts.last_contact import ended_us_of, offer_of
from agent_api.contacts.store import Contact, ContactKey
from agent_api.live.views import no_state, own_state
from agent_api.pages.desk_state import LastConversation, StateView, state_view
from agent_api.pop.pop_schemas import CustomerDetail, Pop
from agent_api.web.parts import Parts
from callcenter.centre.model import Disposition
from callcenter.messages.facts import AgentStatus, CallOffered

_RINGING, _TALKING, _OVER = "ringing", "talking", "over"


@dataclass(frozen=True, slots=True)
class CallView:
    """The call on the desk with its pop: ringing, connected, or the last one, which is over.

    `since_us`: since when it rings, or is connected. `customer_number`: whom the agent confirmed.
    """

    key: ContactKey
    stage: str
    since_us: int | None
    pop: Pop
    customer_number: int | None

    @property
    def path(self) -> str:
        """Of the contact, in the interface."""
        return f"/api/contacts/{self.key.node}/{self.key.uniqueid}"


@dataclass(frozen=True, slots=True)
class ContactForm:
    """A contact that is not closed: `caller` and `at_us` show the agent which call it was."""

    contact: Contact
    title: str
    caller: str
    at_us: int
    required: bool
    dispositions: tuple[Disposition, ...]
    now: bool

    @property
    def path(self) -> str:
        """Of the contact, in the interface."""
        return f"/api/contacts/{self.contact.key.node}/{self.contact.key.uniqueid}"

    @property
    def name(self) -> str:
        """Fit for an element's id."""
        return f"{self.contact.key.node}-{self.contact.key.uniqueid}".replace(".", "-")


@dataclass(frozen=True, slots=True)
class OngoingCall:
    """Of a call that goes on: the caller's number, and since when it is connected."""

    caller: str
    offered_us: int


async def state_of(visitor: SessionUser, parts: Parts) -> StateView:
    """The state bar."""
    known = parts.live_state.agents.get(visitor.login)
    agent = own_state(known) if known else no_state(visitor.login)
    last, pending_disposition = None, False
    if agent.state is AgentStatus.WRAP_UP:
        last = await _last_conversation(visitor, parts)
    elif agent.state is AgentStatus.PAUSED:
        pending_disposition = await parts.contacts.has_pending_disposition(visitor.login)
    return state_view(agent, parts.centre, last, pending_disposition=pending_disposition)


async def _last_conversation(visitor: SessionUser, parts: Parts) -> LastConversation | None:
    latest = await parts.contacts.latest_of(visitor.login)
    return LastConversation(latest.queue, await ended_us_of(parts.database, latest.key)) if latest else None


async def call_of(visitor: SessionUser, parts: Parts) -> CallView | None:
    """The call that rings or is connected; else the last one, until its contact is closed."""
    current = await parts.desks.current(visitor.login)
    contacts = await parts.contacts.open_of(visitor.login)
    if current is None:
        return await _over(contacts[0], parts) if contacts else None
    state = parts.live_state.agents.get(visitor.login)
    key = ContactKey(state.node if state else parts.home, current.pop.uniqueid, visitor.login)
    known = next((each.customer_number for each in contacts if each.key == key), None)
    if current.answered_us is None:
        return CallView(key, _RINGING, current.pop.offered_us, current.pop, known)
    return CallView(key, _TALKING, current.answered_us, current.pop, known)


async def _over(contact: Contact, parts: Parts) -> CallView | None:
    offer = await offer_of(parts.database, contact.key)
    if offer is None:
        return None
    return CallView(contact.key, _OVER, None, await parts.pops.compose(offer), contact.customer_number)


async def forms_of(visitor: SessionUser, parts: Parts) -> tuple[ContactForm, ...]:
    """The contacts to write up, the newest first: that of a call just answered too, before its row is there.

    A campaign's call has its outcome and a note in its own box.
    """
    outbound = parts.centre.outbound_by_queue
    contacts = [each for each in await parts.contacts.open_of(visitor.login) if each.queue not in outbound]
    ongoing = await _ongoing_call(visitor, parts)
    if ongoing is None:
        return tuple([_form(each, await offer_of(parts.database, each.key), parts) for each in contacts])
    mine, call = ongoing
    others = [each for each in contacts if each.key != mine.key]
    kept = next((each for each in contacts if each.key == mine.key), mine)
    before = [_form(each, await offer_of(parts.database, each.key), parts) for each in others]
    return (_form(kept, call, parts, now=True), *before)


async def _ongoing_call(visitor: SessionUser, parts: Parts) -> tuple[Contact, OngoingCall] | None:
    state, call = parts.live_state.agents.get(visitor.login), await parts.desks.current(visitor.login)
    if state is None or call is None or call.answered_us is None:
        return None
    if call.pop.queue.number in parts.centre.outbound_by_queue:
        return None
    key = ContactKey(state.node, call.pop.uniqueid, visitor.login)
    contact = Contact(key, call.pop.queue.number, "", "", None, call.answered_us, None, disposition_pending=False)
    return contact, OngoingCall(call.pop.caller.number, call.answered_us)


def _form(contact: Contact, call: OngoingCall | CallOffered | None, parts: Parts, *, now: bool = False) -> ContactForm:
    queue = parts.centre.queues_by_name.get(contact.queue)
    return ContactForm(
        contact=contact,
        title=queue.title if queue else contact.queue,
        caller=parts.pops.read_number(call.caller) if call else "",
        at_us=call.offered_us if call else contact.saved_us,
        required=queue is not None and queue.disposition_required,
        dispositions=parts.centre.dispositions_of(contact.queue),
        now=now,
    )


async def day_of(visitor: SessionUser, parts: Parts) -> DailyFigures:
    """The agent's own figures of today."""
    return await parts.daily_statistics.of(visitor.login, parts.clock())


def one_of_each(found: tuple[CustomerDetail, ...]) -> tuple[CustomerDetail, ...]:
    """Customers that were found by several data, once."""
    return tuple({each.number: each for each in found}.values())
