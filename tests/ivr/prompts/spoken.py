"""Reads back what the sounds say: as words, and numbers as a listener understands them."""

from ivr.prompts.speech import Sounds

_UNITS = {f"digits/{n}": n for n in [*range(31), *range(40, 100, 10), *range(200, 1000, 100)]}
NUMBERS = {
    **_UNITS,
    "digits/1M": 1,
    "digits/1F": 1,
    "troncal/veintiun": 21,
    "digits/100": 100,
    "digits/100-and": 100,
}
GROUPS = {"digits/thousand": 1_000, "digits/million": 1_000_000, "digits/millions": 1_000_000}
_TEENS = (
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"),
    *("trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno"),
    *("veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho"),
    *("veintinueve", "treinta"),
)
_TENS = ("cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS = (
    *("doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos", "ochocientos"),
    "novecientos",
)
_DAYS = ("domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado")
_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
WORDS = {
    **{f"digits/{n}": word for n, word in enumerate(_TEENS)},
    **{f"digits/{n}": word for n, word in zip(range(40, 100, 10), _TENS, strict=True)},
    **{f"digits/{n}": word for n, word in zip(range(200, 1000, 100), _HUNDREDS, strict=True)},
    **{f"digits/day-{n}": word for n, word in enumerate(_DAYS)},
    **{f"digits/mon-{n}": word for n, word in enumerate(_MONTHS)},
    **{"digits/100": "cien", "digits/100-and": "ciento", "digits/thousand": "mil"},
    **{"digits/million": "millón", "digits/millions": "millones"},
    **{"digits/1M": "un", "digits/1F": "una", "digits/and": "y", "digits/es-de": "de", "digits/at": "a las"},
    **{"queue-minute": "minuto", "queue-minutes": "minutos"},
}


def words(sounds: Sounds, texts: dict[str, str]) -> str:
    """What a listener hears; `texts` are our own prompts'."""
    return " ".join(WORDS.get(sound) or texts[sound.removeprefix("troncal/")] for sound in sounds)


def understood(sounds: Sounds) -> int:
    """The number that the sounds say. Raises AssertionError where nobody would say it so."""
    total = group = 0
    last = 10**9
    for index, sound in enumerate(sounds):
        if sound == "digits/and":
            before = NUMBERS[sounds[index - 1]]
            assert before % 10 == 0 and 30 <= before <= 90
        elif sound in GROUPS:
            assert GROUPS[sound] < last
            last, total, group = GROUPS[sound], total + max(group, 1) * GROUPS[sound], 0
        else:
            assert group == 0 or group % 100 == 0 or sounds[index - 1] == "digits/and"
            group += NUMBERS[sound]
    return total + group
