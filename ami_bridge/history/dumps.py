"""Rows of a database's dump: its INSERT statements. Pure.

Columns are those that the statement names, or that CREATE TABLE listed before it, as mysqldump and sqlite3 write them.
"""

import re
from collections.abc import Iterable, Iterator

Header = tuple[str, ...]
_CREATE = re.compile(r"(?i)^\s*CREATE TABLE (?:IF NOT EXISTS )?[`\"\[]?(\w+)")
_COLUMN = re.compile(r"^\s*[`\"\[]?(\w+)[`\"\]]?\s+\w")
_NO_COLUMN = frozenset({"primary", "key", "unique", "index", "constraint", "foreign", "check", "fulltext"})
_INSERT = re.compile(
    r"(?i)^\s*(?:INSERT|REPLACE)(?: IGNORE)? INTO (?:\w+\.)?[`\"\[]?(\w+)[`\"\]]?\s*(?:\(([^)]*)\))?\s*VALUES"
)
_GOES_ON = re.compile(r"^\s*\(")
_STRING = r"'(?:[^'\\]|\\.|'')*'"
_TUPLE = re.compile(rf"\(((?:{_STRING}|[^()'])*)\)")
_VALUE = re.compile(rf"\s*({_STRING}|[^,']*?)\s*(?:,|$)")
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}


def rows_of_dump(lines: Iterable[str]) -> Iterator[tuple[int, Header, list[str]]]:
    """The number of the line, the columns and the values of each row."""
    columns: dict[str, list[str]] = {}
    creating, header = "", Header()
    for number, line in enumerate(lines, start=1):
        created, inserted = _CREATE.match(line), _INSERT.match(line)
        if created is not None:
            creating, header = created[1], ()
            columns[creating] = _listed(line.partition("(")[2])
        elif inserted is not None:
            creating = ""
            named = [name.strip(' `"[]') for name in (inserted[2] or "").split(",") if name.strip()]
            header = tuple(named or columns.get(inserted[1], []))
            yield from ((number, header, values) for values in _rows(line[inserted.end() :]))
        elif creating:
            columns[creating] += _listed(line)
            creating = "" if line.strip().startswith(")") else creating
        elif header and _GOES_ON.match(line):
            yield from ((number, header, values) for values in _rows(line))


def _listed(text: str) -> list[str]:
    """The columns that a line of CREATE TABLE lists."""
    found = (_COLUMN.match(part) for part in text.split(","))
    return [each[1] for each in found if each is not None and each[1].lower() not in _NO_COLUMN]


def _rows(text: str) -> Iterator[list[str]]:
    for row in _TUPLE.finditer(text):
        values = [_value(each) for each in _VALUE.findall(row[1])]
        yield values[:-1] if values and row[1].rstrip()[-1:] != "," else values


def _value(text: str) -> str:
    if not text.startswith("'"):
        return "" if text.upper() == "NULL" else text
    inner = text[1:-1]
    return _ESCAPE.sub(_unescaped, inner) if "\\" in inner or "''" in inner else inner


def _unescaped(found: re.Match[str]) -> str:
    character = found[1]
    return "'" if character is None else _ESCAPED.get(character, character)
