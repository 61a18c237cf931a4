"""Cells as values of their fields. Pure."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from backoffice import identity_card
from backoffice.extracts.cells.amounts import read_amount
from backoffice.extracts.cells.dates import read_date
from backoffice.extracts.cells.plain_numbers import digits_of, digits_typed
from backoffice.extracts.cells.problems import UnreadableCell
from backoffice.extracts.cells.service_names import read_service
from backoffice.extracts.cells.words import clean, says_nothing
from backoffice.extracts.files.sheets import Cell
from backoffice.extracts.kinds import FieldType
from backoffice.identity_card import IdentityCard
from backoffice.smartflex.customers import ProductKind
from callcenter.numbers import Number
from callcenter.spanish import short_date

LONGEST_TEXT = 120
LONGEST_READ = 500
# Marks of direction and width that copied text brings along.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
_CODE = re.compile(r"[0-9A-Za-z./-]{1,20}", re.ASCII)

Value: TypeAlias = str | IdentityCard | ProductKind | date | Decimal | tuple[Number, ...]


def bare(cell: Cell) -> Cell:
    """A cell without what nobody sees; None where nothing stands in it. Text is 500 letters at most."""
    if not isinstance(cell, str):
        return cell
    text = cell[:LONGEST_READ]
    text = (text if text.isascii() else text.translate(_INVISIBLE)).strip(" \t\r\n\u00a0'")
    return None if not text or says_nothing(text) else text


def read_cell(cell: Cell, field_type: FieldType) -> Value:
    """The value of a cell that is not empty, for any type but TELEPHONES. Raises UnreadableCell."""
    return _READERS[field_type](cell)


def as_text(cell: Cell) -> str:
    """What a person sees in a cell, about; whole numbers without decimals. Never raises."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "VERDADERO" if cell else "FALSO"
        case int() | float():
            return _number_as_text(cell)
        case date():
            return short_date(cell)


def _number_as_text(number: int | float) -> str:
    try:
        return digits_of(number)
    except UnreadableCell:
        return str(number)


def _text(cell: Cell) -> str:
    return clean(as_text(cell), LONGEST_TEXT)


def _code(cell: Cell) -> str:
    if isinstance(cell, bool | date):
        raise UnreadableCell("no es un código", "Dé a la columna formato de texto y escriba el código")
    text = digits_typed(cell) if isinstance(cell, str) else digits_of(cell or 0)
    code = "".join(text.split())
    if _CODE.fullmatch(code) is None:
        raise UnreadableCell("no es un código", "Un código tiene letras y cifras, 20 como máximo")
    return code


def _document(cell: Cell) -> IdentityCard:
    text = digits_typed(cell) if isinstance(cell, str) else as_text(cell)
    card = identity_card.read(text)
    if card is None:
        raise UnreadableCell("no es un carnet ni un NIT", "Escriba el número, y su complemento y lugar si los tiene")
    return card


def _service(cell: Cell) -> ProductKind:
    return read_service(as_text(cell))


_READERS: dict[FieldType, Callable[[Cell], Value]] = {
    FieldType.TEXT: _text,
    FieldType.CODE: _code,
    FieldType.DOCUMENT: _document,
    FieldType.SERVICE: _service,
    FieldType.DATE: read_date,
    FieldType.MONEY: read_amount,
}
