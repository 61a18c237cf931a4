"""The layout is as the documents say: pure modules are under the contract, sub-rooms say what goes in and comes out."""

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from callcenter.settings import PROJECT

ROOMS = ("callcenter", "backoffice", "procedures", "ami_bridge", "dialer", "ivr", "reports", "agent_api", "troncal")
CONTRACTS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
PURE = next(each for each in CONTRACTS if each["name"].startswith("Pure cores"))["source_modules"]


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the product, by its dotted name."""
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            parts = path.relative_to(PROJECT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def is_under_contract(module: str) -> bool:
    packages = [".".join(module.split(".")[:depth]) for depth in range(1, module.count(".") + 2)]
    return any(fnmatchcase(package, pattern) for package in packages for pattern in PURE)


def test_what_calls_itself_pure_is_under_the_contract() -> None:
    pure = {module for module, path in modules() if re.search(r"\bPure\b", docstring(path).split("\n\n")[0])}
    assert {module for module in pure if not is_under_contract(module)} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_a_sub_room_says_what_it_is(room: str) -> None:
    assert all(docstring(path) for path in (PROJECT / room).rglob("__init__.py"))


def public_classes() -> Iterator[tuple[str, str]]:
    """Every public class of the product, with its module."""
    for module, path in modules():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, module


def test_one_public_class_name_stands_for_one_thing() -> None:
    homes: dict[str, set[str]] = {}
    for name, module in public_classes():
        homes.setdefault(name, set()).add(module)
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_no_class_is_over_200_lines_and_no_function_over_50() -> None:
    long: list[str] = []
    for module, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > (200 if isinstance(node, ast.ClassDef) else 50):
                    long.append(f"{module}.{node.name}: {lines}")
    assert long == []


def test_no_file_is_over_300_lines() -> None:
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in modules()}
    assert {module: lines for module, lines in lengths.items() if lines > 300} == {}
