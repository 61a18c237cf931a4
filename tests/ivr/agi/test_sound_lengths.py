"""What is played to a caller: how long it may keep them, and how their keys interrupt it."""

import asyncio
from pathlib import Path

from ivr.agi.server import AgiServer
from ivr.agi.session import AgiCall
from ivr.agi.sound_lengths import ASTERISKS_SECONDS, OURS_SECONDS, SoundLengths
from tests.ivr.agi.fake_peer import SECRET, Caller, call


def test_a_prompt_takes_as_long_as_its_file(tmp_path: Path) -> None:
    (tmp_path / "said").mkdir()
    (tmp_path / "aviso.wav").write_bytes(bytes(44 + 16_000 * 25))
    (tmp_path / "said" / "x.wav").write_bytes(bytes(16_000))
    seconds = SoundLengths(tmp_path)
    assert 25 < seconds("troncal/aviso") < 25.1
    assert seconds("troncal/said/x") == 1
    assert seconds("troncal/falta") == OURS_SECONDS
    assert seconds("digits/5") == ASTERISKS_SECONDS


async def test_the_time_limit_of_a_question_counts_its_sounds_and_its_keys() -> None:
    async def script(agi: AgiCall) -> None:
        await agi.ask(("a", "b"), most=5, seconds=6)
        await agi.ask(("a",), most=1, seconds=6)

    async with AgiServer("127.0.0.1", 0, {"it": script}, SECRET, seconds_of=lambda _: 10.0) as server:
        heard = await call(server.port, "it", Caller())
    assert heard.limits == ["8.0", "48.0", "8.0", "24.0", "8.0"]


async def test_keys_pressed_during_a_long_announcement_interrupt_it_and_count() -> None:
    sounds = tuple(f"troncal/a-sound-with-quite-a-long-name-{number}" for number in range(100))
    found: list[str] = []

    async def ask(agi: AgiCall) -> None:
        found.append(await agi.ask(sounds, most=7))

    async with asyncio.timeout(5), AgiServer("127.0.0.1", 0, {"ask": ask}, SECRET) as server:
        whole = await call(server.port, "ask", Caller(("", "", "", "1234567")))
        begun = await call(server.port, "ask", Caller(("", "1", "234567")))
    assert tuple(whole.played) == sounds
    assert 0 < len(begun.played) < len(sounds)
    assert found == ["1234567", "1234567"]


async def test_a_hash_during_a_long_announcement_ends_it_without_keys() -> None:
    sounds, found = tuple(f"troncal/a-sound-with-quite-a-long-name-{number}" for number in range(100)), list[str]()

    async def ask(agi: AgiCall) -> None:
        found.append(await agi.ask(sounds, most=7))
        found.append(await agi.ask(sounds, most=1))

    async with asyncio.timeout(5), AgiServer("127.0.0.1", 0, {"ask": ask}, SECRET) as server:
        await call(server.port, "ask", Caller(("", "#", "#")))
    assert found == ["", "#"]
