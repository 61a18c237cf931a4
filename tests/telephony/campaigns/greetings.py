"""How telephones are answered: persons, mailboxes and announcements, spoken by espeak-ng, as A-law.

Each text is spoken by several voices at several speeds, so that no setting fits one sound by chance. Set-up has the
programs.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import product

from callcenter.settings import PROJECT
from tests.telephony.phones import a_law
from troncal.machines.debian import MachineRoot, installed

_SILENCE = b"\xd5"
_TELEPHONE = ("highpass", "300", "lowpass", "3400")
# A quiet room, and a street: decibels below the loudest that there is.
_NOISES = (-46.0, -34.0)


class By(Enum):
    """Who answers."""

    PERSON = "person"
    MACHINE = "machine"


@dataclass(frozen=True)
class Voice:
    """A voice of espeak-ng, and how many words a minute it speaks."""

    name: str
    speed: int


@dataclass(frozen=True)
class Greeting:
    """What is heard from the answer on. `before`: seconds of silence before it.

    `loud`, `noise`: peaks in decibels; 0 is the loudest that there is.
    """

    by: By
    text: str
    voice: Voice
    before: float = 0.3
    loud: float = -6.0
    noise: float | None = None
    beep: bool = False

    def __str__(self) -> str:
        more = f", {self.before:g} s before, {self.loud:g} dB, noise {self.noise} dB"
        return f"{self.by.value}: {self.text or 'silence'} ({self.voice.name} {self.voice.speed}{more})"

    def sound(self) -> bytes:
        """In A-law."""
        return _SILENCE * round(self.before * a_law.RATE) + _spoken(self)


VOICES = (Voice("es-419", 150), Voice("es-419+f3", 175), Voice("es", 130), Voice("es-419+m3", 200))
PERSONS = (
    *("¿Aló?", "¿Sí, diga?", "Hola.", "¿Bueno?", "Buenas tardes.", "¿Sí?", "¿Aló? ¿Aló?", "¿Aló, quién habla?"),
    *("Hola, buenos días.", "Familia Rojas, buenas tardes.", "Sí, dígame, ¿de parte de quién?"),
    "Aló, buenas noches, habla Juan Pérez.",
)
MACHINES = (
    "Hola. Deje su mensaje después del tono.",
    "En este momento no puedo atenderle. Por favor, deje su mensaje.",
    "Usted se ha comunicado con el buzón de voz del siete cero siete, doce, tres, cuarenta y cinco. Después de la"
    " señal, deje su mensaje. Para terminar, corte la llamada.",
    "Hola, habla María Choque. Ahora no le puedo contestar. Deje su nombre y su número, y le llamo en"
    " cuanto pueda. Gracias.",
    "El número que usted marcó se encuentra apagado o fuera del área de cobertura. Intente más tarde.",
    "Bienvenido a la casilla de mensajes. La persona a la que llama no está disponible.",
)
SILENT = Greeting(By.PERSON, "", VOICES[0])


def every() -> Iterator[Greeting]:
    """All of them: each text by each voice, and what else is heard of telephones."""
    for voice, text in product(VOICES, PERSONS):
        yield Greeting(By.PERSON, text, voice)
    for voice, text in product(VOICES, ("¿Aló?", "¿Sí, diga?", "Hola, buenos días.")):
        yield Greeting(By.PERSON, text, voice, before=1.5)
        yield from (Greeting(By.PERSON, text, voice, noise=noise) for noise in _NOISES)
        yield Greeting(By.PERSON, text, voice, loud=-22.0)
    for voice, text in product(VOICES, MACHINES):
        yield Greeting(By.MACHINE, text, voice, before=0.6, beep=True)
    yield SILENT


def music(seconds: float = 12.0) -> bytes:
    """What some exchanges play instead of ringing, after they have answered."""
    (first, *_) = sorted(_programs().music.glob("*.wav"))
    return _sox("-t", "wav", str(first), *_RAW, *_TELEPHONE, "gain", "-n", "-9", "trim", "20", str(seconds))


_RAW = ("-t", "al", "-r", str(a_law.RATE), "-c", "1", "-")


@cache
def _spoken(greeting: Greeting) -> bytes:
    sound = b""
    if greeting.text:
        voice = ("-v", greeting.voice.name, "-s", str(greeting.voice.speed))
        speech = _run([*_programs().speech, *voice, "-b", "1", "--stdin", "--stdout"], greeting.text.encode())
        loud = ("silence", "1", "0.01", "0.5%", *_TELEPHONE, "gain", "-n", str(greeting.loud))
        sound = _sox("--ignore-length", "-t", "wav", "-", *_RAW, *loud, given=speech)
    if greeting.beep:
        sound += _sox("-n", *_RAW, "synth", "0.6", "sine", "1000", "gain", "-9", "pad", "0.4", "0")
    return sound if greeting.noise is None else _with_noise(sound, greeting.noise)


def _with_noise(sound: bytes, decibels: float) -> bytes:
    """Before, under and after it."""
    seconds = len(sound) / a_law.RATE + 8
    noise = _sox("-n", "-R", *_RAW, "synth", f"{seconds}", "pinknoise", *_TELEPHONE, "gain", "-n", str(decibels))
    samples = a_law.samples_of([noise])
    under = a_law.samples_of([_SILENCE * 4000 + sound])
    mixed = under + [0] * (len(samples) - len(under))
    return bytes(a_law.encoded(one + other) for one, other in zip(samples, mixed, strict=False))


@cache
def _programs() -> MachineRoot:
    root = installed(PROJECT / ".troncal" / "machines")
    assert root is not None
    return root


def _sox(*arguments: str, given: bytes = b"") -> bytes:
    return _run([*_programs().command("sox"), "-D", "-V1", *arguments], given)


def _run(command: list[str], given: bytes) -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=30).stdout
