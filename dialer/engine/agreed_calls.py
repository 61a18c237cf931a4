"""Customers who agreed on an hour with an agent who is free: that agent's telephone is rung first, as with preview."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import islice

from dialer.campaigns.model import DialMode
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore, DialOrder
from dialer.contacts.rows import StoredAttempt
from dialer.contacts.store import ContactStore
from dialer.engine.floor import FloorNow
from dialer.engine.trunk_budget import TrunkBudget
from dialer.lease import Lease


@dataclass(frozen=True, slots=True)
class AgreedCall:
    """An attempt that was begun for the agent who agreed on it, whose telephone is `phone`."""

    attempt: StoredAttempt
    phone: str


class AgreedCalls:
    """Begins them. Every method raises DatabaseProblem. `clock`: microseconds, UTC."""

    def __init__(
        self,
        contacts: ContactStore,
        attempts: AttemptStore,
        floor: FloorNow,
        trunk: TrunkBudget,
        clock: Callable[[], int],
    ) -> None:
        self._contacts, self._attempts, self._floor = contacts, attempts, floor
        self._trunk, self._clock = trunk, clock

    async def begin(
        self, turns: Turns, dialling: Collection[str | None], available: int, lease: Lease
    ) -> list[AgreedCall]:
        """Those that trunk and floor allow. `available`: agents whom no caller needs; who is `dialling` is not free."""
        most, phones = min(available, self._trunk.free), self._floor.phones_of(turns.campaign.queue)
        free = [member for member in phones if member not in dialling]
        if not free or most <= 0:
            return []
        agreed = await self._contacts.agreed(turns.campaign.id, free, self._clock())
        begun = []
        for member, contact_id in islice(agreed.items(), most):
            order = DialOrder(contact_id, DialMode.PREVIEW, member)
            attempt = await self._attempts.begin(order, turns, lease, self._clock())
            if attempt is not None:
                begun.append(AgreedCall(attempt, phones[member]))
        return begun
