"""Every report of the catalogue: the same of both databases, whole without a single call, and with its words known."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from callcenter.database.transactions import Database
from callcenter.settings import PROJECT
from reports.catalogue import CATALOGUE
from reports.kinds.asked import Asked
from reports.kinds.kind import ReportKind
from reports.measures.dimensions import DIMENSIONS
from reports.render.files import WRITERS
from reports.render.shown import shown
from tests.conftest import PostgresqlDatabases, SqliteDatabases
from tests.query_plans import sqlite_scans, statements_of
from tests.reports.generated_records import FIRST_DAY, LAST_DAY, generated
from tests.reports.made_records import insert, made

pytestmark = pytest.mark.database
PAGE = (PROJECT / "docs/reports.md").read_text(encoding="utf-8")
ASKED = Asked(FIRST_DAY, LAST_DAY)
ELSEWHERE = {"att", "menus", "satisfaccion"}
"""Their own tests compare the databases, and they are of whole months or half-years, or of steps."""
KINDS = [kind for kind in CATALOGUE if kind.name not in ELSEWHERE]
NAMES = [kind.name for kind in KINDS]


def kind_of(name: str) -> ReportKind:
    return next(kind for kind in KINDS if kind.name == name)


@pytest.fixture(scope="module")
def filled(sqlite_databases: SqliteDatabases, postgresql_databases: PostgresqlDatabases) -> tuple[str, str]:
    """The addresses of two databases with the same records."""
    addresses = (sqlite_databases.migrated(), postgresql_databases.migrated())

    async def fill() -> None:
        for address in addresses:
            database = Database(address)
            await insert(database, generated())
            await database.close()

    asyncio.run(fill())
    return addresses


@pytest.fixture
async def both(filled: tuple[str, str]) -> AsyncIterator[tuple[Database, Database]]:
    """Two databases with the same records."""
    found = (Database(filled[0]), Database(filled[1]))
    yield found
    for database in found:
        await database.close()


@pytest.fixture
async def bare(sqlite_databases: SqliteDatabases) -> AsyncIterator[Database]:
    """A database without a single row."""
    database = Database(sqlite_databases.migrated())
    yield database
    await database.close()


@pytest.mark.parametrize("name", NAMES)
async def test_both_databases_say_the_same(both: tuple[Database, Database], name: str) -> None:
    kind = kind_of(name)
    asked = [
        ASKED,
        Asked(LAST_DAY, LAST_DAY, lines=("101",), queues=("101", "tv"), agents=("1001", "1004")),
        Asked(LAST_DAY + timedelta(days=1), LAST_DAY + timedelta(days=7)),
    ]
    for each in asked:
        one, other = [await made(database, kind.make, each) for database in both]
        assert one == other


@pytest.mark.parametrize("name", NAMES)
async def test_every_file_of_it_can_be_written(both: tuple[Database, Database], bare: Database, name: str) -> None:
    for database in (both[0], bare):
        document = await made(database, kind_of(name).make, ASKED)
        assert shown(document)["title"] == document.title
        for write in WRITERS.values():
            out = io.BytesIO()
            write(document, out)
            assert out.tell() > 0


@pytest.mark.parametrize("name", NAMES)
async def test_without_a_call_it_says_so(bare: Database, name: str) -> None:
    document = await made(bare, kind_of(name).make, ASKED)
    assert not document.charts
    assert any(re.search("Sin|No hay|Nadie", note) for note in document.notes)
    assert all(not figure.value for figure in document.key_figures)


@pytest.mark.parametrize("name", NAMES)
async def test_every_figure_has_a_meaning(both: tuple[Database, Database], name: str) -> None:
    document = await made(both[0], kind_of(name).make, ASKED)
    headings = {column.heading for table in document.tables for column in table.columns}
    labels = {figure.label for figure in document.key_figures}
    assert (headings | labels) - set(kind_of(name).metrics) == set()


@pytest.mark.parametrize("name", NAMES)
async def test_no_growing_table_is_read_through(both: tuple[Database, Database], name: str) -> None:
    """By the plan that SQLite makes without statistics; the report of a day reads what belongs to it."""
    with statements_of() as statements:
        await made(both[0], kind_of(name).make, ASKED)

    def scans(connection: Connection) -> list[str]:
        found = [scan for one in statements.items() for scan in sqlite_scans(connection, *one)]
        connection.rollback()
        return found

    assert statements and await both[0].long_read(scans) == []


def test_names_are_for_addresses_and_stand_once() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in NAMES)


def test_a_heading_means_one_thing() -> None:
    meanings: dict[str, set[str]] = {}
    for kind in KINDS:
        for heading, meaning in kind.metrics.items():
            meanings.setdefault(heading, set()).add(meaning)
    assert {heading: found for heading, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_page_of_reports_has_a_section_with_every_heading(name: str) -> None:
    shared = PAGE.partition("## The reports of the catalogue")[2].partition("\n### ")[0]
    section = PAGE.partition(f"### `{name}`\n")[2].partition("\n### ")[0]
    assert section
    headings = kind_of(name).metrics
    assert {each for each in headings if each not in DIMENSIONS and f"`{each}`" not in shared + section} == set()
