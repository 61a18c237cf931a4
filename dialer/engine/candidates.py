"""The customers of a campaign whose turn it is, for one look of the dialer."""

from collections.abc import Callable, Sequence

from callcenter.database.leases import Lease
from dialer.campaigns.turns import Turns
from dialer.contacts.attempts import AttemptStore
from dialer.contacts.rows import StoredAttempt
from dialer.contacts.store import LOOKED_AT, ContactStore

# So many at most turn out, in one look, not to be called after all: they are barred now, or another campaign rings
# them. The others of a campaign wait meanwhile, but so does everything else that the dialer does.
_MOST_IN_VAIN = 500


class Candidates:
    """In their order, some at a time, without those who wait for an agent of theirs.

    Every method raises DatabaseProblem. `most`: how many there may be calls for; `clock`: microseconds, UTC.
    """

    def __init__(
        self, contacts: ContactStore, attempts: AttemptStore, turns: Turns, most: int, clock: Callable[[], int]
    ) -> None:
        self._contacts, self._attempts, self._turns, self._most = contacts, attempts, turns, most
        self._clock = clock
        self._ids: Sequence[int] = ()
        self._in_vain = 0

    async def count(self) -> int:
        """How many there are, `most` at most; 0: none, or too many were looked at in vain."""
        if self._in_vain >= _MOST_IN_VAIN:
            return 0
        if not self._ids:
            self._ids = await self._contacts.ready(self._turns.campaign.id, self._most, self._clock())
        return len(self._ids)

    async def begin(self, lease: Lease) -> StoredAttempt | None:
        """An attempt with the first of them who may be called, in the table."""
        while await self.count():
            some = self._ids[:LOOKED_AT]
            begun, looked_at = await self._attempts.begin_first(
                some, self._turns.campaign.mode, self._turns, lease, self._clock()
            )
            self._ids = self._ids[looked_at:]
            if begun is not None or not looked_at:
                return begun
            self._in_vain += looked_at
        return None
