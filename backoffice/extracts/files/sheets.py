"""What every reader of files gives: sheets, rows, cells. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | date | datetime | None
Row: TypeAlias = list[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, by its name in a workbook ("" in a text file), and its rows from the first one on, blank ones too.

    So the first row has the number 1, as in the person's spreadsheet program. Rows are read once.
    """

    title: str
    rows: Iterator[Row]


def is_blank(row: Row) -> bool:
    """Whether nothing stands in a row."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)
