"""A list from upload to typed rows: what its header says (`understood`), then row by row (`read`)."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TypeAlias

from backoffice.extracts.cells.problems import RowError
from backoffice.extracts.files.refusals import ExtractRefused
from backoffice.extracts.files.sheets import Row, is_blank
from backoffice.extracts.files.tables import sheets
from backoffice.extracts.files.uploads import ExtractLimits, Upload
from backoffice.extracts.headers import HEADER_WITHIN, ColumnMapping, Header, find_header, is_header_again
from backoffice.extracts.kinds import ExtractKind
from backoffice.extracts.rows import DateSpan, ExtractRow, RowReader, TotalsRow
from callcenter import spanish
from callcenter.numbers import COCHABAMBA

_NO_ROWS = "El archivo no tiene ninguna fila con datos: vuelva a exportar la lista y súbala."
_HEADER_ONLY = "La lista tiene títulos y ninguna fila debajo: vuelva a exportarla con sus datos y súbala."
_MOST_HEADINGS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class ReadingTerms:
    """How a list is read. `spans`: by key, the days that a date must be within. `mappings`: those that are remembered.

    `area_code` completes local numbers.
    """

    spans: Mapping[str, DateSpan] = field(default_factory=dict)
    mappings: Sequence[ColumnMapping] = ()
    area_code: str = COCHABAMBA
    limits: ExtractLimits = field(default_factory=ExtractLimits)


@dataclass(frozen=True, slots=True)
class RepeatedRow:
    """A row that was there already, in row `first` of the same list, which is the one that counts."""

    number: int
    first: int
    customer: str


ExtractItem: TypeAlias = ExtractRow | RowError | RepeatedRow | TotalsRow


def understood(upload: Upload, kind: ExtractKind, terms: ReadingTerms) -> Header:
    """The header of the first sheet that has all columns; else of the sheet with the most, with what is missing.

    A person can say what its columns are: a `ColumnMapping` by its signature. Raises ExtractRefused.
    """
    with _opened(upload, kind, terms) as (header, _):
        return header


def read(upload: Upload, kind: ExtractKind, terms: ReadingTerms) -> Generator[ExtractItem, None, None]:
    """The rows of a list in their order, one by one, and what is wrong with them; blank rows are passed over.

    Raises ExtractRefused, also on the way and after the last row: store nothing of a list that did not end well. That
    is where columns are missing, where there are no rows, or too many, or none of them is within the span of a date.
    """
    with _opened(upload, kind, terms) as (header, rows):
        _refuse_missing(header, kind)
        reader = RowReader(kind, header, terms.spans, terms.area_code)
        yield from _once(_items(header, rows, reader, terms.limits), kind)
        if reader.dated and not reader.within:
            raise _none_within(terms.spans)


@contextmanager
def _opened(upload: Upload, kind: ExtractKind, terms: ReadingTerms) -> Iterator[tuple[Header, Iterator[Row]]]:
    """The header and all rows of its sheet; no rows where columns are missing."""
    best: Header | None = None
    with closing(sheets(upload, terms.limits)) as every:
        for sheet in every:
            first = list(islice(sheet.rows, HEADER_WITHIN))
            header = find_header(sheet.title, first, kind, terms.mappings)
            if header is not None and not header.missing:
                yield header, chain(first, sheet.rows)
                return
            if header is not None and (best is None or len(header.fields) > len(best.fields)):
                best = header
    if best is None:
        raise ExtractRefused(_NO_ROWS)
    yield best, iter(())


def _items(
    header: Header, rows: Iterator[Row], reader: RowReader, limits: ExtractLimits
) -> Iterator[ExtractRow | RowError | TotalsRow]:
    count = 0
    for number, row in enumerate(rows, start=1):
        if number <= header.number or is_blank(row) or is_header_again(header, row):
            continue
        count += 1
        if count > limits.most_rows:
            raise limits.refusal(f"La lista tiene más de {spanish.whole(limits.most_rows)} filas")
        yield from reader.read(number, row)
    if not count:
        raise ExtractRefused(_HEADER_ONLY)


def _once(items: Iterator[ExtractRow | RowError | TotalsRow], kind: ExtractKind) -> Iterator[ExtractItem]:
    """The items, with all but the first of equal rows as repeated ones."""
    seen: dict[str, int] = {}
    for item in items:
        if kind.once is None or not isinstance(item, ExtractRow):
            yield item
            continue
        identity = "\0".join((item.customer, *(str(item.values.get(key)) for key in kind.once)))
        first = seen.setdefault(identity, item.number)
        yield item if first == item.number else RepeatedRow(item.number, first, item.customer)


def _refuse_missing(header: Header, kind: ExtractKind) -> None:
    if not header.missing:
        return
    missing = ", ".join(_wanted(each.key, kind) for each in header.missing)
    headings = [each for each in header.headings if each]
    there = ", ".join(f"«{each}»" for each in headings[:_MOST_HEADINGS_SHOWN]) or "(ninguno)"
    what = (
        f"A la lista le faltan columnas: {missing}"
        if header.fields
        else (f"No se encontró la fila de títulos en las primeras {HEADER_WITHIN} filas; hacen falta: {missing}")
    )
    raise ExtractRefused(
        f"{what}. En la fila {header.number} dice: {there}. Agregue las columnas, o indique qué columna es cada una."
    )


def _wanted(key: str, kind: ExtractKind) -> str:
    keys = kind.one_of if key in kind.one_of else (key,)
    return " o ".join(kind.field(each).title for each in keys)


def _none_within(spans: Mapping[str, DateSpan]) -> ExtractRefused:
    named = ", ".join(str(span) for span in spans.values())
    return ExtractRefused(
        f"Ninguna fila de la lista tiene una fecha dentro del período {named}: elija el período que corresponde, "
        "o exporte la lista de ese período."
    )
