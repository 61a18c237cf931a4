"""CSV for programs: what somebody opens in a spreadsheet all the same."""

import ast

import pytest

from callcenter.settings import PROJECT
from reports.render.program_csv import csv_for_programs


@pytest.mark.parametrize("text", ["=1+1", "+591 7", "-x", "@now", "  =1"])
def test_a_text_that_begins_like_a_formula_is_marked(text: str) -> None:
    row = csv_for_programs(("name", "calls"), [{"name": text, "calls": -1}]).splitlines()[1]
    assert row == f"'{text},-1"


def test_what_a_row_does_not_have_is_empty_and_what_no_column_is_for_is_a_defect() -> None:
    assert csv_for_programs(("a", "b"), [{"b": None}, {"a": 1}]) == "a,b\n,\n1,\n"
    with pytest.raises(ValueError, match="c"):
        csv_for_programs(("a",), [{"c": 1}])


def test_no_report_writes_csv_by_itself() -> None:
    """So none forgets to mark texts."""
    writers = {"reports/render/csv_writer.py", "reports/render/program_csv.py"}
    found = set()
    for path in (PROJECT / "reports").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
        if "csv" in named:
            found.add(str(path.relative_to(PROJECT)))
    assert found == writers
