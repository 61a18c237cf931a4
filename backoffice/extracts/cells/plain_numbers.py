"""Numbers that spreadsheet programs made of digits, as the digits that somebody typed. Pure."""

import math
import re
from decimal import Decimal

from backoffice.extracts.cells.problems import UnreadableCell

_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]{1,15}))?E\+?([0-9]{1,2})", re.ASCII | re.IGNORECASE)
_WITH_DECIMALS = re.compile(r"([0-9]{1,15})[.,]0{1,6}", re.ASCII)
_LARGEST = 10**15  # beyond it a spreadsheet does not keep every digit
_LOST = UnreadableCell(
    "la hoja de cálculo guardó el número en notación científica y perdió cifras",
    "Dé a la columna formato de número sin decimales o de texto, y exporte la lista de nuevo",
)


def digits_of(number: int | float) -> str:
    """`70712345` of 70712345.0. Raises UnreadableCell for fractions and for what a spreadsheet keeps in part."""
    if isinstance(number, float) and not (math.isfinite(number) and number.is_integer()):
        raise UnreadableCell("no es un número entero", "Escriba solo cifras")
    if abs(number) >= _LARGEST:
        raise _LOST
    return str(int(number))


def digits_typed(text: str) -> str:
    """`70712345` of the texts `70712345.0` and `7.0712345E+07`; any other text as it is.

    Raises UnreadableCell for `7.07E+07`: the digits that are not there are not made up.
    """
    if text.isdigit():
        return text
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific is not None:
        fraction, exponent = scientific[2] or "", int(scientific[3])
        if len(fraction) < exponent:
            raise _LOST
        return digits_of(float(Decimal(f"{scientific[1]}.{fraction or '0'}E{exponent}")))
    whole = _WITH_DECIMALS.fullmatch(text)
    return whole[1] if whole is not None else text
