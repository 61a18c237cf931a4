"""The built-in Fijacom pockets, the one writer of the table fijacom_pockets."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import bindparam, select

from backoffice.fijacom.contract import Pocket
from backoffice.fijacom.tables import fijacom_pockets
from backoffice.systems import kept_in_the_database
from callcenter.database.transactions import Database, upsert
from callcenter.numbers import Number


class FijacomStore:
    """A `Fijacom` over the database; `save` fills it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pocket(self, service_number: Number) -> Pocket | None:
        """Of a service; None when the number is no Fijacom service."""
        asked = {"asked": service_number.digits}
        with kept_in_the_database("Fijacom"):
            row = await self._database.read(lambda connection: connection.execute(_POCKET, asked).first())
        return Pocket(row.service_number, Decimal(row.balance_centavos).scaleb(-2), row.valid_until) if row else None

    async def save(self, pockets: Sequence[Pocket]) -> None:
        """Keep these pockets in place of what was known of them. Raises SystemUnavailable."""
        rows = [
            {
                "service_number": pocket.service_number,
                "balance_centavos": int(pocket.balance.scaleb(2).to_integral_exact()),
                "valid_until": pocket.valid_until,
            }
            for pocket in pockets
        ]
        with kept_in_the_database("Fijacom"):
            async with self._database.transaction() as connection:
                await upsert(connection, fijacom_pockets, rows)


_POCKET = select(fijacom_pockets).where(
    fijacom_pockets.c.service_number == bindparam("asked", type_=fijacom_pockets.c.service_number.type)
)
