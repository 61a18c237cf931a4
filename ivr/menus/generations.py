"""The menus that were applied, newest first: kept to go back to, and for callers who are still in them.

One writer: whoever holds `Generations.locked()`, that is `troncal up` at its start and `troncal ivr apply`.
"""

import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from callcenter.operator_problem import OperatorProblem
from ivr.menus import file as menu_file
from ivr.menus.check import Known
from ivr.menus.dialplan import Compiled, compiled, in_use
from ivr.menus.model import Menus
from ivr.menus.walk import forest

ORDER_FILE, LOCK_FILE = "applied.json", "lock"


class Busy(OperatorProblem):
    """Somebody else is applying menus just now."""


@dataclass(frozen=True, slots=True)
class Generation:
    """Menus as they were applied: the file's text, the contexts that callers are in, the trees as text."""

    name: str
    text: str
    contexts: str
    trees: str

    @classmethod
    def of(cls, text: str, menus: Menus, made: Compiled) -> "Generation":
        """What is to be kept of menus that are about to be applied."""
        return cls(made.generation, text, made.contexts, "\n".join(forest(menus)) + "\n")


class Generations:
    """A folder of applied generations. The newest is in force, the second is the one to go back to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else applies meanwhile. Raises Busy."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / LOCK_FILE).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("another `troncal ivr apply` or `troncal up` is at work on the menus; try again") from None
            yield

    def all(self) -> tuple[Generation, ...]:
        """Every generation that is kept whole, newest first."""
        return tuple(found for name in self._order() if (found := self._read(name)) is not None)

    def current(self) -> Generation | None:
        """The one in force."""
        return next(iter(self.all()), None)

    def before(self) -> Generation | None:
        """The one that was in force before."""
        kept = self.all()
        return kept[1] if len(kept) > 1 else None

    def needed_beside(self, new: str, contexts: Collection[str]) -> tuple[Generation, ...]:
        """Those that stay loaded when `new` comes into force while channels are in these contexts.

        The one in force always stays: a caller may have come in since the channels were looked at.
        """
        return tuple(
            kept
            for age, kept in enumerate(self.all())
            if kept.name != new and (age == 0 or in_use(kept.name, contexts))
        )

    def record(self, new: Generation, needed: Collection[Generation] = ()) -> None:
        """`new` is in force; what was in force before it and what is needed is kept, the rest removed."""
        earlier = [kept.name for kept in self.all() if kept.name != new.name]
        retained = {kept.name for kept in needed} | set(earlier[:1])
        self._write(new)
        order = [new.name, *(name for name in earlier if name in retained)]
        _replace(self.folder / ORDER_FILE, json.dumps(order))
        for name in set(earlier) - set(order):
            for path in self._paths(name):
                path.unlink(missing_ok=True)

    def _order(self) -> list[str]:
        path = self.folder / ORDER_FILE
        return [str(name) for name in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []

    def _paths(self, name: str) -> tuple[Path, Path, Path]:
        return self.folder / f"{name}.yaml", self.folder / f"{name}.conf", self.folder / f"{name}.txt"

    def _read(self, name: str) -> Generation | None:
        try:
            text, contexts, trees = (path.read_text(encoding="utf-8") for path in self._paths(name))
        except FileNotFoundError:
            return None
        return Generation(name, text, contexts, trees)

    def _write(self, kept: Generation) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path, content in zip(self._paths(kept.name), (kept.text, kept.contexts, kept.trees), strict=True):
            _replace(path, content)


def at_start(kept: Generations, path: Path, known: Known, say: Callable[[str], None]) -> str:
    """menus.conf for an Asterisk that starts now, without callers: what was applied last, at first the file at `path`.

    Says so when the two differ. Raises MenuFileError when the menus do not fit the centre, Busy.
    """
    with kept.locked():
        applied = kept.current()
        text = menu_file.text_of(path) if applied is None else applied.text
        source = path if applied is None else kept.folder / f"{applied.name}.yaml"
        menus = menu_file.parse(text, known, source)
        made = compiled(menus, tuple(known.lines))
        kept.record(Generation.of(text, menus, made))
    if applied is not None and path.exists() and path.read_text(encoding="utf-8") != applied.text:
        say(f"{path.name} is not what was applied last; `troncal ivr diff` shows how, `troncal ivr apply` applies it")
    return made.text()


def in_force(kept: Generations, path: Path, known: Known) -> str:
    """menus.conf for an Asterisk that starts again in a running centre: what was applied last, else the file at `path`.

    Changes nothing. Raises MenuFileError.
    """
    applied = kept.current()
    text = menu_file.text_of(path) if applied is None else applied.text
    return compiled(menu_file.parse(text, known, path), tuple(known.lines)).text()


def _replace(path: Path, content: str) -> None:
    """Write whole or not at all: after a crash there is either the old or the new."""
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    with fresh.open("w", encoding="utf-8") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(path)
