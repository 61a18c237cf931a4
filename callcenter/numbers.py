"""The numbering plan: what a telephone number is, however it was written, dialled or signalled.

The centre's own plan comes first, because `phonenumbers` knows neither the short lines nor the
seven-digit locals and takes 800131313 for invalid; what is foreign is left to the library.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

COCHABAMBA = "4"
LONGEST_TEXT = 40


class NumberKind(StrEnum):
    """What kind of line a number belongs to."""

    SHORT = "short"
    FIXED = "fixed"
    MOBILE = "mobile"
    TOLL_FREE = "toll_free"
    INTERNATIONAL = "international"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the one form in which it is stored, compared and looked up.

    `digits` is the national number (area code and 7 digits, 8 of a mobile, 9 of a toll-free number),
    a short line as dialled, or `+` and the whole number of another country.
    """

    digits: str
    kind: NumberKind


@dataclass(frozen=True, slots=True)
class Withheld:
    """The caller or the network withheld the number."""


@dataclass(frozen=True, slots=True)
class UnreadableNumber:
    """No number of any plan. `text` is printable, 40 characters at most.

    `lacks_digit`: it is like a mobile number with a digit missing. Nobody can tell which, so it is never completed.
    """

    text: str
    lacks_digit: bool = False


_WITHHELD = frozenset(
    {"", "anonymous", "unknown", "restricted", "private", "withheld", "unavailable", "anonimo", "anónimo"}
)
_SEPARATORS = str.maketrans("", "", " \u00a0-.()/")
_DIALLED = re.compile(r"\+?[0-9]{3,18}", re.ASCII)

_SHORT = re.compile(r"10[1-9]", re.ASCII)
_LOCAL = re.compile(r"[0-9]{7}", re.ASCII)
_PLAN = {
    NumberKind.FIXED: re.compile(r"[234][2-9][0-9]{6}", re.ASCII),
    NumberKind.MOBILE: re.compile(r"[67][0-9]{7}", re.ASCII),
    NumberKind.TOLL_FREE: re.compile(r"800[0-9]{6}", re.ASCII),
}
# Before a national number: the country as dialled from abroad, or 0 and perhaps the carrier (0XX).
_PREFIX = r"(?:\+591|00591|591|0[1-9][0-9]|0)?"
_NATIONAL = re.compile(_PREFIX + r"([2-8][0-9]{7,8})", re.ASCII)
_LACKING_DIGIT = re.compile(_PREFIX + r"[67][0-9]{6}", re.ASCII)


def normalise(text: str, area_code: str = COCHABAMBA) -> Number | Withheld | UnreadableNumber:
    """The number in a text typed, dialled or signalled. Never raises.

    `area_code` completes seven digits, which in its city begin with it; other seven digits are of no number.
    """
    if len(text) > LONGEST_TEXT:
        return UnreadableNumber(_printable(text))
    if text.strip(" <>\"'").casefold() in _WITHHELD:
        return Withheld()
    dialled = text.strip(" ").removeprefix("tel:").translate(_SEPARATORS)
    if not _DIALLED.fullmatch(dialled):
        return UnreadableNumber(_printable(text))
    if _LACKING_DIGIT.fullmatch(dialled):
        return UnreadableNumber(_printable(text), lacks_digit=True)
    return _own_plan(dialled, area_code) or _foreign(dialled) or UnreadableNumber(_printable(text))


def show(number: Number | Withheld | UnreadableNumber) -> str:
    """How people read it, in Spanish where it takes words; `normalise` reads a shown number back."""
    match number:
        case Withheld():
            return "Número privado"
        case UnreadableNumber():
            return "Número no reconocido"
        case Number(digits, NumberKind.FIXED):
            return f"{digits[0]} {digits[1:4]} {digits[4:]}"
        case Number(digits, NumberKind.MOBILE):
            return f"{digits[:3]} {digits[3:]}"
        case Number(digits, NumberKind.TOLL_FREE):
            return f"{digits[:3]} {digits[3:5]} {digits[5:]}"
        case Number(digits, NumberKind.INTERNATIONAL):
            parsed = phonenumbers.parse(digits)
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return number.digits


def _own_plan(dialled: str, area_code: str) -> Number | None:
    if _SHORT.fullmatch(dialled):
        return Number(dialled, NumberKind.SHORT)
    if _LOCAL.fullmatch(dialled):
        return _national(area_code + dialled) if dialled.startswith(area_code) else None
    match = _NATIONAL.fullmatch(dialled)
    return _national(match[1]) if match else None


def _national(digits: str) -> Number | None:
    kinds = (kind for kind, pattern in _PLAN.items() if pattern.fullmatch(digits))
    kind = next(kinds, None)
    return Number(digits, kind) if kind else None


def _foreign(dialled: str) -> Number | None:
    """A number of another country. Without + or 00 it must be a valid one, for any digits would do.

    Seven digits would be valid on some islands; whoever means those says so.
    """
    said = dialled.startswith(("+", "00"))
    if _LOCAL.fullmatch(dialled):
        return None
    try:
        parsed = phonenumbers.parse("+" + dialled.removeprefix("+").removeprefix("00"))
    except phonenumbers.NumberParseException:
        return None
    sure = phonenumbers.is_possible_number(parsed) if said else phonenumbers.is_valid_number(parsed)
    if not sure or parsed.country_code == 591:
        return None
    return Number(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), NumberKind.INTERNATIONAL)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:LONGEST_TEXT])
