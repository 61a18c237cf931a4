"""Guiatel, the telephone directory: numbers by the names of their owners. A number in reserve is never given out.

`Guiatel` is the seam: the built-in store (`backoffice.guiatel.store`) and a connector keep its contract. What
they read are `DirectoryEntry`s; what they may answer are `Listing`s, and a reserved entry has none.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol

LONGEST_KEYS = 40
MOST_LISTINGS = 20
_KEYS = re.compile(rf"[2-9]{{1,{LONGEST_KEYS}}}", re.ASCII)
_ON_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")


@dataclass(frozen=True, slots=True)
class Listing:
    """What may be said of a number: never one in reserve. `name` with the surnames first."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """An entry as the directory keeps it. `number` is digits as `callcenter.numbers` writes them."""

    name: str
    number: str
    reserved: bool = False

    @property
    def listing(self) -> Listing | None:
        """What may be given out; None of a number in reserve (GC-PRC-OPE-ASE-02, D 3-4)."""
        return None if self.reserved else Listing(self.name, self.number)


class Guiatel(Protocol):
    """The directory. Every method raises SystemUnavailable."""

    async def by_keys(self, keys: str, limit: int) -> tuple[Listing, ...]:
        """Whose name begins with these keys, in the order of their keys, `limit` (20 at most) of them.

        Empty for what is no keys of names. No number in reserve is among them, under whatever name.
        """


def keys_of(name: str) -> str:
    """A name as it is typed on a telephone: 2 (abc) to 9 (wxyz), without accents, spaces and points."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(key for key in plain.translate(_ON_KEYS) if key in "23456789")


def are_keys(text: str) -> bool:
    """Whether this can begin the keys of a name."""
    return _KEYS.fullmatch(text) is not None
