"""The telephone numbers in a cell: several, with labels, as text or as a spreadsheet's number. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backoffice.extracts.cells.plain_numbers import digits_of, digits_typed
from backoffice.extracts.cells.problems import UnreadableCell
from backoffice.extracts.cells.values import as_text
from backoffice.extracts.cells.words import says_nothing
from backoffice.extracts.files.sheets import Cell
from callcenter.numbers import Number, NumberKind, UnreadableNumber, Withheld, normalise, show

MOST_IN_A_CELL = 10
_BETWEEN = re.compile(r"[/;,|\n\r]+|\s+[yoe]\s+", re.IGNORECASE)
_DASH = re.compile(r"\s*[-–—]\s*")
_SPACE = re.compile(r"\s+")
_LABEL = re.compile(
    r"^(?:tel[eé]fonos?|telfs?|tel|fono|celular(?:es)?|cel|m[oó]vil|fijo|casa|domicilio|trabajo|oficina|ref(?:erencia)?"
    r"|whats?app|wsp?)\b[\s.:º°]*",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*\([^()0-9]*\)$")
_CALLABLE = frozenset({NumberKind.FIXED, NumberKind.MOBILE})
_NOT_CALLED = {
    NumberKind.SHORT: "es una línea corta",
    NumberKind.TOLL_FREE: "es un número gratuito (800)",
    NumberKind.INTERNATIONAL: "es un número de otro país",
}
_NO_NUMBER = re.compile(r"\b[sn]/[nad]\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TelephoneProblem:
    """A part of a cell that cannot be called, and why."""

    value: str
    wrong: str
    remedy: str


Found = Number | TelephoneProblem


def read_telephones(cell: Cell, area_code: str) -> Iterator[Found]:
    """What is in a cell, in its order: numbers that can be called, and what is wrong with the other ones."""
    if cell is None:
        return
    try:
        parts = _parts(cell, area_code)
    except UnreadableCell as error:
        yield TelephoneProblem(as_text(cell), error.wrong, error.remedy)
        return
    for part in parts[:MOST_IN_A_CELL]:
        yield _found(part, area_code)
    if len(parts) > MOST_IN_A_CELL:
        wrong = f"hay más de {MOST_IN_A_CELL} números en una celda"
        yield TelephoneProblem("; ".join(parts[MOST_IN_A_CELL:]), wrong, "Deje los números a los que hay que llamar")


def _parts(cell: Cell, area_code: str) -> list[str]:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        digits = digits_of(cell)
        return [digits] if digits.strip("0") else []
    if not isinstance(cell, str):
        raise UnreadableCell("no es un número de teléfono", _remedy(area_code))
    text = digits_typed(cell.strip())
    if text.isdigit() and text.strip("0"):
        return [text]
    bare = [_bare(part) for part in _BETWEEN.split(_NO_NUMBER.sub("", text))]
    return [piece for part in bare if _is_said(part) for piece in _pieces(part, area_code)]


def _is_said(part: str) -> bool:
    return not says_nothing(part) and bool(part.strip("0 -.+"))


def _bare(part: str) -> str:
    return digits_typed(_REMARK.sub("", _LABEL.sub("", part.strip())).strip())


def _pieces(part: str, area_code: str) -> list[str]:
    """A dash or a space may stand between two numbers or within one: between, where the pieces make up numbers."""
    for separator in (_DASH, _SPACE):
        numbers = _made_up(separator.split(part), area_code)
        if len(numbers) > 1:
            return numbers
    return [part]


def _made_up(pieces: list[str], area_code: str) -> list[str]:
    """The numbers that the pieces make up one after the other; none where a piece is left over."""
    numbers: list[str] = []
    begun = ""
    for piece in pieces:
        begun = f"{begun}-{piece}" if begun else _bare(piece)
        if _is_number(begun, area_code):
            numbers.append(begun)
            begun = ""
    return [] if begun else numbers


def _is_number(piece: str, area_code: str) -> bool:
    found = normalise(piece, area_code)
    return isinstance(found, Number) or (isinstance(found, UnreadableNumber) and found.lacks_digit)


def _found(part: str, area_code: str) -> Found:
    match normalise(part, area_code):
        case Number(kind=kind) as number if kind in _CALLABLE:
            return number
        case Number(kind=kind) as number:
            wrong = f"{_NOT_CALLED[kind]} y no se le puede llamar en una campaña"
            return TelephoneProblem(show(number), wrong, _remedy(area_code))
        case UnreadableNumber(lacks_digit=True):
            return TelephoneProblem(part, "parece un celular al que le falta una cifra", _remedy(area_code))
        case Withheld() | UnreadableNumber():
            return TelephoneProblem(part, "no es un número de teléfono", _remedy(area_code))


def _remedy(area_code: str) -> str:
    return f"Corríjalo en la lista: 8 cifras para un celular, 7 que empiezan con {area_code} para un fijo"
