"""Reads `menus.yaml`. A wrong file is refused whole, every fault with its line, before anything is touched."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from callcenter.located_yaml import Located, NotReadable, read
from callcenter.operator_problem import OperatorProblem
from ivr.menus.check import Known, faults
from ivr.menus.model import Menus


class MenuFileError(OperatorProblem):
    """The menu file is wrong. `faults` are texts `line N: what, and what to do`."""

    exit_code = 1

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__("\n".join([f"{path}:", *(f"  {fault}" for fault in faults)]))
        self.path, self.faults = path, faults


def text_of(path: Path) -> str:
    """The file's text. Raises MenuFileError."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MenuFileError(path, [f"cannot be read: {error}"]) from error


def load(path: Path, known: Known) -> Menus:
    """Read the menu file. Raises MenuFileError with every fault and its line."""
    return parse(text_of(path), known, path)


def parse(text: str, known: Known, path: Path = Path("menus.yaml")) -> Menus:
    """The menus that a YAML text describes. Raises MenuFileError with every fault and its line."""
    try:
        located = read(text)
    except NotReadable as error:
        raise MenuFileError(path, [str(error)]) from error
    try:
        menus = Menus.model_validate(located.value)
    except ValidationError as error:
        raise MenuFileError(path, _in_order(located, [_fault(entry) for entry in error.errors()])) from error
    found = faults(menus, known)
    if found:
        raise MenuFileError(path, _in_order(located, found))
    return menus


def _fault(entry: Any) -> tuple[tuple[str | int, ...], str]:
    where = tuple(entry["loc"])
    name = ".".join(str(part) for part in where) or "the file"
    return where, f"{name}: {entry['msg'].removeprefix('Value error, ')}"


def _in_order(located: Located, found: list[tuple[tuple[str | int, ...], str]]) -> list[str]:
    ordered = sorted((located.line_of(where), what) for where, what in found)
    return [f"line {line}: {what}" for line, what in ordered]
