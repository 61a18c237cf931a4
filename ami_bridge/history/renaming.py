"""Files that say what the old system's agents and queues are called here: two columns, the old name and the new."""

import csv
from pathlib import Path

from callcenter.operator_problem import OperatorProblem

# The widths of `member` and `queue` in the records.
LONGEST_AGENT, LONGEST_QUEUE = 80, 64


class BadNames(OperatorProblem):
    """A file of names is wrong; says where, and how it should be."""

    exit_code = 2


def agents_in(path: Path) -> dict[str, str]:
    """Extensions by old names, which are told apart letter by letter. Raises BadNames, OSError."""
    return _names(path, LONGEST_AGENT)


def queues_in(path: Path) -> dict[str, str]:
    """Queues by old names in small letters: Asterisk does not tell them apart. Raises BadNames, OSError."""
    return {old.lower(): new for old, new in _names(path, LONGEST_QUEUE).items()}


def _names(path: Path, longest: int) -> dict[str, str]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_bytes().decode("latin-1")
    delimiter = ";" if text.count(";") > text.count(",") else ","
    found: dict[str, str] = {}
    for number, columns in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), start=1):
        if not any(column.strip() for column in columns):
            continue
        old, new = (column.strip() for column in columns) if len(columns) == 2 else ("", "")
        if not old or not new or len(new) > longest or not new.isprintable():
            raise BadNames(f"{path}, line {number}: write the old name and the name here, `SIP/1001,1001`")
        if found.setdefault(old, new) != new:
            raise BadNames(f"{path}, line {number}: {old} has two names here, {found[old]} and {new}")
    return found
