"""Text files with a separator (CSV): which one, the rows themselves say. A cell is text, whatever is in it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Generator, Iterator
from itertools import count, islice
from typing import TextIO

from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.sheets import Row, Sheet
from backoffice.extracts.files.uploads import Upload

SEPARATORS = ",;\t|"
_SAMPLE_LINES = 60
# Excel's own first line, which it does not show.
_SAYS_SEPARATOR = re.compile('sep=([^" \r\n])\r?\n?', re.IGNORECASE)
# A quotation mark that nobody closed swallows the rows below it.
_MOST_LINES_A_ROW = 50
# So that no line has more cells than there is memory for.
_LONGEST_LINE = 1_000_000
_NO_LINES = (
    "La fila {row} del archivo es demasiado larga para ser de una lista: vuelva a exportarla como CSV o Excel (.xlsx)."
)
_UNCLOSED = (
    'En la fila {row} se abre una comilla (") que no se cierra, y las filas que siguen no se pueden leer: '
    "corríjala y vuelva a subir el archivo."
)


def sheets(upload: Upload, encoding: str) -> Generator[Sheet, None, None]:
    """The one sheet of a text file. Its rows raise ExtractRefused."""
    with upload.opened() as file:
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        others = _bounded(text)
        first = list(islice(others, _SAMPLE_LINES))
        said = _SAYS_SEPARATOR.fullmatch(first[0])
        separator = said[1] if said else separator_of(first)
        lines = _Lines(first[1:] if said else first, others)
        yield Sheet("", _rows(lines, separator))


def separator_of(lines: list[str]) -> str:
    """The separator by which most rows have the same, and the largest, number of cells."""
    return max(SEPARATORS, key=lambda separator: _agreement(lines, separator))


def _agreement(lines: list[str], separator: str) -> int:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator) if row)
    except csv.Error:
        return 0
    return max((rows * (width - 1) for width, rows in widths.items()), default=0)


def _bounded(text: TextIO) -> Iterator[str]:
    """The lines of a text. Raises ExtractRefused for one that is too long."""
    for number in count(start=1):
        line = text.readline(_LONGEST_LINE)
        if len(line) == _LONGEST_LINE:
            raise ExtractRefused(_NO_LINES.format(row=number))
        if not line:
            return
        yield line


class _Lines:
    """The lines of a text, and the quotation marks in those that were read since the last row."""

    def __init__(self, first: list[str], others: Iterator[str]) -> None:
        self._first, self._others = first, others
        self.read = self.quotes = 0

    def __iter__(self) -> Iterator[str]:
        for source in (self._first, self._others):
            for line in source:
                self.read += 1
                self.quotes += line.count('"')
                yield line

    def is_unclosed(self) -> bool:
        """Whether the row that was read went on for too long, or over several lines with one mark too many."""
        return self.read > _MOST_LINES_A_ROW or (self.read > 1 and self.quotes % 2 == 1)

    def begin_row(self) -> None:
        self.read = self.quotes = 0


def _rows(lines: _Lines, separator: str) -> Iterator[Row]:
    number = 1
    try:
        for row in csv.reader(lines, delimiter=separator):
            if lines.is_unclosed():
                raise ExtractRefused(_UNCLOSED.format(row=number))
            lines.begin_row()
            number += 1
            yield list(row)
    except csv.Error as error:  # a cell larger than 128 KB
        raise ExtractRefused((_UNCLOSED if lines.quotes else _NO_LINES).format(row=number)) from error
