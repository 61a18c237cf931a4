"""Long tables turned: writers spend most of their time on the cells of one column after the other. Pure."""

from collections.abc import Iterator
from itertools import islice

from reports.render.document import Row, Value

_IN_PIECES = 1000


def by_columns(rows: Iterator[Row]) -> Iterator[list[tuple[Value, ...]]]:
    """The rows, some at a time: for each column its values. Raises ValueError where one row is longer than another."""
    while some := list(islice(rows, _IN_PIECES)):
        yield list(zip(*some, strict=True))
