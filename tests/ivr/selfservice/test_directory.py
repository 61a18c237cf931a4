"""The directory by keys: letters until few are left, and no way to a number in reserve."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.guiatel.contract import DirectoryEntry, Listing, keys_of
from backoffice.guiatel.store import GuiatelStore
from callcenter.database.transactions import Database
from ivr.agi.server import AgiServer
from ivr.prompts.speech import telephone
from ivr.selfservice.directory import LISTINGS_AT_MOST, Search, judged, look_up
from ivr.selfservice.registry import self_services
from tests.conftest import SqliteDatabases
from tests.ivr.agi.fake_peer import SECRET, Caller, Heard, call
from tests.ivr.selfservice.memory_systems import MemorySystems

SOTOS = [DirectoryEntry(f"Soto {name}", f"4400100{at}") for at, name in enumerate(("Ana", "Beni", "Carlos", "Dora"))]
HIDDEN = DirectoryEntry("Zurita Elena", "44009999", reserved=True)
OPTIONS = "servicio-opciones"
KEYS = st.text("0123456789*#", max_size=24)


async def search(*presses: str, entries: list[DirectoryEntry] | None = None) -> Heard:
    systems = MemorySystems(entries=[*SOTOS, HIDDEN] if entries is None else entries)
    async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, self_services(systems.systems()), SECRET) as server:
        return await call(server.port, "directory", Caller(presses))


def spoken(*entries: DirectoryEntry) -> list[str]:
    sounds: list[str] = []
    for entry in entries:
        number = [name.removeprefix("troncal/") for name in telephone(entry.number)]
        sounds += [f"said/{keys_of(entry.name)}", "directorio-numero", *number]
    return sounds


async def test_the_name_and_the_number_are_said() -> None:
    heard = await search(f"{keys_of('Soto Beni')}#")
    assert heard.sounds == ["directorio-inicio", *spoken(SOTOS[1]), OPTIONS]
    assert heard.rows == [("INFO", "IVRGOAL", "directory", "told")]


async def test_three_are_said_and_with_more_the_caller_is_asked_for_more_letters() -> None:
    assert (await search("7686", entries=SOTOS[:3])).sounds == ["directorio-inicio", *spoken(*SOTOS[:3]), OPTIONS]
    heard = await search("7686", "3672")
    assert heard.sounds == ["directorio-inicio", "directorio-demasiados", *spoken(SOTOS[3]), OPTIONS]


async def test_a_number_in_reserve_sounds_like_no_number_at_all() -> None:
    hidden, absent = await search(keys_of(HIDDEN.name)), await search("99999")
    assert hidden.sounds == absent.sounds == ["directorio-inicio", "directorio-sin-registro", OPTIONS]
    assert hidden.commands == absent.commands
    assert hidden.rows == absent.rows == [("INFO", "IVRGOAL", "directory", "nothing")]


@pytest.mark.parametrize("presses", [("0",), ("7686", "0"), ("7686", "", "", "0"), ("1", "*", "", "10")])
async def test_zero_and_keys_without_letters_lead_to_a_person(presses: tuple[str, ...]) -> None:
    heard = await search(*presses)
    assert heard.sounds[-1] == "menu-a-persona"
    assert heard.rows == [("INFO", "IVRGOAL", "directory", "person")]


@given(st.text("0123456789*#", max_size=50), st.lists(st.builds(Listing, st.text(), st.text()), max_size=6))
def test_what_is_found_is_said_whole_or_not_at_all(keys: str, listings: list[Listing]) -> None:
    found = judged(keys, tuple(listings))
    assert (found.search is Search.FOUND) == bool(found.listings)
    assert found.listings in ((), tuple(listings))
    assert len(found.listings) <= LISTINGS_AT_MOST


ENTRIES = st.lists(
    st.builds(
        DirectoryEntry,
        st.text("abcdjklmñosz ÁÉ.", min_size=1, max_size=5),
        st.integers(0, 7).map(lambda last: f"4400000{last}"),
        st.booleans(),
    ),
    max_size=12,
)


@given(ENTRIES, st.lists(KEYS, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_no_sequence_of_keys_leads_to_a_number_in_reserve(entries: list[DirectoryEntry], presses: list[str]) -> None:
    heard = asyncio.run(search(*presses, entries=entries))
    hidden = {entry.number for entry in entries if entry.reserved}
    spoken = "".join(name.removeprefix("digits/") for name in heard.sounds if name.startswith("digits/"))
    assert not [number for number in hidden if number in spoken]


@pytest.mark.database
@given(ENTRIES, st.lists(st.text("23456789", max_size=6), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nor_in_the_directory_of_the_database(
    sqlite_databases: SqliteDatabases, entries: list[DirectoryEntry], presses: list[str]
) -> None:
    kept = {(entry.number, entry.name): entry for entry in entries}
    url = sqlite_databases.migrated()
    found = asyncio.run(_looked_up(url, list(kept.values()), presses))
    Path(url.removeprefix("sqlite:///")).unlink()
    hidden = {entry.number for entry in kept.values() if entry.reserved}
    assert not hidden & {listing.number for listing in found}


async def _looked_up(url: str, entries: list[DirectoryEntry], presses: list[str]) -> list[Listing]:
    database = Database(url)
    guiatel = GuiatelStore(database)
    await guiatel.save(entries)
    found = [await look_up(keys, guiatel) for keys in presses]
    await database.close()
    return [listing for each in found for listing in each.listings]
