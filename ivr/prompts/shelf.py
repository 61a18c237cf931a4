"""The prompts of one centre: the site's studio recording where there is one, else the rendered text.

A recording is a WAV file of any rate, named like the prompt that it replaces, in the folder TRONCAL_PROMPTS.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from pathlib import Path

from ivr.prompts import wav
from ivr.prompts.rendering import Renderings, SpeechUnavailable, Tools, put_whole

LARGEST_RECORDING = 50_000_000
_CONVERTED = "studio"


class Origin(Enum):
    """What a caller hears when a prompt is played."""

    RENDERED = "rendered"
    STUDIO = "studio"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt as callers hear it. `seconds` and `sound` are None where it is missing."""

    name: str
    text: str
    origin: Origin
    sound: Path | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Inventory:
    """All prompts in the catalogue's order, and what is wrong: texts `name: reason`."""

    prompts: tuple[Prompt, ...]
    faults: tuple[str, ...]


class Shelf:
    """Finds, converts and renders what the catalogue's names stand for.

    `tools` may raise SpeechUnavailable: it is asked for them only when something is to be made.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        cache: Path,
        tools: Callable[[], Tools],
        studio: Path | None = None,
    ) -> None:
        self._texts, self._cache, self._tools, self._studio = texts, cache, tools, studio

    def render(self) -> int:
        """Render every text that is not yet; how many were. Raises SpeechUnavailable when one cannot be."""
        renderings = Renderings(self._cache)
        missing = renderings.missing(self._texts.values())
        faults = renderings.render(missing, self._tools()) if missing else {}
        if faults:
            text, reason = next(iter(faults.items()))
            raise SpeechUnavailable(f"{len(faults)} texts cannot be made into sounds, the first is {text!r}: {reason}")
        renderings.forget_others(self._texts.values())
        return len(missing)

    def compose(self, target: Path) -> tuple[str, ...]:
        """Put every prompt into the target folder, each whole or not at all, while calls may be playing them.

        What left the catalogue stays: a caller may still be inside the menus before. Returns the faults,
        `name: reason`; a recording that cannot be used is one, and the rendered text is used. Raises OSError.
        """
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        inventory = self.inventory()
        for prompt in inventory.prompts:
            if prompt.sound is not None:
                put_whole(prompt.sound, target / f"{prompt.name}.wav")
        return inventory.faults

    def listing(self) -> tuple[Prompt, ...]:
        """Every prompt: name, text, origin, length in seconds."""
        return self.inventory().prompts

    def inventory(self) -> Inventory:
        """Every prompt, made where it is not yet, and the faults."""
        faults: list[str] = []
        try:
            self.render()
        except SpeechUnavailable as error:
            faults.append(f"rendering: {error}")
        recordings = dict(self._recordings(faults))
        prompts = tuple(self._prompt(name, text, recordings.get(name)) for name, text in self._texts.items())
        faults += [f"{prompt.name}: there is no sound for it" for prompt in prompts if prompt.origin is Origin.MISSING]
        return Inventory(prompts, tuple(faults))

    def _prompt(self, name: str, text: str, recording: Path | None) -> Prompt:
        if recording is not None:
            return Prompt(name, text, Origin.STUDIO, recording, wav.seconds(recording))
        rendered = Renderings(self._cache).path(text)
        if rendered.exists():
            return Prompt(name, text, Origin.RENDERED, rendered, wav.seconds(rendered))
        return Prompt(name, text, Origin.MISSING, None, None)

    def _recordings(self, faults: list[str]) -> Iterator[tuple[str, Path]]:
        """The usable recordings by name, brought to what Asterisk plays; why the others are not."""
        if self._studio is None:
            return
        if not self._studio.is_dir():
            faults.append(f"recordings: {self._studio} is no folder")
            return
        for file in sorted(self._studio.iterdir()):
            if file.suffix.lower() != ".wav":
                continue
            try:
                yield file.stem, self._converted(file)
            except (SpeechUnavailable, OSError) as error:
                faults.append(f"{file.stem}: the recording {file} is not used: {error}")

    def _converted(self, recording: Path) -> Path:
        if recording.stem not in self._texts:
            raise SpeechUnavailable("no prompt has this name")
        if recording.stat().st_size > LARGEST_RECORDING:
            raise SpeechUnavailable(f"it is larger than {LARGEST_RECORDING // 1_000_000} MB")
        kept = self._cache / _CONVERTED / f"{sha256(recording.read_bytes()).hexdigest()[:32]}.wav"
        if not kept.exists():
            self._tools().convert(recording, kept)
        return kept
