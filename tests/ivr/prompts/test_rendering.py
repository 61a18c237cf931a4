"""Texts made into sounds by the real espeak-ng and sox."""

import asyncio
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.prompts import speaker, wav
from ivr.prompts.rendering import PAUSE_SECONDS, Renderings, SpeechUnavailable, Tools
from ivr.prompts.speaker import Speaker, speakable
from troncal.installation import prompts


@pytest.fixture(scope="module")
def tools() -> Tools:
    try:
        return prompts.tools()
    except SpeechUnavailable as reason:
        pytest.skip(str(reason))


def program(path: Path, script: str) -> str:
    """A program that stands in for one that is broken or slow."""
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_text_becomes_a_sound_that_can_be_heard(tools: Tools, tmp_path: Path) -> None:
    tools.speak("Gracias por llamar a la línea de facturación.", tmp_path / "a.wav")
    sound = wav.measure(tmp_path / "a.wav")
    assert 2.0 < sound.seconds < 5.0
    assert 0.04 < sound.level < 0.3


def test_dots_alone_are_a_short_pause(tools: Tools, tmp_path: Path) -> None:
    tools.speak("...", tmp_path / "pause.wav")
    sound = wav.measure(tmp_path / "pause.wav")
    assert sound.seconds == pytest.approx(PAUSE_SECONDS, abs=0.01)
    assert sound.level == 0.0


def test_what_says_nothing_leaves_no_file(tools: Tools, tmp_path: Path) -> None:
    with pytest.raises(SpeechUnavailable):
        tools.speak(" ", tmp_path / "a.wav")
    assert list(tmp_path.iterdir()) == []


def test_the_same_text_is_the_same_sound(tools: Tools, tmp_path: Path) -> None:
    for name in ("a", "b"):
        tools.speak("ciento veinte", tmp_path / f"{name}.wav")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_only_what_changed_is_rendered(tools: Tools, tmp_path: Path) -> None:
    renderings = Renderings(tmp_path)
    assert renderings.render(["uno", "dos", "uno"], tools) == {}
    assert renderings.missing(["uno", "dos", "tres"]) == ["tres"]
    before = renderings.path("uno").stat().st_mtime_ns
    assert renderings.render(["uno", "tres"], tools) == {}
    assert renderings.path("uno").stat().st_mtime_ns == before
    renderings.forget_others(["tres"])
    assert [*tmp_path.glob("*.wav")] == [renderings.path("tres")]


def test_what_cannot_be_rendered_is_reported_by_text(tmp_path: Path) -> None:
    broken = Tools([program(tmp_path / "espeak", "echo no voice >&2; exit 1")], ["sox"])
    assert Renderings(tmp_path / "out").render(["uno"], broken) == {"uno": "no voice"}


async def test_a_name_is_spoken_within_the_composed_folder(tools: Tools, tmp_path: Path) -> None:
    name = await Speaker(tmp_path, tools).say("AVENIDA PANAMERICANA, CAÑADA")
    assert name.startswith("troncal/said/")
    assert wav.measure(tmp_path / f"{name.removeprefix('troncal/')}.wav").level > 0.02


async def test_a_name_said_before_is_not_made_again(tools: Tools, tmp_path: Path) -> None:
    first = await Speaker(tmp_path, tools).say("Villa Coronilla")
    deaf = Tools(["/nonexistent"], ["/nonexistent"])
    assert await Speaker(tmp_path, deaf).say("Villa  Coronilla") == first


@pytest.mark.parametrize("text", ["", "   ", "...", "\r\n", "&${}<>|"])
async def test_a_text_without_words_is_refused(tools: Tools, tmp_path: Path, text: str) -> None:
    with pytest.raises(SpeechUnavailable):
        await Speaker(tmp_path, tools).say(text)


async def test_a_voice_that_hangs_does_not_keep_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker, "SAY_SECONDS", 0.2)
    slow = Tools([program(tmp_path / "espeak", "exec sleep 30")], ["sox"])
    async with asyncio.timeout(5):
        with pytest.raises(SpeechUnavailable):
            await Speaker(tmp_path, slow).say("hola")


async def test_the_names_used_longest_ago_are_forgotten(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaker, "MOST_KEPT", 2)
    spoken = Speaker(tmp_path, tools)
    old = tmp_path / f"{(await spoken.say('uno')).removeprefix('troncal/')}.wav"
    os.utime(old, (1, 1))
    for _ in range(2):
        await spoken.say("dos")
    await spoken.say("tres")
    assert not old.exists()
    assert len([*(tmp_path / "said").iterdir()]) == 2


async def test_many_names_at_once_are_all_spoken(tools: Tools, tmp_path: Path) -> None:
    spoken = Speaker(tmp_path, tools)
    names = await asyncio.gather(*(spoken.say(f"cliente {n % 4}") for n in range(20)))
    assert len(set(names)) == 4
    assert all((tmp_path / f"{name.removeprefix('troncal/')}.wav").is_file() for name in names)


@given(st.text(max_size=400))
def test_only_letters_figures_and_pauses_are_spoken(text: str) -> None:
    spoken = speakable(text)
    assert len(spoken) <= speaker.LONGEST_TEXT
    assert all(character.isalnum() or character in " .,'-" for character in spoken)
    assert speakable(spoken) == spoken


def test_capitals_are_spoken_as_a_name() -> None:
    assert speakable("  PLAZA COLÓN,\tCAÑADA ") == "Plaza Colón, Cañada"
