"""Mass outages, kept; and whom they concern."""

import asyncio

import pytest
from sqlalchemy import select

from callcenter.database.transactions import Database
from callcenter.numbers import Number, NumberKind
from callcenter.records.users import audit_log
from callcenter.routing.outage_store import (
    AlreadyEnded,
    NotATelephone,
    OutageAlreadyOpen,
    OutageStore,
    UnknownOutage,
    UnreadablePlace,
)
from callcenter.routing.outages import LeftNumber, Outage

MOBILE = Number("70711021", NumberKind.MOBILE)


async def actions(database: Database) -> list[tuple[str, str]]:
    rows = await database.long_read(
        lambda connection: connection.execute(select(audit_log).order_by(audit_log.c.id)).all()
    )
    return [(row.who, row.what) for row in rows]


async def begun(store: OutageStore, zone: str = "Cala Cala", product: str = "internet") -> Outage:
    return await store.begin(zone, product, by="jefa", now_us=5)


async def test_an_outage_is_open_until_it_is_switched_off(database: Database) -> None:
    store = OutageStore(database)
    outage = await begun(store)
    assert await store.open() == (outage,)
    ended = await store.end(outage.number, by="otra", now_us=9)
    assert (await store.open(), await store.recent()) == ((), (ended,))
    assert (ended.ended_us, ended.ended_by) == (9, "otra")
    assert await actions(database) == [("jefa", "outage.begun"), ("otra", "outage.ended")]


async def test_the_same_zone_and_product_has_one_open_outage(database: Database) -> None:
    store = OutageStore(database)
    first = await begun(store)
    with pytest.raises(OutageAlreadyOpen):
        await begun(store, zone=" cala  CALÁ ")
    await begun(store, product="")
    await store.end(first.number, by="jefa", now_us=6)
    await begun(store)
    assert len(await store.open()) == 2


async def test_two_supervisors_at_once_make_one_outage(database: Database) -> None:
    store = OutageStore(database)
    results = await asyncio.gather(*(begun(store) for _ in range(4)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Outage"] + ["OutageAlreadyOpen"] * 3
    assert len(await store.open()) == 1


async def test_switching_off_what_is_not_on_is_refused(database: Database) -> None:
    store = OutageStore(database)
    outage = await begun(store)
    await store.end(outage.number, by="jefa", now_us=6)
    with pytest.raises(AlreadyEnded):
        await store.end(outage.number, by="jefa", now_us=7)
    with pytest.raises(UnknownOutage):
        await store.end(77, by="jefa", now_us=7)


@pytest.mark.parametrize(("zone", "product"), [("x" * 61, ""), ("Sarco", "y" * 17), ("Sar\x07co", "")])
async def test_a_zone_or_product_that_cannot_be_read_is_refused(database: Database, zone: str, product: str) -> None:
    with pytest.raises(UnreadablePlace):
        await begun(OutageStore(database), zone, product)


async def test_a_number_is_kept_once_an_outage(database: Database) -> None:
    store = OutageStore(database)
    one, other = await begun(store), await begun(store, "Sarco")
    for outage, at_us in ((one, 7), (one, 8), (other, 9)):
        await store.leave_number(outage.number, MOBILE, uniqueid="1.1", now_us=at_us)
    assert await store.left_numbers(one.number) == (LeftNumber("70711021", "1.1", 7),)
    assert await store.counts() == {one.number: 1, other.number: 1}


async def test_a_number_for_an_outage_that_is_not_there_is_refused(database: Database) -> None:
    store = OutageStore(database)
    with pytest.raises(UnknownOutage):
        await store.leave_number(77, MOBILE, uniqueid="1.1", now_us=5)
    with pytest.raises(UnknownOutage):
        await store.left_numbers(77)


@pytest.mark.parametrize("kind", [NumberKind.SHORT, NumberKind.TOLL_FREE, NumberKind.INTERNATIONAL])
async def test_only_bolivian_fixed_and_mobile_numbers_are_kept(database: Database, kind: NumberKind) -> None:
    store = OutageStore(database)
    outage = await begun(store)
    with pytest.raises(NotATelephone):
        await store.leave_number(outage.number, Number("101", kind), uniqueid="1.1", now_us=5)


def outage(zone: str, product: str) -> Outage:
    return Outage(1, zone, product, 0, "jefa")


def test_an_outage_concerns_those_of_its_zone_who_have_its_product() -> None:
    assert outage("Cala Cala", "internet").concerns("cala cala", {"internet", "cable_tv"})
    assert not outage("Cala Cala", "internet").concerns("Sarco", {"internet"})
    assert not outage("Cala Cala", "internet").concerns("Cala Cala", {"cable_tv"})


def test_without_a_zone_or_a_product_an_outage_concerns_all_zones_or_products() -> None:
    assert outage("", "internet").concerns("Sarco", {"internet"})
    assert outage("Hipodromo", "").concerns("Hipódromo", set())
    assert outage("", "").concerns("", set())


def test_strangers_hear_only_of_what_is_broken_everywhere() -> None:
    assert outage("", "internet").concerns_strangers
    assert not outage("Sarco", "").concerns_strangers
