"""How a caller hears numbers, amounts, dates and telephone numbers in Spanish: as names of sounds, in their order.

Asterisk's own Spanish sounds (`digits/...`) are used where they exist, words that they lack come from our prompts
(`troncal/...`). Asterisk's SayNumber is not: it knows no amounts and stumbles over some round numbers.
"""

from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from itertools import accumulate

Sounds = tuple[str, ...]
FOLDER = "troncal"
HIGHEST = 999_999_999
_AND, _OF = "digits/and", "digits/es-de"
# "a la" is ours: what Asterisk has for it is nowhere written down.
_ARTICLES = {
    (True, True): "troncal/a-la",
    (True, False): "digits/at",
    (False, True): "troncal/la",
    (False, False): "troncal/las",
}
_KEYS = {"*": "digits/star", "#": "digits/pound"}
# The pauses between the figures of a number as it is dialled within Bolivia, and what kind its first figure means.
_GROUPS = {7: (3, 4), 8: (3, 2, 3), 9: (3, 2, 4)}
_FIXED_GROUPS, _AREA_CODES = (1, 3, 4), "234"


class One(Enum):
    """How a number ends that ends in one."""

    ALONE = "uno"
    MASCULINE = "un"
    FEMININE = "una"


def prompt(name: str) -> str:
    """The sound of one of our own prompts."""
    return f"{FOLDER}/{name}"


def number(n: int, one: One = One.ALONE) -> Sounds:
    """A cardinal number, 0 to 999,999,999. `one`: what follows it. Raises ValueError."""
    if not 0 <= n <= HIGHEST:
        raise ValueError(f"{n} is not between 0 and {HIGHEST}")
    if n == 0:
        return ("digits/0",)
    millions, rest = divmod(n, 1_000_000)
    thousands, units = divmod(rest, 1_000)
    return (*_millions(millions), *_thousands(thousands), *_hundreds(units, one))


def _millions(n: int) -> Sounds:
    if n == 0:
        return ()
    return (*_hundreds(n, One.MASCULINE), "digits/million" if n == 1 else "digits/millions")


def _thousands(n: int) -> Sounds:
    # "mil", never "un mil".
    if n == 0:
        return ()
    return ("digits/thousand",) if n == 1 else (*_hundreds(n, One.MASCULINE), "digits/thousand")


def _hundreds(n: int, one: One) -> Sounds:
    hundreds, rest = divmod(n, 100)
    if n == 100:
        return ("digits/100",)  # "cien"
    if hundreds == 1:
        return ("digits/100-and", *_tens(rest, one))  # "ciento"
    return (*((f"digits/{hundreds * 100}",) if hundreds else ()), *_tens(rest, one))


def _tens(n: int, one: One) -> Sounds:
    if n == 0:
        return ()
    if n == 1:
        return (_one(one),)
    if n == 21 and one is One.MASCULINE:
        return (prompt("veintiun"),)
    if n <= 30:
        return (f"digits/{n}",)
    tens, units = divmod(n, 10)
    if units == 0:
        return (f"digits/{n}",)
    return (f"digits/{tens * 10}", _AND, *_tens(units, one))


def _one(one: One) -> str:
    return {One.ALONE: "digits/1", One.MASCULINE: "digits/1M", One.FEMININE: "digits/1F"}[one]


def digits(text: str) -> Sounds:
    """Keys one by one: figures, star and hash. Raises ValueError for anything else."""
    return tuple(_KEYS.get(key) or _digit(key) for key in text)


def _digit(key: str) -> str:
    if key not in "0123456789":
        raise ValueError(f"{key!r} is on no telephone's keys")
    return f"digits/{key}"


def telephone(number_digits: str) -> Sounds:
    """A telephone number figure by figure, with short pauses between its groups: 4 - 425 - 1000, 712 - 34 - 567.

    The `+` of another country's number is not said. Raises ValueError for what is no number.
    """
    heard: list[str] = []
    for group in _grouped(number_digits.removeprefix("+")):
        heard += [*((prompt("pausa"),) if heard else ()), *digits(group)]
    return tuple(heard)


def _grouped(text: str) -> list[str]:
    fixed = len(text) == 8 and text[0] in _AREA_CODES
    lengths = _FIXED_GROUPS if fixed else _GROUPS.get(len(text)) or (3,) * -(-len(text) // 3)
    ends = [*accumulate(lengths)]
    return [text[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def bolivianos(amount: Decimal) -> Sounds:
    """`ciento veinte bolivianos con cincuenta centavos`; to the centavo, halves up.

    Raises ValueError for less than zero or too much to be said.
    """
    if not amount.is_finite() or not 0 <= amount <= HIGHEST:
        raise ValueError(f"{amount} bolivianos cannot be said")
    whole, cents = divmod(int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)), 100)
    if whole == 0 and cents:
        return _centavos(cents)
    return (*_whole_bolivianos(whole), *((prompt("con"), *_centavos(cents)) if cents else ()))


def _whole_bolivianos(n: int) -> Sounds:
    # "un millón de bolivianos", but "un millón cien bolivianos".
    of = (_OF,) if n and n % 1_000_000 == 0 else ()
    return (*number(n, One.MASCULINE), *of, prompt("boliviano" if n == 1 else "bolivianos"))


def _centavos(n: int) -> Sounds:
    return (*number(n, One.MASCULINE), prompt("centavo" if n == 1 else "centavos"))


def day(when: date, *, year: bool = False) -> Sounds:
    """`lunes cinco de octubre`, with `de dos mil veintiséis` where the year matters; the first is `primero`."""
    weekday = f"digits/day-{when.isoweekday() % 7}"
    day_of_month = (prompt("primero"),) if when.day == 1 else number(when.day)
    of_year = (_OF, *number(when.year)) if year else ()
    return (weekday, *day_of_month, _OF, f"digits/mon-{when.month - 1}", *of_year)


def clock(when: time, *, at: bool = True) -> Sounds:
    """`a las ocho y treinta de la mañana`; without `at` only `las ocho ...`, to follow "desde" or "hasta"."""
    hour = (when.hour - 1) % 12 + 1
    article = _ARTICLES[at, hour == 1]
    past = (_AND, *number(when.minute)) if when.minute else ()
    return (article, *number(hour, One.FEMININE), *past, prompt(_part_of_day(when.hour)))


def _part_of_day(hour: int) -> str:
    """Midnight is `doce de la noche`, noon `doce del mediodía`."""
    if hour == 0 or hour >= 19:
        return "de-la-noche"
    if hour < 6:
        return "de-la-madrugada"
    if hour < 12:
        return "de-la-manana"
    return "del-mediodia" if hour == 12 else "de-la-tarde"


def minutes(n: int) -> Sounds:
    """`un minuto`, `veintiún minutos`. Raises ValueError."""
    return (*number(n, One.MASCULINE), "queue-minute" if n == 1 else "queue-minutes")
