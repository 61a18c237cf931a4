"""How long a caller may be kept by what is played to him."""

from pathlib import Path

from ivr.agi import AgiCall, AgiServer
from ivr.sound_lengths import ASTERISKS_SECONDS, OURS_SECONDS, SoundLengths
from tests.ivr.fake_agi_peer import Caller, call


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

    async with AgiServer("127.0.0.1", 0, {"it": script}, seconds_of=lambda _: 10.0) as server:
        heard = await call(server.port, "it", Caller())
    assert heard.limits == ["8.0", "48.0", "8.0", "24.0", "8.0"]
