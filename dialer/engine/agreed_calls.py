"""Customers who agreed on an hour with an agent who is free: that agent's telephone is rung first, as with preview."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from callcenter.database.leases import Lease
from dialer.campaigns.model import DialMode
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.rows import StoredAttempt
from dialer.contacts.store import ContactStore
from dialer.engine.floor import SpareAgents
from dialer.engine.trunk_budget import TrunkBudget


@dataclass(frozen=True, slots=True)
class AgreedCall:
    """An attempt that was begun for the agent who agreed on it, whose telephone is `phone`."""

    attempt: StoredAttempt
    phone: str


class AgreedCalls:
    """Begins them. Every method raises DatabaseProblem. `clock`: microseconds, UTC."""

    def __init__(
        self, contacts: ContactStore, attempts: AttemptStore, trunk: TrunkBudget, clock: Callable[[], int]
    ) -> None:
        self._contacts, self._attempts, self._trunk, self._clock = contacts, attempts, trunk, clock

    async def begin(self, turns: Turns, spare: SpareAgents, lease: Lease) -> list[AgreedCall]:
        """Those that the trunk allows, for agents who are `spare`."""
        most = min(spare.count, self._trunk.free)
        if most <= 0:
            return []
        agreed = await self._contacts.agreed(turns.campaign.id, spare.phones.keys(), self._clock())
        begun = []
        for member, contact_id in islice(agreed.items(), most):
            order = DialOrder(contact_id, DialMode.PREVIEW, member)
            attempt = await self._attempts.begin(order, turns, lease, self._clock())
            if attempt is not None:
                begun.append(AgreedCall(attempt, spare.phones[member]))
        return begun
