"""Mass outages in the records: the one writer of the tables outages and outage_contacts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.audit import AuditAction, write
from callcenter.database.transactions import Database, insert_missing
from callcenter.numbers import Number, NumberKind
from callcenter.operator_problem import OperatorProblem
from callcenter.records.routing import outage_contacts, outages
from callcenter.routing.outages import LeftNumber, Outage, same_zone

LONGEST_ZONE, LONGEST_PRODUCT = 60, 16
RECENT = 50
_WHO = 40


class OutageRefusal(OperatorProblem):
    """An outage cannot be changed like that; nothing was."""

    exit_code = 1


class UnreadablePlace(OutageRefusal):
    """The zone or the product is too long or cannot be printed."""

    def __init__(self) -> None:
        super().__init__(f"a zone has at most {LONGEST_ZONE} printable characters, a product {LONGEST_PRODUCT}")


class OutageAlreadyOpen(OutageRefusal):
    """The same zone and product have an open outage."""

    def __init__(self, zone: str, product: str) -> None:
        super().__init__(f"an outage of {product or 'every product'} in {zone or 'every zone'} is already on")
        self.zone, self.product = zone, product


class UnknownOutage(OutageRefusal):
    """There is no outage of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no outage {number}")
        self.number = number


class AlreadyEnded(OutageRefusal):
    """It is over already."""

    def __init__(self, number: int) -> None:
        super().__init__(f"outage {number} was switched off before")
        self.number = number


class NotATelephone(OutageRefusal):
    """Nobody can be notified at that number: only Bolivian fixed and mobile numbers are kept."""

    def __init__(self) -> None:
        super().__init__("only a Bolivian fixed or mobile number can be left")


class OutageStore:
    """Reads and writes outages. Every method raises DatabaseProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> tuple[Outage, ...]:
        """Those whose notice is played, the oldest first."""
        query = select(outages).where(outages.c.ended_us.is_(None)).order_by(outages.c.id)
        return await self._read(query)

    async def recent(self) -> tuple[Outage, ...]:
        """The open ones and the last that ended, the newest first, `RECENT` at most."""
        query = select(outages).order_by(outages.c.ended_us.is_not(None), outages.c.id.desc()).limit(RECENT)
        return await self._read(query)

    async def begin(self, zone: str, product: str, *, by: str, now_us: int) -> Outage:
        """Switch the notice on. Raises OutageAlreadyOpen, UnreadablePlace."""
        zone, product = " ".join(zone.split()), product.strip()
        if not _fits(zone, LONGEST_ZONE) or not _fits(product, LONGEST_PRODUCT):
            raise UnreadablePlace
        async with _refusing(OutageAlreadyOpen(zone, product)), self._database.transaction() as connection:
            await _refuse_same(connection, zone, product)
            row = {"zone": zone, "product": product, "began_us": now_us, "set_by": by[:_WHO]}
            made = await connection.execute(outages.insert(), row)
            assert made.inserted_primary_key is not None
            number = int(made.inserted_primary_key[0])
            details = {"outage": number, "zone": zone, "product": product}
            await write(connection, by, AuditAction.OUTAGE_BEGUN, now_us, details)
        return Outage(number, zone, product, now_us, by[:_WHO])

    async def end(self, number: int, *, by: str, now_us: int) -> Outage:
        """Switch the notice off. Raises UnknownOutage, AlreadyEnded."""
        same = outages.c.id == number
        change = update(outages).where(same, outages.c.ended_us.is_(None)).values(ended_us=now_us, ended_by=by[:_WHO])
        async with self._database.transaction() as connection:
            changed = (await connection.execute(change)).rowcount
            row = (await connection.execute(select(outages).where(same))).first()
            if row is None:
                raise UnknownOutage(number)
            if not changed:
                raise AlreadyEnded(number)
            await write(connection, by, AuditAction.OUTAGE_ENDED, now_us, {"outage": number})
        return _outage(row)

    async def leave_number(self, number: int, telephone: Number, *, uniqueid: str, now_us: int) -> None:
        """Keep a number to be notified of the repair; once a number and outage, whoever leaves it again.

        Raises UnknownOutage, NotATelephone.
        """
        if telephone.kind not in (NumberKind.FIXED, NumberKind.MOBILE):
            raise NotATelephone
        row = {"outage_id": number, "number": telephone.digits, "uniqueid": uniqueid, "at_us": now_us}
        async with _refusing(UnknownOutage(number)), self._database.transaction() as connection:
            await insert_missing(connection, outage_contacts, [row])

    async def left_numbers(self, number: int) -> tuple[LeftNumber, ...]:
        """Who wants to be notified of the repair, in the order in which they asked. Raises UnknownOutage."""
        found = await self._database.read(lambda connection: _left(connection, number))
        if found is None:
            raise UnknownOutage(number)
        return found

    async def counts(self) -> Mapping[int, int]:
        """How many numbers were left for each outage that has any."""
        table = outage_contacts.c
        query = select(table.outage_id, func.count().label("numbers")).group_by(table.outage_id)
        rows = await self._database.long_read(lambda connection: connection.execute(query).all())
        return {row.outage_id: row.numbers for row in rows}

    async def _read(self, query: Select[Any]) -> tuple[Outage, ...]:
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple(_outage(row) for row in rows)


@asynccontextmanager
async def _refusing(refusal: OutageRefusal) -> AsyncIterator[None]:
    """What a key of the tables forbids is this refusal: it also holds when two act at once."""
    try:
        yield
    except IntegrityError as error:
        raise refusal from error


async def _refuse_same(connection: AsyncConnection, zone: str, product: str) -> None:
    query = select(outages.c.zone).where(outages.c.ended_us.is_(None), outages.c.product == product)
    if any(same_zone(row.zone, zone) for row in await connection.execute(query)):
        raise OutageAlreadyOpen(zone, product)


def _fits(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isprintable()


def _left(connection: Connection, number: int) -> tuple[LeftNumber, ...] | None:
    if connection.scalar(select(outages.c.id).where(outages.c.id == number)) is None:
        return None
    table = outage_contacts.c
    query = select(outage_contacts).where(table.outage_id == number).order_by(table.at_us, table.number)
    found = connection.execute(query)
    return tuple(LeftNumber(number=row.number, uniqueid=row.uniqueid, at_us=row.at_us) for row in found)


def _outage(row: Row[Any]) -> Outage:
    return Outage(
        number=row.id,
        zone=row.zone,
        product=row.product,
        began_us=row.began_us,
        set_by=row.set_by,
        ended_us=row.ended_us,
        ended_by=row.ended_by,
    )
