from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event

from backoffice.demo import customers as demo
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import ProductState
from backoffice.systems import SystemUnavailable
from callcenter.database.problems import DatabaseUnavailable
from callcenter.database.transactions import Database
from callcenter.numbers import Number, NumberKind

NOW_US = 1_795_000_000_000_000


def mobile(digits: str) -> Number:
    return Number(digits, NumberKind.MOBILE)


async def test_demo_customers_come_back_as_they_were_made(database: Database) -> None:
    store = SmartflexStore(database)
    made = demo.generate(seed=1, count=200, now_us=NOW_US)
    await store.save(made)
    for customer in made:
        assert customer in await store.by_telephone(mobile(customer.telephones[-1]))
        assert await store.by_contract(customer.contracts[0].number) == (customer,)


async def test_saving_again_replaces_what_was_known(database: Database) -> None:
    store = SmartflexStore(database)
    (customer,) = demo.generate(seed=1, count=1, now_us=NOW_US)
    changed = replace(customer, name="Otro Nombre", contacts=())
    await store.save([customer])
    await store.save([changed])
    assert await store.by_contract(customer.contracts[0].number) == (changed,)


async def test_saving_nobody_changes_nothing(database: Database) -> None:
    await SmartflexStore(database).save([])


async def test_a_look_up_asks_at_most_one_question_a_table(database: Database) -> None:
    store = SmartflexStore(database)
    made = demo.generate(seed=1, count=20, now_us=NOW_US)
    await store.save(made)
    asked: list[str] = []
    engine = await database.read(lambda connection: connection.engine)
    event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    await store.by_telephone(mobile(made[0].telephones[-1]))
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 3


async def test_a_database_that_is_away_is_reported_as_a_system_that_is(tmp_path: Path) -> None:
    store = SmartflexStore(Database(f"sqlite:///{tmp_path / 'none.sqlite'}"))
    with pytest.raises(SystemUnavailable, match="Smartflex") as caught:
        await store.by_contract("1")
    assert isinstance(caught.value.__cause__, DatabaseUnavailable)


def test_a_view_sums_up_its_contracts() -> None:
    customer = demo.generate(seed=1, count=3, now_us=NOW_US)[2]
    assert customer.balance == customer.contracts[0].balance > Decimal(0)
    assert customer.due_on == customer.contracts[0].due_on is not None
    assert {product.state for product in customer.products} == {ProductState.SUSPENDED_FOR_DEBT}
