"""Callers whom nobody answered, for agents to call back: one row a number, with who has claimed it.

Who is on the list says `callcenter/recalls/`.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    select,
    update,
)

from agent_api.accounts.sessions import SessionUser
from agent_api.accounts.users import Users
from agent_api.contacts.contact_schemas import RecallEntryView
from callcenter.call_words import OUTCOMES
from callcenter.calls import LONGEST_CALL_US, Outcome
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database, put_missing
from callcenter.instants import MICROSECONDS
from callcenter.numbers import Number, normalise, show
from callcenter.recalls.conditions import OF_MARK, has_a_callback, is_recalled, served_later
from callcenter.recalls.rules import REACH_BACK_SECONDS, RecallState
from callcenter.records.calls import queue_entries
from callcenter.records.contacts import recall_list
from callcenter.records.users import users
from callcenter.roles import Role

_AT_MOST = 2000
DONE = frozenset({RecallState.REACHED, RecallState.DISCARDED})


class NoRecallEntry(Exception):
    """No abandoned call of the queues that this user may see."""


class TakenByAnother(Exception):
    """Somebody else has it. `owner`: the login."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


@dataclass(frozen=True, slots=True)
class RecallKey:
    """Names a queue entry that ended without an answer."""

    node: str
    uniqueid: str
    entered_us: int


@dataclass(frozen=True, slots=True)
class RecallEntry:
    """A number that nobody answered. `times`: how many unanswered calls it made. Instants in microseconds, UTC."""

    key: RecallKey
    caller: str
    queue: str
    outcome: Outcome
    waited_seconds: int
    times: int
    state: RecallState
    owner: str
    owner_name: str
    note: str
    changed_us: int | None


_entry, _mark = queue_entries.c, recall_list.c
_SINCE: BindParameter[int] = bindparam("since_us", type_=BigInteger)
_UNTIL: BindParameter[int] = bindparam("until_us", type_=BigInteger)
_IN_SPAN = _entry.entered_us.between(_SINCE, _UNTIL)
_RECALLS = (
    select(
        *(_entry.node, _entry.uniqueid, _entry.entered_us, _entry.caller, _entry.queue, _entry.outcome),
        *(_entry.wait_max_us, _mark.state, _mark.owner, _mark.note, _mark.changed_us, users.c.display_name),
    )
    .outerjoin(recall_list, OF_MARK)
    .outerjoin(users, users.c.login == _mark.owner)
    .where(_IN_SPAN, is_recalled(), ~has_a_callback(_SINCE, _UNTIL))
    .order_by(_entry.entered_us.desc())
    .limit(_AT_MOST)
)


class RecallList:
    """Keeps the recall list; the only writer of its table. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        self._database, self._clock = database, clock

    async def listed(self, queues: Collection[str]) -> tuple[RecallEntry, ...]:
        """Those of the last two days in these queues, newest first: one a number, whatever was done for it."""
        wanted, span = _RECALLS.where(_entry.queue.in_(queues), ~served_later(_SINCE, _UNTIL)), self._span()
        rows = await self._database.long_read(lambda connection: connection.execute(wanted, span).all())
        return _one_a_number(rows)

    async def claim(self, key: RecallKey, who: str, queues: Collection[str]) -> RecallEntry:
        """Make it one's own. Raises NoRecallEntry or TakenByAnother."""
        return await self._database.write(lambda connection: self._claim(connection, key, who, queues))

    async def release(self, key: RecallKey, who: str, queues: Collection[str]) -> RecallEntry:
        """Open for others again. Raises NoRecallEntry or TakenByAnother."""
        return await self._database.write(lambda connection: self._release(connection, key, who, queues))

    async def finish(
        self, key: RecallKey, who: str, queues: Collection[str], state: RecallState, note: str
    ) -> RecallEntry:
        """What came of it: reached, not reached or discarded. Raises NoRecallEntry or TakenByAnother."""
        return await self._database.write(lambda connection: self._finish(connection, key, who, queues, state, note))

    def _span(self) -> dict[str, int]:
        """The last two days, and what a clock that is ahead calls today."""
        now = self._clock()
        return {"since_us": now - REACH_BACK_SECONDS * MICROSECONDS, "until_us": now + LONGEST_CALL_US}

    def _claim(self, connection: Connection, key: RecallKey, who: str, queues: Collection[str]) -> RecallEntry:
        self._found(connection, key, queues)
        now = self._clock()
        row = {"node": key.node, "uniqueid": key.uniqueid, "entered_us": key.entered_us, "owner": who}
        put_missing(connection, recall_list, [{**row, "state": RecallState.TAKEN.value, "note": "", "changed_us": now}])
        free = (_mark.state != RecallState.TAKEN.value) | (_mark.owner == who)
        taken = {"state": RecallState.TAKEN.value, "owner": who, "changed_us": now}
        connection.execute(update(recall_list).where(_named(key), free).values(**taken))
        return self._own(connection, key, who, queues)

    def _release(self, connection: Connection, key: RecallKey, who: str, queues: Collection[str]) -> RecallEntry:
        self._own(connection, key, who, queues)
        connection.execute(delete(recall_list).where(_named(key), _mark.owner == who))
        return self._found(connection, key, queues)

    def _finish(
        self, connection: Connection, key: RecallKey, who: str, queues: Collection[str], state: RecallState, note: str
    ) -> RecallEntry:
        self._own(connection, key, who, queues)
        ended = {"state": state.value, "note": note, "changed_us": self._clock()}
        connection.execute(update(recall_list).where(_named(key), _mark.owner == who).values(**ended))
        return self._found(connection, key, queues)

    def _own(self, connection: Connection, key: RecallKey, who: str, queues: Collection[str]) -> RecallEntry:
        found = self._found(connection, key, queues)
        if found.owner != who:
            raise TakenByAnother(found.owner_name or found.owner)
        return found

    def _found(self, connection: Connection, key: RecallKey, queues: Collection[str]) -> RecallEntry:
        of_key = (_entry.node == key.node, _entry.uniqueid == key.uniqueid, _entry.entered_us == key.entered_us)
        row = connection.execute(_RECALLS.where(*of_key, _entry.queue.in_(queues)), self._span()).first()
        if row is None:
            raise NoRecallEntry
        return _recall_entry(row, 1)


def _named(key: RecallKey) -> ColumnElement[bool]:
    return and_(_mark.node == key.node, _mark.uniqueid == key.uniqueid, _mark.entered_us == key.entered_us)


def _one_a_number(rows: Iterable[Any]) -> tuple[RecallEntry, ...]:
    """Of each number its last unanswered call; but where one of them is somebody's, that one."""
    by_number: dict[str, list[Any]] = {}
    for row in rows:
        by_number.setdefault(row.caller, []).append(row)
    return tuple(
        _recall_entry(_representative(calls), len({row.uniqueid for row in calls})) for calls in by_number.values()
    )


def _representative(calls: list[Any]) -> Any:
    return next((row for row in calls if row.state == RecallState.TAKEN.value), calls[0])


def _recall_entry(row: Any, times: int) -> RecallEntry:
    return RecallEntry(
        key=RecallKey(row.node, row.uniqueid, row.entered_us),
        caller=row.caller,
        queue=row.queue,
        outcome=Outcome(row.outcome),
        waited_seconds=row.wait_max_us // MICROSECONDS,
        times=times,
        state=RecallState(row.state) if row.state else RecallState.OPEN,
        owner=row.owner or "",
        owner_name=row.display_name or row.owner or "",
        note=row.note or "",
        changed_us=row.changed_us,
    )


async def queues_seen_by(user: SessionUser, centre: Centre, accounts: Users) -> Collection[str]:
    """The queues whose abandoned calls a user may see."""
    if user.role is not Role.AGENT:
        return frozenset(centre.queues_by_name)
    return frozenset(await accounts.queues_of(user.login))


def recall_entry_view(entry: RecallEntry, centre: Centre) -> RecallEntryView:
    """An entry of the recall list, ready to read."""
    number = normalise(entry.caller, centre.about.area_code)
    queue = centre.queues_by_name.get(entry.queue)
    return RecallEntryView(
        node=entry.key.node,
        uniqueid=entry.key.uniqueid,
        entered_us=entry.key.entered_us,
        number=number.digits if isinstance(number, Number) else "",
        shown=show(number),
        queue=entry.queue,
        title=queue.title if queue else entry.queue,
        outcome=OUTCOMES[entry.outcome],
        waited_seconds=entry.waited_seconds,
        times=entry.times,
        state=entry.state.value,
        owner=entry.owner,
        owner_name=entry.owner_name,
        note=entry.note,
        changed_us=entry.changed_us,
    )
