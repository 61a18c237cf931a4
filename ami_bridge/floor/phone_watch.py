"""The agents' phones: which are registered, and which actions are due when one goes away in mid-shift. Pure.

A phone in a browser goes away when its page is closed or loses the network. Asterisk notices at once that the
connection ended, but not that the agent is gone from the call: the caller would hear silence until `rtp_timeout`. So:

- a member whose phone is gone is paused, and resumed when the phone is back;
- the caller of a phone that does not come back is requeued at the head: at once where the page reported that it was
  closed, or where another window took its place (calls do not move between windows), else after PATIENCE_US;
- a member who rejects an offered call is paused, if the queue is set so: Asterisk would ring the same phone again.

A second window that takes the phone over while the first one lives on is no loss: Asterisk knows the new one before it
forgets the old one, and the first one's call goes on.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ami_bridge.floor.live_state import Floor
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.model import Centre, Queue
from callcenter.centre.pause_reasons import CALL_REJECTED, CALL_UNANSWERED, PHONE_AWAY
from callcenter.centre.phones import endpoints_of, interface_of
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import Fact, OfferEnd, OfferEnded, PhoneState

PATIENCE_US = 20 * MICROSECONDS
# A pause, or its end, that is not reported within this is requested again.
ASKED_AGAIN_US = 5 * MICROSECONDS
_CONTACT = "ContactStatus"
_OF_MEMBERS = frozenset({"QueueMemberAdded", "QueueMemberPause"})
_USER = re.compile(r"sips?:([^@;>]+)@")


@dataclass(frozen=True, slots=True)
class PauseMember:
    """Pause the member at this phone."""

    interface: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeMember:
    """End the pause."""

    interface: str


@dataclass(frozen=True, slots=True)
class RequeueCaller:
    """Requeue the caller of a phone that is gone; `agent_channel` is that phone's channel."""

    uniqueid: str
    agent_channel: str


@dataclass(frozen=True, slots=True)
class EndCalls:
    """End whatever else is established at a phone that is gone."""

    interface: str


DueAction = PauseMember | ResumeMember | RequeueCaller | EndCalls


@dataclass(slots=True)
class _Phone:
    """One endpoint: its contacts, each with whether it answers OPTIONS (qualify).

    `due_us`: until when its contact is waited for; `closed_us`: when its page reported that it was closed in mid-call,
    which no contact that comes afterwards takes back.
    """

    since_us: int
    contacts: dict[str, bool] = field(default_factory=dict)
    left_contact: str = ""
    due_us: int | None = None
    closed_us: int | None = None
    asked: PauseMember | ResumeMember | None = None
    asked_us: int = 0
    published: PhoneState | None = None

    @property
    def is_gone(self) -> bool:
        """No contact at all: there is nothing to ring."""
        return not self.contacts

    @property
    def lost_us(self) -> int | None:
        """When its call is given up; None: there is no reason to."""
        return self.due_us if self.closed_us is None else self.closed_us

    @property
    def contact(self) -> str:
        """The user part of the newest contact."""
        return _user(next(reversed(self.contacts), ""))

    @property
    def shown(self) -> tuple[bool, str]:
        """Whether it can be rung, and its contact: what is published."""
        return any(self.contacts.values()), self.contact


class PhoneWatch:
    """The phones of one node's agents. `apply` events, then `drain` the states, and ask for `due_actions`."""

    def __init__(self, node: str, centre: Centre, floor: Floor) -> None:
        self._node, self._floor = node, floor
        self._queues: Mapping[str, Queue] = centre.queues_by_name
        self._endpoints = frozenset(name for agent in centre.agents for name in endpoints_of(agent.extension))
        self._endpoint_at = {interface_of(name): name for name in self._endpoints}
        self._phones: dict[str, _Phone] = {}
        self._stale: set[str] = set()
        self._open: set[str] = set()

    @property
    def endpoints(self) -> frozenset[str]:
        """The endpoints that are watched."""
        return self._endpoints

    def wants(self, name: str) -> bool:
        """Whether an event of this name changes anything here."""
        return name == _CONTACT or name in _OF_MEMBERS

    def apply(self, event: AmiEvent, now_us: int) -> None:
        """Apply one event, after the floor did."""
        if event.name == _CONTACT:
            self._contact(event, event.timestamp_us or now_us)
        elif event.name in _OF_MEMBERS:
            self._open.add(self._endpoint_at.get(event.get("Interface"), ""))

    def rebuild(self, contacts: Mapping[str, Mapping[str, bool]], now_us: int) -> None:
        """The phones at a new session: contact to whether it answers, by endpoint. Asterisk has no others."""
        for endpoint in self._endpoints & contacts.keys():
            phone = self._phones.setdefault(endpoint, _Phone(now_us))
            before, phone.contacts = phone.shown, dict(contacts[endpoint])
            self._moved(endpoint, phone, before, now_us)
            phone.published = None
            if (
                phone.is_gone
                and phone.due_us is None
                and self._floor.conversation_at(interface_of(endpoint)) is not None
            ):
                phone.due_us = now_us + PATIENCE_US
        self._phones = {name: phone for name, phone in self._phones.items() if name in contacts}
        self._stale, self._open = set(self._phones), set(self._phones)

    def _contact(self, event: AmiEvent, now_us: int) -> None:
        endpoint, uri, status = event.get("EndpointName"), event.get("URI"), event.get("ContactStatus")
        if endpoint not in self._endpoints:
            return
        phone = self._phones.setdefault(endpoint, _Phone(now_us))
        before = phone.shown
        if status == "Removed":
            phone.contacts.pop(uri, None)
        else:
            phone.contacts[uri] = status != "Unreachable"
        self._moved(endpoint, phone, before, now_us)

    def _moved(self, endpoint: str, phone: _Phone, before: tuple[bool, str], now_us: int) -> None:
        """What a change of its contacts means for the phone and its call."""
        self._stale.add(endpoint)
        self._open.add(endpoint)
        if phone.shown != before:
            phone.since_us = now_us
        if phone.is_gone and before[1] and phone.due_us is None:
            phone.left_contact, phone.due_us = before[1], now_us + PATIENCE_US
        elif not phone.is_gone and phone.due_us is not None:
            same = phone.contact == phone.left_contact or not phone.left_contact
            phone.due_us = None if same else now_us

    def phone_lost(self, interface: str, now_us: int) -> bool:
        """The page reports that it was closed during a call. False where no queue's caller is at that phone."""
        endpoint = self._endpoint_at.get(interface)
        if endpoint is None or self._floor.conversation_at(interface) is None:
            return False
        self._phones.setdefault(endpoint, _Phone(now_us)).closed_us = now_us
        self._open.add(endpoint)
        return True

    # -- what follows ----------------------------------------------------------------------------------

    def drain(self) -> list[PhoneState]:
        """The phones whose state changed."""
        states = [self._state(endpoint, self._phones[endpoint]) for endpoint in sorted(self._stale)]
        self._stale = set()
        return [state for state in states if state is not None]

    def _state(self, endpoint: str, phone: _Phone) -> PhoneState | None:
        registered, contact = phone.shown
        if phone.published is not None and (phone.published.registered, phone.published.contact) == phone.shown:
            return None
        phone.published = PhoneState(
            node=self._node, endpoint=endpoint, registered=registered, contact=contact, since_us=phone.since_us
        )
        return phone.published

    def due_actions(self, facts: Iterable[Fact], now_us: int) -> list[DueAction]:
        """What is due now, after these facts of the floor."""
        due: list[DueAction] = [
            action for fact in facts if isinstance(fact, OfferEnded) for action in self._after_offer(fact)
        ]
        if self._open:
            for endpoint in sorted(self._open & self._phones.keys()):
                due += self._of_phone(endpoint, self._phones[endpoint], now_us)
            self._open = {name for name in self._open & self._phones.keys() if self._is_open(self._phones[name])}
        return due

    def _is_open(self, phone: _Phone) -> bool:
        return phone.lost_us is not None or phone.asked is not None

    def _after_offer(self, ended: OfferEnded) -> list[DueAction]:
        queue, member = self._queues.get(ended.queue), self._floor.member_named(ended.member)
        if queue is None or member is None or member.paused:
            return []
        if ended.reason is OfferEnd.REJECTED and queue.pause_after_reject:
            return [PauseMember(member.interface, CALL_REJECTED)]
        if ended.reason is OfferEnd.NO_ANSWER and queue.pause_after_no_answer:
            return [PauseMember(member.interface, CALL_UNANSWERED)]
        return []

    def _of_phone(self, endpoint: str, phone: _Phone, now_us: int) -> list[DueAction]:
        interface = interface_of(endpoint)
        return [*self._of_member(interface, phone, now_us), *self._of_calls(interface, phone, now_us)]

    def _of_member(self, interface: str, phone: _Phone, now_us: int) -> list[DueAction]:
        """Pause the member while the phone is away, and end that pause."""
        wanted = self._wanted(interface, phone)
        if wanted is None or (wanted == phone.asked and now_us - phone.asked_us < ASKED_AGAIN_US):
            phone.asked = wanted
            return []
        phone.asked, phone.asked_us = wanted, now_us
        return [wanted]

    def _wanted(self, interface: str, phone: _Phone) -> PauseMember | ResumeMember | None:
        member = self._floor.member_at(interface)
        if member is None:
            return None
        if phone.is_gone and not member.paused:
            return PauseMember(interface, PHONE_AWAY)
        back = not phone.is_gone and member.paused and member.reason == PHONE_AWAY
        return ResumeMember(interface) if back else None

    def _of_calls(self, interface: str, phone: _Phone, now_us: int) -> list[DueAction]:
        if phone.lost_us is None or now_us < phone.lost_us:
            return []
        phone.due_us = phone.closed_us = None
        conversation = self._floor.conversation_at(interface)
        ended: list[DueAction] = [EndCalls(interface)]
        return ended if conversation is None else [RequeueCaller(conversation.uniqueid, conversation.channel), *ended]


def _user(uri: str) -> str:
    found = _USER.match(uri)
    return found[1][:300] if found else ""
