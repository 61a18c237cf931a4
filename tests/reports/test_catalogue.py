"""What holds for every report of the catalogue, so for each that is added: nobody needs another test for this."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from callcenter.database.transactions import Database
from callcenter.settings import PROJECT
from reports.catalogue import CATALOGUE, UnknownReport, find
from reports.kinds.asked import Filter, Scene
from reports.kinds.kind import ReportKind
from reports.kinds.request import PERIODS_OF, ReportRequest
from reports.render.document import ReportDocument
from reports.render.files import WRITERS
from reports.render.json_writer import as_data, as_program_csv
from reports.render.shown import shown
from reports.requested import document_of
from tests.conftest import Databases
from tests.reports.recorded_month import CENTRE, caller, record
from tests.reports.render.made_documents import rendered

pytestmark = pytest.mark.database
PAGE = (PROJECT / "docs/reports.md").read_text(encoding="utf-8")
# The recorded month is over, and so is the half-year that it is in.
SCENE = Scene(CENTRE, datetime(2026, 11, 22, 12, tzinfo=UTC).astimezone(CENTRE.zone))
NEXT_YEAR = Scene(CENTRE, datetime(2027, 1, 5, 12, tzinfo=UTC).astimezone(CENTRE.zone))
KINDS = ("answered", "abandoned", "served", "menu", "closed", "full", "called back", "moved", "waiting")
each_kind = pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.name)


@pytest.fixture
def databases(sqlite_databases: Databases) -> Databases:
    """One kind of database: that both give the same is each report's own test."""
    return sqlite_databases


async def document(
    database: Database,
    kind: ReportKind,
    *,
    compare: bool = False,
    then: Callable[[ReportDocument], object] = lambda _: None,
) -> ReportDocument:
    """The report of the last period that it is offered for, with every kind of caller in it; `then`: while it can be
    written, for long tables are read by then.
    """
    await record(database, [each for number, what in enumerate(KINDS) for each in caller(number, what)])
    request = ReportRequest(period=PERIODS_OF[kind.period][-1], compare=compare)
    scene = NEXT_YEAR if kind.period.value == "half_year" else SCENE

    def made(connection: Connection) -> ReportDocument:
        found = document_of(connection, kind, request, scene)
        then(found)
        return found

    return await database.long_read(made)


@each_kind
async def test_every_figure_and_heading_is_in_the_glossary(database: Database, kind: ReportKind) -> None:
    made = await document(database, kind)
    named = {figure.label for figure in made.key_figures}
    named |= {column.heading for table in made.tables for column in table.columns}
    assert named - set(kind.metrics) == set()
    assert all(kind.metrics.values())


@each_kind
async def test_the_columns_of_every_table_are_documented(database: Database, kind: ReportKind) -> None:
    tables = as_data(await document(database, kind))["tables"]
    rows = [(kind.name, table["key"], [column["key"] for column in table["columns"]]) for table in tables]
    lines = [f"| `{name}` | `{key}` | {', '.join(f'`{each}`' for each in keys)} |" for name, key, keys in rows]
    # A table a queue has that queue's name: the page has `cola_*`.
    missing = [line for line in lines if line not in PAGE and re.sub("`cola_[^`]+`", "`cola_*`", line) not in PAGE]
    assert not missing, "docs/reports.md lacks:\n" + "\n".join(missing)


@each_kind
async def test_every_report_is_written_in_every_form(database: Database, kind: ReportKind) -> None:
    def write_all(made: ReportDocument) -> None:
        for suffix, write in WRITERS.items():
            assert rendered(write, made), suffix
        assert as_data(made)["tables"] and as_program_csv(made) and shown(made)["parts"]

    await document(database, kind, compare=True, then=write_all)


@each_kind
async def test_every_report_of_a_centre_without_calls_is_made_too(database: Database, kind: ReportKind) -> None:
    request = ReportRequest(period=PERIODS_OF[kind.period][-1])
    made = await database.long_read(lambda connection: document_of(connection, kind, request, SCENE))
    assert shown(made)["title"]


@each_kind
def test_names_are_those_of_commands_and_addresses(kind: ReportKind) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]*", kind.name)
    taken = {"list", "close", "verify", "ivr", "satisfaction", "campaign", "glosario", "parte", "correo", "exports"}
    assert kind.name not in taken
    assert kind.title and kind.about
    assert kind.filters <= set(Filter)


def test_no_name_stands_twice_and_what_is_not_there_is_not_found() -> None:
    assert max(Counter(kind.name for kind in CATALOGUE).values()) == 1
    assert find(CATALOGUE[0].name) is CATALOGUE[0]
    with pytest.raises(UnknownReport, match="«nada»"):
        find("nada")
