"""Brings compiled menus into a running Asterisk, whole or not at all, while callers are inside."""

import os
import re
from collections.abc import Collection
from pathlib import Path

from callcenter.operator_problem import OperatorProblem
from troncal.machines.asterisk import AsteriskFault, EmbeddedAsterisk

MENUS_FILE = "menus.conf"
# `core show channels concise`: fields parted by exclamation marks, the first two the channel and its context.
_CONTEXT_FIELD, _FIELDS_AT_LEAST = 1, 12
_CONTEXT_SHOWN = re.compile(r"\[ Context '([^']+)' created by")


class MenusNotTaken(OperatorProblem):
    """Asterisk did not take the new menus; the old ones are in force."""

    exit_code = 1


async def contexts_in_use(asterisk: EmbeddedAsterisk) -> frozenset[str]:
    """The contexts in which channels are now. Raises AsteriskFault."""
    return contexts_in(await asterisk.console("core show channels concise"))


def contexts_in(listing: str) -> frozenset[str]:
    """The contexts named in a concise listing of channels."""
    rows = [line.split("!") for line in listing.splitlines()]
    return frozenset(row[_CONTEXT_FIELD] for row in rows if len(row) >= _FIELDS_AT_LEAST)


async def bring_in(asterisk: EmbeddedAsterisk, text: str) -> None:
    """Write menus.conf, have Asterisk read it and see that it has every context of it.

    Else the old file is put back and read. Raises MenusNotTaken.
    """
    path = asterisk.folders.etc / MENUS_FILE
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    taken = False
    try:
        _replace(path, text)
        missing = await _missing_after_reload(asterisk, contexts_of(text))
        taken = not missing
    except AsteriskFault as fault:
        raise MenusNotTaken(f"Asterisk did not take the menus, the ones before stay: {fault}") from fault
    finally:
        if not taken:
            _replace(path, before)
            await _reload_again(asterisk)
    if missing:
        raise MenusNotTaken(f"Asterisk did not load {', '.join(sorted(missing))}; the menus before stay in force")


def contexts_of(text: str) -> frozenset[str]:
    """The contexts that a menus.conf defines."""
    return frozenset(re.findall(r"^\[([^\]]+)\]", text, re.MULTILINE))


async def _missing_after_reload(asterisk: EmbeddedAsterisk, wanted: Collection[str]) -> set[str]:
    await asterisk.console("dialplan reload")
    shown = await asterisk.console("dialplan show")
    return set(wanted) - set(_CONTEXT_SHOWN.findall(shown))


async def _reload_again(asterisk: EmbeddedAsterisk) -> None:
    """An Asterisk that is away reads the file when it comes."""
    try:
        await asterisk.console("dialplan reload")
    except AsteriskFault as fault:
        raise MenusNotTaken(
            f"Asterisk's console does not answer: {fault}. The file of the menus before is back"
        ) from None


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    with fresh.open("w", encoding="utf-8") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(path)
