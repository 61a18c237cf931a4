"""Calls to outside telephones, as commands to the bridge."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import uuid4

from callcenter.bus.command_exchange import BusAway, NoAnswer
from callcenter.bus.protocol import Bus
from callcenter.callbacks.rules import may_be_dialled
from callcenter.centre.model import Centre
from callcenter.instants import MICROSECONDS
from callcenter.messages.call_commands import HangUp, Originate
from callcenter.messages.commands import Accepted, CommandAnswer, Refusal, Refused
from callcenter.outgoing_calls import OutgoingPurpose
from dialer.campaigns.model import Campaign, DialMode
from dialer.contacts.rows import StoredAttempt

log = logging.getLogger(__name__)

# A command that is as old is not carried out: an attempt is rung at once or not at all, however long its process slept
# between beginning it and sending the command.
_COMMAND_SECONDS, _ANSWER_SECONDS = 5, 8
# As when the agent dials: the browser's telephone answers by itself.
_AGENT_RING_SECONDS = 20
# Refusals that have nothing to do with the telephone: later the call may succeed.
_NOT_DONE = frozenset({Refusal.EXPIRED, Refusal.BUSY, Refusal.ASTERISK_AWAY})


class Placing(StrEnum):
    """What became of the command. Of a `placed` call the records say more; `unknown`: they say it if it was."""

    PLACED = "placed"
    NOT_PLACED = "not_placed"  # surely, and later it may succeed
    REFUSED = "refused"  # surely, and it never will
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """A call to make. `begun_us`: when its attempt began; `line`: the number that is shown; `queue`: gets it.

    `phone`: the agent's who gets it instead, and is rung first; empty: of no agent.
    """

    purpose: OutgoingPurpose
    reference: str
    number: str
    line: str
    ring_seconds: int
    begun_us: int
    queue: str | None = None
    detects_machines: bool = False
    agentless: bool = False
    phone: str = ""


def campaigns_call(attempt: StoredAttempt, campaign: Campaign, phone: str = "") -> OutsideCall:
    """The call of an attempt that was begun."""
    return OutsideCall(
        OutgoingPurpose.CAMPAIGN,
        attempt.reference,
        attempt.number,
        campaign.line,
        campaign.rules.ring_seconds,
        attempt.begun_us,
        campaign.queue,
        campaign.detects_machines,
        agentless=campaign.mode is DialMode.AGENTLESS,
        phone=phone,
    )


@dataclass(frozen=True, slots=True)
class OutboundRoute:
    """How calls go out: the node whose bridge makes them, and the trunk."""

    node: str
    trunk: str

    def interface(self, number: str) -> str:
        """The channel to the customer."""
        return f"PJSIP/{number}@{self.trunk}"


def outbound_route(centre: Centre, node: str) -> OutboundRoute | None:
    """The trunk that the centre's own calls go out by."""
    return OutboundRoute(node, centre.outgoing_trunk.name) if centre.outgoing_trunk is not None else None


class Placer:
    """Places calls of one node."""

    def __init__(self, bus: Bus, route: OutboundRoute, clock: Callable[[], int]) -> None:
        self._bus, self._route, self._clock = bus, route, clock

    async def place(self, call: OutsideCall) -> Placing:
        """Have the telephone rung, once at most; one that may not be called never is, wherever its number is from."""
        if not may_be_dialled(call.number):
            log.error("%s: %r may not be called: see who wrote it into the database", call.reference, call.number)
            return Placing.REFUSED
        command = self._by_agent(call) if call.phone else self._to_outside(call)
        try:
            return _placing(call, await self._bus.request(command, _ANSWER_SECONDS))
        except BusAway:
            return Placing.NOT_PLACED
        except NoAnswer as silence:
            log.warning("%s: whether its telephone is rung is not known: %s", call.reference, silence)
            return Placing.UNKNOWN

    def _to_outside(self, call: OutsideCall) -> Originate:
        return Originate(
            **self._order(call),
            interface=self._route.interface(call.number),
            exten=call.purpose.value,
            caller_id=call.line,
            ring_seconds=call.ring_seconds,
            queue=call.queue,
            detects_machines=call.detects_machines,
            agentless=call.agentless,
        )

    def _by_agent(self, call: OutsideCall) -> Originate:
        """As if the agent dialled: the dialplan shows the line, and lets it ring as long as for any of their calls."""
        return Originate(
            **self._order(call),
            interface=call.phone,
            exten=call.number,
            caller_id=call.number,
            ring_seconds=_AGENT_RING_SECONDS,
            awaited=False,
            queue=call.queue,
        )

    def _order(self, call: OutsideCall) -> dict[str, Any]:
        return {
            "node": self._route.node,
            "command_id": uuid4(),
            "issued_us": self._clock(),
            "expires_us": call.begun_us + _COMMAND_SECONDS * MICROSECONDS,
            "issued_by": f"dialer:{call.purpose}",
            "reference": call.reference,
        }

    async def cancel(self, uniqueid: str) -> None:
        """Hang up on a telephone that rings; on one that was answered just now the call goes on."""
        now_us = self._clock()
        command = HangUp(
            node=self._route.node,
            command_id=uuid4(),
            issued_us=now_us,
            expires_us=now_us + _COMMAND_SECONDS * MICROSECONDS,
            issued_by="dialer:campaign",
            uniqueid=uniqueid,
            unanswered=True,
        )
        try:
            await self._bus.request(command, _ANSWER_SECONDS)
        except (BusAway, NoAnswer) as problem:
            log.warning("the call %s cannot be cancelled: %s", uniqueid, problem)


def _placing(call: OutsideCall, answer: CommandAnswer) -> Placing:
    if isinstance(answer, Accepted):
        return Placing.PLACED
    if not isinstance(answer, Refused):
        log.warning("%s: whether its telephone is rung is not known: %s", call.reference, answer)
        return Placing.UNKNOWN
    log.warning("%s was not rung: %s: %s", call.reference, answer.reason, answer.text)
    return Placing.NOT_PLACED if answer.reason in _NOT_DONE else Placing.REFUSED
