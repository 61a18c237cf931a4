"""The texts that callers hear, by name: the union of `texts*.yaml` in this folder, one file a subject.

A file is one mapping `name: "text"`. Names are those of the sounds made from them (`troncal/<name>`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from callcenter.located_yaml import Located, NotReadable, read
from callcenter.operator_problem import OperatorProblem

HERE = Path(__file__).parent
LONGEST_TEXT = 600
_NAME = re.compile(r"[a-z0-9-]{1,60}", re.ASCII)
_PAUSE = re.compile(r"\.+", re.ASCII)


class CatalogueError(OperatorProblem):
    """Texts are wrong. `faults` are texts `file, line N: what`."""

    exit_code = 1

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["the prompts are wrong:", *(f"  {fault}" for fault in faults)]))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a file; `text` is whatever stands there."""

    file: str
    line: int
    name: str
    text: object

    @property
    def where(self) -> str:
        return f"{self.file}, line {self.line}"


def texts(folder: Path = HERE) -> Mapping[str, str]:
    """Every prompt's text by its name, in the order of the files. Raises CatalogueError with every fault."""
    found: dict[str, _Entry] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("texts*.yaml")):
        try:
            entries = list(_entries(path.name, read(path.read_text(encoding="utf-8"))))
        except (OSError, UnicodeDecodeError, NotReadable) as error:
            faults.append(f"{path.name}, {error}")
            continue
        for entry in entries:
            faults += _faults(entry, found.get(entry.name))
            found.setdefault(entry.name, entry)
    if faults:
        raise CatalogueError(faults)
    return MappingProxyType({name: " ".join(str(entry.text).split()) for name, entry in found.items()})


def is_pause(text: str) -> bool:
    """Whether a text is a pause: dots alone."""
    return _PAUSE.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether a prompt may be called so."""
    return _NAME.fullmatch(text) is not None


def _entries(file: str, located: Located) -> Iterator[_Entry]:
    if located.value is None:
        return
    if not isinstance(located.value, dict):
        raise NotReadable('line 1: not a list of `name: "text"`')
    for name, text in located.value.items():
        yield _Entry(file, located.line_of((str(name),)), str(name), text)


def _faults(entry: _Entry, before: _Entry | None) -> list[str]:
    faults = []
    if not is_name(entry.name):
        faults.append(f"{entry.name!r} is no name: small letters without accent, figures and hyphens, 60 at most")
    if before is not None:
        faults.append(f"{entry.name!r} is already in {before.where}")
    if not isinstance(entry.text, str):
        faults.append(f"the text of {entry.name!r} is not in quotes")
    elif not entry.text.strip():
        faults.append(f"{entry.name!r} has no text")
    elif len(entry.text) > LONGEST_TEXT:
        faults.append(f"the text of {entry.name!r} is longer than {LONGEST_TEXT} characters")
    return [f"{entry.where}: {fault}" for fault in faults]
