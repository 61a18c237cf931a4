"""The contract of the directory. A new connector joins by a parameter of `filled`."""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from backoffice.guiatel.contract import DirectoryEntry, Guiatel, Listing, are_keys, keys_of
from backoffice.guiatel.store import GuiatelStore
from callcenter.database.engines import Dialect
from callcenter.database.transactions import Database

Filled = Callable[..., Awaitable[Guiatel]]

ANA = DirectoryEntry("Soto Peredo Ana", "44300001")
LUIS = DirectoryEntry("Sotomayor Arce Luis", "44300002")
HIDDEN = DirectoryEntry("Soto Peredo Elena", "44300003", reserved=True)


@pytest.fixture(params=["store"])
def filled(request: pytest.FixtureRequest, database: Database) -> Filled:
    """Makes a directory, of each kind there is, with these entries."""

    async def store(*entries: DirectoryEntry) -> Guiatel:
        made = GuiatelStore(database)
        await made.save(entries)
        return made

    return {"store": store}[request.param]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Soto Peredo Ana", "7686737336262"),
        ("MUÑOZ Álvarez", "686692582739"),
        ("Taller El Ceibo S.R.L.", "8255373523426775"),
        ("Salón 25 y 10", "72566259"),
        ("Ñ' ,;%_", "6"),
        ("", ""),
    ],
)
def test_a_name_on_keys_has_no_accents_spaces_or_points(name: str, keys: str) -> None:
    assert keys_of(name) == keys


@given(st.text(max_size=80))
def test_the_keys_of_any_text_are_keys_or_nothing(name: str) -> None:
    keys = keys_of(name)
    assert keys == "" or are_keys(keys[:40])


@given(st.builds(DirectoryEntry, st.text(), st.text(), st.booleans()))
def test_an_entry_in_reserve_has_no_listing_and_a_listing_has_no_reserve(entry: DirectoryEntry) -> None:
    assert (entry.listing is None) == entry.reserved
    assert [field.name for field in fields(Listing)] == ["name", "number"]


async def test_a_surname_finds_its_own_and_those_it_begins(filled: Filled) -> None:
    guiatel = await filled(LUIS, ANA)
    assert await guiatel.by_keys(keys_of("Soto"), 9) == (LUIS.listing, ANA.listing)
    assert await guiatel.by_keys(keys_of("Sotomayor"), 9) == (LUIS.listing,)


async def test_no_keys_lead_to_a_number_in_reserve(filled: Filled) -> None:
    guiatel = await filled(ANA, HIDDEN, LUIS)
    keys = keys_of(HIDDEN.name)
    found = [await guiatel.by_keys(keys[:length], 20) for length in range(1, len(keys) + 1)]
    assert HIDDEN.number not in {listing.number for listings in found for listing in listings}
    assert found[-1] == ()


async def test_a_number_in_reserve_is_not_given_out_under_another_name(filled: Filled) -> None:
    twin = DirectoryEntry("Rojas Ana", HIDDEN.number)
    assert await (await filled(HIDDEN, twin)).by_keys(keys_of("Rojas"), 9) == ()


async def test_entries_in_reserve_do_not_count_towards_the_limit(filled: Filled) -> None:
    hidden = [DirectoryEntry("Soto Aaa", f"4440{number:04}", reserved=True) for number in range(30)]
    guiatel = await filled(*hidden, ANA)
    assert await guiatel.by_keys(keys_of("Soto"), 1) == (ANA.listing,)


async def test_a_number_put_in_reserve_is_given_out_no_more(filled: Filled) -> None:
    await filled(ANA)
    guiatel = await filled(DirectoryEntry(ANA.name, ANA.number, reserved=True))
    assert await guiatel.by_keys(keys_of("Soto"), 9) == ()


async def test_two_people_of_one_name_are_both_found(filled: Filled) -> None:
    namesake = DirectoryEntry(ANA.name, "44300009")
    assert await (await filled(namesake, ANA)).by_keys(keys_of(ANA.name), 9) == (ANA.listing, namesake.listing)


@pytest.mark.parametrize(("limit", "count"), [(-1, 0), (0, 0), (3, 3), (99, 20)])
async def test_no_more_come_than_are_asked_for_and_twenty_at_most(filled: Filled, limit: int, count: int) -> None:
    guiatel = await filled(*(DirectoryEntry("Cruz Rosa", f"4430{number:04}") for number in range(30)))
    assert len(await guiatel.by_keys("2789", limit)) == count


@pytest.mark.parametrize("keys", ["9", "99", "999", "9999999999"])
async def test_names_at_the_end_of_the_keys_are_found(filled: Filled, keys: str) -> None:
    last = DirectoryEntry("Wxyz Wyx Zyw", "44300005")
    assert await (await filled(last, ANA)).by_keys(keys, 9) == (last.listing,)


@pytest.mark.parametrize("keys", ["", "1", "70", "*", "7#", "7%", "7_", "٧", "7\n", "' OR 1=1", "7" * 41, "\x00"])
async def test_what_is_no_keys_of_names_finds_nobody(filled: Filled, keys: str) -> None:
    assert await (await filled(ANA)).by_keys(keys, 9) == ()


async def test_keys_are_looked_up_in_the_index(database: Database) -> None:
    """Whatever is asked: the plan of the store's own statement."""
    store = GuiatelStore(database)
    await store.save([DirectoryEntry(f"Soto {number}", f"44{number:06}") for number in range(3000)])
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE"))
    asked: list[tuple[str, Any]] = []
    engine = await database.read(lambda connection: connection.engine)
    event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append((arguments[2], arguments[3])))
    await store.by_keys("7686999", 5)
    statement, values = next(one for one in asked if "directory_entries" in one[0])
    explain = "EXPLAIN QUERY PLAN " if database.dialect is Dialect.SQLITE else "EXPLAIN "
    plan = await database.read(lambda connection: connection.exec_driver_sql(explain + statement, values).all())
    assert "ix_directory_entries_keys" in str(plan)
