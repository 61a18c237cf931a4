"""Numbers that no campaign calls: added and removed by people, looked up by whoever loads and dials. The one writer.

A number that stands here is never dialled by a campaign, whatever list has it and whenever it was added.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, func, select, update

from callcenter import audit
from callcenter.audit import AuditAction
from callcenter.callbacks.rules import callable_number, may_be_dialled
from callcenter.database.transactions import Database, put_missing
from callcenter.records.campaigns import campaign_attempts, do_not_call

LONGEST_NOTE = 200
PAGE = 100
# Names of parameters that any SQLite and any PostgreSQL driver takes at once.
_AT_ONCE = 5000
_table = do_not_call.c


class NotCallable(ValueError):
    """No number that a campaign would call."""


class NotOnTheList(LookupError):
    """The number does not stand on the list."""


@dataclass(frozen=True, slots=True)
class BarredNumber:
    """A number that is never to be called. `added_by`: a login, or `customer`."""

    number: str
    added_us: int
    added_by: str
    note: str


def barred_among(connection: Connection, numbers: Collection[str]) -> frozenset[str]:
    """Those of the numbers that are never to be called; within whatever transaction."""
    asked, found = sorted(set(numbers)), set[str]()
    for begin in range(0, len(asked), _AT_ONCE):
        some = select(_table.number).where(_table.number.in_(asked[begin : begin + _AT_ONCE]))
        found.update(connection.execute(some).scalars())
    return frozenset(found)


def bar(connection: Connection, number: str, by: str, note: str, now_us: int) -> bool:
    """Put a number on the list within whatever transaction, and into the audit log; False: it stands there already.

    Raises NotCallable for what is no fixed or mobile number in its national form.
    """
    if not may_be_dialled(number):
        raise NotCallable(number)
    row = {"number": number, "added_us": now_us, "added_by": by[:40], "note": note[:LONGEST_NOTE]}
    is_new = put_missing(connection, do_not_call, [row]) == 1
    if is_new:
        audit.write_within(connection, by, AuditAction.DO_NOT_CALL_ADDED, now_us, {"number": number, "note": note})
    return is_new


def unbar(connection: Connection, number: str, note: str, now_us: int, *, by: str, instead: str | None = None) -> None:
    """Take a number off the list that stands there with this note; whoever else put it there has it stay.

    `instead`: for this it is to stay there all the same.
    """
    for_this = (_table.number == number, _table.note == note)
    if instead is not None:
        connection.execute(update(do_not_call).where(*for_this).values(note=instead[:LONGEST_NOTE]))
    elif connection.execute(delete(do_not_call).where(*for_this)).rowcount:
        audit.write_within(connection, by, AuditAction.DO_NOT_CALL_REMOVED, now_us, {"number": number, "note": note})


def _add(connection: Connection, number: str, by: str, note: str, now_us: int) -> bool:
    """What stands there for a call alone, and goes with its outcome, is that person's from now on."""
    if bar(connection, number, by, note, now_us):
        return True
    of_call = exists().where(campaign_attempts.c.reference == _table.note)
    values = {"added_by": by[:40], "note": note[:LONGEST_NOTE]}
    if connection.execute(update(do_not_call).where(_table.number == number, of_call).values(values)).rowcount:
        audit.write_within(connection, by, AuditAction.DO_NOT_CALL_ADDED, now_us, {"number": number, "note": note})
    return False


class DoNotCallList:
    """The list. Every method raises DatabaseProblem. `clock`: microseconds since 1970, UTC."""

    def __init__(self, database: Database, area_code: str, clock: Callable[[], int]) -> None:
        self._database, self._area_code, self._clock = database, area_code, clock

    async def add(self, text: str, by: str, note: str = "") -> tuple[str, bool]:
        """Put a number on it, as somebody typed it: the number, and whether it is new there. Raises NotCallable."""
        number, now = self._number(text), self._clock()
        return number, await self._database.write(lambda connection: _add(connection, number, by, note, now))

    async def remove(self, text: str, by: str, note: str) -> str:
        """Take a number off it, and say why: the number. Raises NotOnTheList, NotCallable."""
        number, now = self._number(text), self._clock()

        def removed(connection: Connection) -> None:
            if not connection.execute(delete(do_not_call).where(_table.number == number)).rowcount:
                raise NotOnTheList(number)
            details = {"number": number, "note": note}
            audit.write_within(connection, by, AuditAction.DO_NOT_CALL_REMOVED, now, details)

        await self._database.write(removed)
        return number

    async def barred(self, numbers: Collection[str]) -> frozenset[str]:
        """Those of many numbers that are on it."""
        return await self._database.read(lambda connection: barred_among(connection, numbers))

    async def search(self, digits: str, after: str = "") -> Sequence[BarredNumber]:
        """Those that begin with these digits, by number, `PAGE` and one more at most, from behind `after`."""
        wanted = select(do_not_call).where(_table.number > after).order_by(_table.number).limit(PAGE + 1)
        if digits:
            wanted = wanted.where(_table.number.startswith(digits, autoescape=True))
        rows = await self._database.long_read(lambda connection: connection.execute(wanted).mappings().all())
        return [BarredNumber(**row) for row in rows]

    async def size(self) -> int:
        """How many numbers are on it."""
        counted = select(func.count()).select_from(do_not_call)
        return await self._database.long_read(lambda connection: connection.execute(counted).scalar_one())

    def _number(self, text: str) -> str:
        found = callable_number(text, area_code=self._area_code)
        if found is None:
            raise NotCallable(text)
        return found.digits
