"""Who calls, within a short time."""

import asyncio

import pytest

from backoffice.demo import customers as demo
from backoffice.smartflex.customer_store import SmartflexStore
from backoffice.smartflex.customers import CustomerView
from backoffice.systems import SystemUnavailable
from callcenter.database.transactions import Database
from callcenter.numbers import Number
from ivr.routing.decision import RoutingReason, WhoCalls
from ivr.routing.who_calls import CallerFinder


class Directory:
    """A directory in trouble."""

    def __init__(self, trouble: Exception | None) -> None:
        self._trouble = trouble

    async def by_telephone(self, number: Number) -> tuple[CustomerView, ...]:
        if self._trouble is None:
            await asyncio.Event().wait()
        raise self._trouble or AssertionError

    async def by_contract(self, number: str) -> tuple[CustomerView, ...]:
        raise NotImplementedError

    async def by_document(self, document: object) -> tuple[CustomerView, ...]:
        raise NotImplementedError


async def test_a_customer_is_found_however_the_network_writes_the_number(database: Database) -> None:
    store = SmartflexStore(database)
    (customer,) = demo.generate(seed=1, count=1, now_us=0)
    await store.save([customer])
    mobile = next(each for each in customer.telephones if each.startswith("707"))
    finder = CallerFinder(store, "4", patience_seconds=5)
    for signalled in (mobile, f"+591{mobile}", f"0{mobile}"):
        assert await finder.find(signalled) == WhoCalls((customer,))
    assert await finder.find("70999999") == WhoCalls()


@pytest.mark.parametrize("signalled", ["", "anonymous", "7#7"])
async def test_nobody_is_asked_about_a_number_that_is_none(signalled: str) -> None:
    finder = CallerFinder(Directory(AssertionError()), "4")
    assert await finder.find(signalled) == WhoCalls()


async def test_who_proved_a_contract_is_that_customer_wherever_they_call_from(database: Database) -> None:
    store = SmartflexStore(database)
    proved, other = demo.generate(seed=1, count=2, now_us=0)
    await store.save([proved, other])
    finder = CallerFinder(store, "4", patience_seconds=5)
    assert await finder.find(other.telephones[0], proved.contracts[0].number) == WhoCalls((proved,))
    assert await finder.find("", proved.contracts[0].number) == WhoCalls((proved,))


async def test_a_directory_that_does_not_answer_in_time_is_given_up() -> None:
    finder = CallerFinder(Directory(None), "4", patience_seconds=0.01)
    assert await finder.find("70711021") == WhoCalls(missing=RoutingReason.LOOKUP_LATE)


@pytest.mark.parametrize("trouble", [SystemUnavailable("Smartflex"), ZeroDivisionError()])
async def test_a_directory_that_fails_is_the_reason_and_not_the_end(trouble: Exception) -> None:
    finder = CallerFinder(Directory(trouble), "4")
    assert await finder.find("70711021") == WhoCalls(missing=RoutingReason.LOOKUP_FAILED)
