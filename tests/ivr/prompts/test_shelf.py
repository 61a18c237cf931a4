"""Which sound callers hear for a prompt: the studio's, or the rendered text."""

import math
import wave
from array import array
from pathlib import Path

import pytest
from rich.console import Console

from ivr.prompts import wav
from ivr.prompts.rendering import SpeechUnavailable, Tools
from ivr.prompts.shelf import Origin, Shelf
from troncal.commands.ivr_prompts import table
from troncal.installation import prompts

TEXTS = {"hola": "Buenos días.", "adios": "Gracias por llamar."}


@pytest.fixture(scope="module")
def tools() -> Tools:
    try:
        return prompts.tools()
    except SpeechUnavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    folder = tmp_path / "studio"
    folder.mkdir()
    return folder


@pytest.fixture
def shelf(tools: Tools, tmp_path: Path, studio: Path) -> Shelf:
    return Shelf(TEXTS, tmp_path / "cache", lambda: tools, studio)


def record(path: Path, rate: int = 44_100, channels: int = 2, volume: float = 0.5, seconds: float = 1.5) -> Path:
    """A tone of 440 Hz, as a studio would deliver speech."""
    tone = [int(32767 * volume * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(rate * seconds))]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", (sample for sample in tone for _ in range(channels))).tobytes())
    return path


def test_every_prompt_is_put_into_the_folder(shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.compose(tmp_path / "target") == ()
    assert sorted(path.name for path in (tmp_path / "target").iterdir()) == ["adios.wav", "hola.wav"]
    assert wav.measure(tmp_path / "target" / "hola.wav").level > 0.04


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2), (48_000, 1)])
def test_a_studio_recording_replaces_the_rendered_text(
    shelf: Shelf, studio: Path, tmp_path: Path, rate: int, channels: int
) -> None:
    record(studio / "hola.wav", rate, channels)
    assert shelf.compose(tmp_path / "target") == ()
    sound = wav.measure(tmp_path / "target" / "hola.wav")
    assert sound.seconds == pytest.approx(1.5, abs=0.01)
    assert sound.level == pytest.approx(0.5 / math.sqrt(2), rel=0.05)
    assert [prompt.origin for prompt in shelf.listing()] == [Origin.STUDIO, Origin.RENDERED]


def test_a_recording_taken_away_gives_the_rendered_back(shelf: Shelf, studio: Path, tmp_path: Path) -> None:
    shelf.compose(tmp_path / "before")
    record(studio / "hola.wav")
    shelf.compose(tmp_path / "target")
    (studio / "hola.wav").unlink()
    shelf.compose(tmp_path / "target")
    names = [(tmp_path / folder / "hola.wav").read_bytes() for folder in ("before", "target")]
    assert names[0] == names[1]


def test_an_unreadable_recording_is_named_and_the_rendered_is_used(shelf: Shelf, studio: Path, tmp_path: Path) -> None:
    (studio / "hola.wav").write_bytes(b"no sound at all")
    (fault,) = shelf.compose(tmp_path / "target")
    assert fault.startswith("hola: the recording ")
    assert "is not used: " in fault
    assert [prompt.origin for prompt in shelf.listing()] == [Origin.RENDERED, Origin.RENDERED]


def test_a_silent_an_empty_and_an_unknown_recording_are_reported(shelf: Shelf, studio: Path, tmp_path: Path) -> None:
    record(studio / "hola.wav", volume=0.0)
    record(studio / "adios.wav", seconds=0.0)
    record(studio / "hoal.wav")
    faults = {fault.split(":")[0]: fault.rsplit(": ", 1)[1] for fault in shelf.compose(tmp_path / "target")}
    assert set(faults) == {"hola", "adios", "hoal"}
    assert faults["hola"] == "nothing can be heard in it"
    assert faults["hoal"] == "no prompt has this name"


def test_a_folder_that_is_not_there_is_reported(tools: Tools, tmp_path: Path) -> None:
    shelf = Shelf(TEXTS, tmp_path / "cache", lambda: tools, tmp_path / "nowhere")
    assert shelf.compose(tmp_path / "target") == (f"recordings: {tmp_path / 'nowhere'} is no folder",)


def test_what_did_not_change_is_not_written_again(shelf: Shelf, tmp_path: Path) -> None:
    shelf.compose(tmp_path)
    before = (tmp_path / "hola.wav").stat()
    shelf.compose(tmp_path)
    assert (tmp_path / "hola.wav").stat().st_ino == before.st_ino


def test_a_caller_who_hears_the_old_one_hears_it_to_its_end(shelf: Shelf, studio: Path, tmp_path: Path) -> None:
    shelf.compose(tmp_path)
    old = (tmp_path / "hola.wav").read_bytes()
    with (tmp_path / "hola.wav").open("rb") as playing:
        record(studio / "hola.wav")
        shelf.compose(tmp_path)
        assert playing.read() == old
    assert (tmp_path / "hola.wav").read_bytes() != old


def test_without_a_voice_the_prompts_that_are_missing_are_reported(tmp_path: Path) -> None:
    def none_here() -> Tools:
        raise SpeechUnavailable("no voice here")

    shelf = Shelf(TEXTS, tmp_path / "cache", none_here)
    assert shelf.compose(tmp_path / "target") == (
        "rendering: no voice here",
        "hola: there is no sound for it",
        "adios: there is no sound for it",
    )
    assert {prompt.origin for prompt in shelf.listing()} == {Origin.MISSING}


def test_the_listing_shows_name_length_origin_and_text(shelf: Shelf, studio: Path) -> None:
    record(studio / "hola.wav")
    out = Console(width=200)
    with out.capture() as printed:
        out.print(table(shelf.listing()))
    rows = [line.split() for line in printed.get().splitlines()]
    assert rows[1] == ["hola", "1.5", "studio", "Buenos", "días."]


def test_every_prompt_of_the_catalogue_can_be_heard(tools: Tools, tmp_path: Path) -> None:
    shelf = prompts.shelf(None)
    assert shelf.inventory().faults == ()
    for prompt in shelf.listing():
        assert prompt.sound is not None
        sound = wav.measure(prompt.sound)
        assert sound.level > 0.03 or prompt.name == "pausa"
        # Between 5 and 20 letters a second: neither cut off nor drawn out.
        assert len(prompt.text) / 20 < sound.seconds < 0.4 + len(prompt.text) / 5
