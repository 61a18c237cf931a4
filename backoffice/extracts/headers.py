"""Which row of a sheet is its header, and which column is which field. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backoffice.extracts.cells.words import clean, folded
from backoffice.extracts.files.sheets import Cell, Row, is_blank
from backoffice.extracts.kinds import ExtractField, ExtractKind, Need

HEADER_WITHIN = 20
_FEWEST_RECOGNISED = 2
_LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column (from 0) is which field, as somebody decided it for every list with this header.

    `signature` is of the header's row (`signature_of`), the key to remember it by.
    """

    signature: str
    fields: Mapping[int, str]

    def to_json(self) -> dict[str, Any]:
        """As JSON has it; `from_json` reads it back."""
        return {"signature": self.signature, "fields": {str(column): key for column, key in self.fields.items()}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], kind: ExtractKind) -> "ColumnMapping":
        """Raises KeyError or ValueError for what is no mapping to the fields of the kind."""
        fields = {int(column): kind.field(key).key for column, key in kept["fields"].items()}
        single = [key for key in fields.values() if not kind.field(key).has_several_columns]
        if len(single) != len(set(single)) or any(column < 0 for column in fields):
            raise ValueError(f"a field of {kind.name} has one column, from 0: {kept['fields']}")
        return cls(str(kept["signature"]), fields)


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it was understood. `number` is its row's, from 1; `headings` has "" for a column without one.

    `fields`: column (from 0) to key, in the order of the columns. Without the fields in `missing` the list is refused.
    """

    sheet: str
    number: int
    headings: tuple[str, ...]
    fields: Mapping[int, str]
    missing: tuple[ExtractField, ...]

    @property
    def signature(self) -> str:
        """What a mapping for this header is remembered by."""
        return signature_of(self.headings)

    @property
    def not_used(self) -> tuple[str, ...]:
        """Headings of columns that are no field."""
        return tuple(each for column, each in enumerate(self.headings) if each and column not in self.fields)

    def title_of(self, column: int) -> str:
        """What people call a column: its heading, else its letter in a spreadsheet."""
        return self.headings[column] or f"columna {_letters(column)}"

    def columns_of(self, key: str) -> tuple[int, ...]:
        """The columns of a field, from the left."""
        return tuple(column for column, field in self.fields.items() if field == key)


def _letters(column: int) -> str:
    """`A` of 0, `Z` of 25, `AA` of 26."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def signature_of(headings: Iterable[str]) -> str:
    """The same for headings that differ in case, accents and punctuation only, and in empty ones at the end."""
    plain = "|".join(folded(each) for each in headings).rstrip("|")
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def find_header(
    sheet: str, first: Sequence[Row], kind: ExtractKind, mappings: Sequence[ColumnMapping]
) -> Header | None:
    """The header among the first rows of a sheet: the row of a mapping, else the one with the most known headings.

    Where no row has two of them it is the one with the most different texts, without fields: people can still say
    what its columns are. None for a sheet in which nothing stands.
    """
    rows = [(number, _headings(row)) for number, row in enumerate(first[:HEADER_WITHIN], start=1)]
    rows = [(number, headings) for number, headings in rows if any(headings)]
    decided = {mapping.signature: mapping.fields for mapping in mappings}
    for number, headings in rows:
        if (fields := decided.get(signature_of(headings))) is not None:
            return _header(sheet, number, headings, fields, kind)
    if not rows:
        return None
    number, headings = max(rows, key=lambda each: _likeness(each[1], kind))
    fields = recognised(headings, kind)
    return _header(sheet, number, headings, fields if len(set(fields.values())) >= _FEWEST_RECOGNISED else {}, kind)


def _likeness(headings: Sequence[str], kind: ExtractKind) -> tuple[int, int]:
    known = len(set(recognised(headings, kind).values()))
    return (known if known >= _FEWEST_RECOGNISED else 0), len(set(headings))


def is_header_again(header: Header, row: Row) -> bool:
    """Whether a row repeats the header, as lists that were made for printing do on every page."""
    column = next(iter(header.fields), 0)
    return (
        column < len(row)
        and row[column] == header.headings[column]
        and signature_of(_headings(row)) == header.signature
    )


def recognised(headings: Sequence[str], kind: ExtractKind) -> dict[int, str]:
    """Column to key of the headings that are known. Of two columns of a field of one column, the left one."""
    known = _known(kind)
    fields: dict[int, str] = {}
    for column, heading in enumerate(headings):
        field = _field_of(folded(heading), known)
        if field is not None and (field.has_several_columns or field.key not in fields.values()):
            fields[column] = field.key
    return fields


def _header(sheet: str, number: int, headings: tuple[str, ...], fields: Mapping[int, str], kind: ExtractKind) -> Header:
    fields = {column: key for column, key in sorted(fields.items()) if column < len(headings)}
    there = set(fields.values())
    missing = [each for each in kind.fields if each.need is not Need.OPTIONAL and each.key not in there]
    if kind.one_of and not there.intersection(kind.one_of):
        missing.append(kind.field(kind.one_of[0]))
    return Header(sheet, number, headings, fields, tuple(missing))


def _headings(row: Row) -> tuple[str, ...]:
    return () if is_blank(row) else tuple(_heading(cell) for cell in row)


def _heading(cell: Cell) -> str:
    return clean(cell, _LONGEST_HEADING) if isinstance(cell, str) else ""


def _known(kind: ExtractKind) -> dict[str, ExtractField]:
    return {folded(name): field for field in kind.fields for name in (field.title, *field.aliases)}


def _field_of(heading: str, known: Mapping[str, ExtractField]) -> ExtractField | None:
    """The field of a folded heading; a number at its end tells apart the columns of one field."""
    field = known.get(heading)
    if field is None:
        numbered = known.get(heading.rstrip("0123456789"))
        return numbered if numbered is not None and numbered.has_several_columns else None
    return field
