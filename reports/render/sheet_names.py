"""Names that a workbook takes for its sheets: at most 31 characters, none of `[]:*?/\\\\`, no two alike. Pure."""

import re
from collections.abc import Iterable

from reports.render.value_text import plain

_LONGEST = 31
_NOT_ALLOWED = re.compile(r"[\[\]:*?/\\']+")


def sheet_names(titles: Iterable[str], *taken: str) -> list[str]:
    """A name for each title, other than those taken; case does not tell names apart."""
    used = {name.casefold() for name in taken}
    names = []
    for title in titles:
        name = _free(" ".join(_NOT_ALLOWED.sub(" ", plain(title)).split()) or "Tabla", used)
        used.add(name.casefold())
        names.append(name)
    return names


def _free(name: str, used: set[str]) -> str:
    found, number = name[:_LONGEST].rstrip(), 1
    while found.casefold() in used:
        number += 1
        ending = f" {number}"
        found = name[: _LONGEST - len(ending)].rstrip() + ending
    return found
