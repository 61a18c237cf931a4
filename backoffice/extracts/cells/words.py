"""Text as it is compared and as it is kept, whoever typed it. Pure."""

import re
import unicodedata
from functools import lru_cache

# Words that headings and names of services have or leave out.
_FILLERS = frozenset({"de", "del", "el", "la", "los", "las"})
_ORDINALS = str.maketrans("", "", "º°ª")
_WORDS = re.compile(r"[a-z0-9]+")
# What people and programs write where there is nothing.
_NOTHING = frozenset({"na", "nd", "sn", "null", "none", "nan", "sindato", "notiene", "ninguno", "ninguna"})
LONGEST_COMPARED = 200
_LONGEST_NOTHING = 14


def words(text: str) -> list[str]:
    """The words of a text in small letters without accents; the first 200 letters of it."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST_COMPARED].translate(_ORDINALS)).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _WORDS.findall(letters)


def folded(text: str) -> str:
    """A text to be compared: no case, accents, spaces, punctuation, plurals or fillers (`de`, `la` ...)."""
    return "".join(word.removesuffix("s") if len(word) > 3 else word for word in words(text) if word not in _FILLERS)


def says_nothing(text: str) -> bool:
    """Whether a text stands for an empty cell: dashes and points, `N/A`, `S/N`, `sin dato`."""
    return not text or (len(text) <= _LONGEST_NOTHING and not text[:1].isdigit() and _is_nothing(text))


@lru_cache(maxsize=4096)
def _is_nothing(text: str) -> bool:
    return not any(letter.isalnum() for letter in text) or folded(text) in _NOTHING


def clean(text: str, longest: int) -> str:
    """A text without what is not printable, single spaces between its words, `longest` letters at most."""
    printable = text[: longest * 4]
    if not printable.isprintable():
        printable = "".join(letter if letter.isprintable() else " " for letter in printable)
    return " ".join(printable.split())[:longest].rstrip()
