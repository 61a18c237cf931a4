"""The contract of Fijacom pockets. A new connector joins by a parameter of `filled`."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest

from backoffice.fijacom.contract import Fijacom, Pocket
from backoffice.fijacom.store import FijacomStore
from callcenter.database.transactions import Database
from callcenter.numbers import Number, NumberKind

Filled = Callable[..., Awaitable[Fijacom]]

POCKET = Pocket("70900001", Decimal("45.50"), date(2026, 11, 30))


@pytest.fixture(params=["store"])
def filled(request: pytest.FixtureRequest, database: Database) -> Filled:
    """Makes Fijacom, of each kind there is, with these pockets."""

    async def store(*pockets: Pocket) -> Fijacom:
        made = FijacomStore(database)
        await made.save(pockets)
        return made

    return {"store": store}[request.param]


@pytest.mark.parametrize("balance", ["45.50", "0.00", "0.01", "12345.99"])
async def test_a_pocket_says_what_is_left_to_the_centavo(filled: Filled, balance: str) -> None:
    pocket = Pocket("70900001", Decimal(balance), date(2026, 11, 30))
    assert await (await filled(pocket)).pocket(Number("70900001", NumberKind.MOBILE)) == pocket


async def test_a_number_without_fijacom_has_no_pocket(filled: Filled) -> None:
    fijacom = await filled(POCKET)
    assert await fijacom.pocket(Number("70900002", NumberKind.MOBILE)) is None
    assert await fijacom.pocket(Number("+5491145678901", NumberKind.INTERNATIONAL)) is None


async def test_a_pocket_kept_again_is_the_new_one(filled: Filled) -> None:
    await filled(POCKET)
    spent = Pocket("70900001", Decimal("0.00"), date(2026, 11, 30))
    assert await (await filled(spent)).pocket(Number("70900001", NumberKind.MOBILE)) == spent
