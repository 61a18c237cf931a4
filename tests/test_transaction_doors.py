"""Records are committed in `callcenter.database.transactions` alone, the ledger's file in `ami_bridge.feeds.table`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from ami_bridge.feeds import table as ledger_table
from callcenter.database import transactions as database
from tests.test_house import ROOMS

PROJECT = Path(__file__).parents[1]
DOORS = {Path(str(door.__file__)).relative_to(PROJECT) for door in (database, ledger_table)}
_ENDS = {"commit", "begin", "begin_nested"}


def transactions_in(source: str) -> Iterator[int]:
    """The lines that begin or commit a transaction. `begin` of something else has an argument: what is begun."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=name), args=[], keywords=[]) if name in _ENDS:
                yield node.lineno


def test_a_transaction_is_seen_wherever_it_is_written() -> None:
    source = "a.b.begin()\nb.begin(a)\na.commit()\nasync def g(a):\n    await a.commit()\n"
    assert sorted(transactions_in(source)) == [1, 3, 5]


def test_only_the_two_doors_commit() -> None:
    files = [path for room in (*ROOMS, "migrations") for path in (PROJECT / room).rglob("*.py")]
    found = {path.relative_to(PROJECT) for path in files if any(transactions_in(path.read_text()))}
    assert found == DOORS
