"""A page with a table that was saved as a list, often under the name .xls: its rows, one below the other."""

import codecs
import re
from collections.abc import Generator, Iterator
from html.parser import HTMLParser

from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.sheets import Row, Sheet
from backoffice.extracts.files.uploads import MEGABYTE, Upload

# The comments in an atomic group: they are not divided in another way where no tag follows them.
_BEGINS = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)<(?:!doctype html|html|head|body|meta|style|table)\b", re.I | re.S
)
_PIECE = 2 * MEGABYTE
# How far a cell is repeated; wider and taller ones are of no list.
_WIDEST, _TALLEST, _LAST_REPEATED = 20, 10_000, 60
_DAMAGED = "El archivo es una página web dañada: vuelva a exportar la lista como Excel (.xlsx) o CSV y súbala."


def is_html(text: str) -> bool:
    """Whether a text begins as a page does, or with its table."""
    return _BEGINS.match(text.lstrip("\ufeff")) is not None


def sheets(upload: Upload, encoding: str) -> Generator[Sheet, None, None]:
    """The one sheet of a page. Its rows raise ExtractRefused."""
    yield Sheet("", _rows(upload, encoding))


def _rows(upload: Upload, encoding: str) -> Iterator[Row]:
    parser = _TableParser()
    try:
        for text in _texts(upload, encoding):
            parser.feed(text)
            yield from parser.finished()
        parser.close()
    except AssertionError as error:  # how html.parser answers to some broken declarations
        raise ExtractRefused(_DAMAGED) from error
    yield from parser.finished()


def _texts(upload: Upload, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with upload.opened() as file:
        while piece := file.read(_PIECE):
            yield decoder.decode(piece)


class _TableParser(HTMLParser):
    """Gathers the rows of all tables. A cell over several columns or rows stands in each of them."""

    def __init__(self) -> None:
        super().__init__()
        self._done: list[Row] = []
        self._row: Row | None = None
        self._cell: list[str] | None = None
        self._columns = self._lines = 1
        self._from_above: dict[int, tuple[str, int]] = {}

    def finished(self) -> list[Row]:
        """The rows that have come since the last time."""
        done, self._done = self._done, []
        return done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            self._cell = []
            spans = dict(attrs)
            self._columns = _span(spans.get("colspan"), _WIDEST)
            self._lines = _span(spans.get("rowspan"), _TALLEST)
        elif tag in ("br", "p", "div") and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if self._row is None:
            self._row = []
        text, self._cell = "".join(self._cell).strip(), None
        for _ in range(self._columns if len(self._row) < _LAST_REPEATED else 1):
            self._take_from_above()
            if self._lines > 1 and len(self._row) < _LAST_REPEATED:
                self._from_above[len(self._row)] = (text, self._lines - 1)
            self._row.append(text)

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self._take_from_above()
            self._done.append(self._row)
        self._row = None

    def _take_from_above(self) -> None:
        """The cells that rows above have here too."""
        assert self._row is not None
        while (above := self._from_above.pop(len(self._row), None)) is not None:
            text, lines = above
            if lines > 1:
                self._from_above[len(self._row)] = (text, lines - 1)
            self._row.append(text)


def _span(said: str | None, most: int) -> int:
    return min(int(said), most) if said and re.fullmatch("[1-9][0-9]{0,4}", said, re.ASCII) else 1
