"""Bolivianos as people and programs write them: `Bs 1.234,50`, `1234.50`. Pure."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal

from backoffice.extracts.cells.problems import UnreadableCell
from backoffice.extracts.files.sheets import Cell

_LARGEST = Decimal(10) ** 10
_CENTAVO = Decimal("0.01")
_CURRENCY = re.compile(r"^(?:bs\.?|bob|bolivianos)\s*|\s*(?:bs\.?|bob|bolivianos|\.-)$", re.IGNORECASE | re.ASCII)
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?", re.ASCII)
_POINTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?", re.ASCII)
_COMMAS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{1,2}|[0-9]{1,3}(?:,[0-9]{3}){2,}", re.ASCII)
_REMEDY = "Escriba el monto en bolivianos, por ejemplo 1.234,50"


def read_amount(cell: Cell) -> Decimal:
    """The amount in a cell, with two decimals; negative is in the customer's favour. Raises UnreadableCell.

    A point before three digits is one between thousands, as in Bolivia; a comma before three digits may be either
    and is not read.
    """
    if isinstance(cell, str):
        amount = _of_text(cell)
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell):
        amount = Decimal(str(cell))
    else:
        raise UnreadableCell("no es un monto", _REMEDY)
    if abs(amount) >= _LARGEST:
        raise UnreadableCell("el monto es demasiado grande", _REMEDY)
    return amount.quantize(_CENTAVO, rounding=ROUND_HALF_UP)


def _of_text(text: str) -> Decimal:
    bare, negative = _unsigned(text.strip().replace("−", "-"))
    digits = "".join(bare.split())
    if len(digits) > 20:
        raise UnreadableCell("no es un monto", _REMEDY)
    amount = _unseparated(digits)
    return -amount if negative else amount


def _unsigned(text: str) -> tuple[str, bool]:
    """Without sign and currency, in whatever order; a bookkeeper's parentheses are a minus."""
    in_parentheses = text.startswith("(") and text.endswith(")")
    bare = _CURRENCY.sub("", text[1:-1].strip() if in_parentheses else text)
    if bare.startswith("-"):
        return _CURRENCY.sub("", bare[1:].strip()), True
    return bare, in_parentheses


def _unseparated(digits: str) -> Decimal:
    if _POINTS.fullmatch(digits):
        return Decimal(digits.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(digits):
        return Decimal(digits.replace(",", "."))
    if _COMMAS.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    raise UnreadableCell("no es un monto", _REMEDY)
