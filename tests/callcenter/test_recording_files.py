"""Names of recordings lead into the node's folder and nowhere else; what a file holds is known from its size."""

import io
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.centre.file import CentreFileError, parse
from callcenter.centre.model import Retention
from callcenter.recording_files import NotARecording, file_of, header, is_header, path_of, seconds, sound_bytes
from callcenter.settings import PROJECT

FOLDER = Path("/srv/recordings/central")


def test_a_recording_is_named_by_its_day_and_its_channel() -> None:
    file = file_of("2026-11-22", "central-1790000000.7")
    assert file == "2026-11-22/central-1790000000.7.wav"
    assert path_of(FOLDER, file) == FOLDER / "2026-11-22" / "central-1790000000.7.wav"


@pytest.mark.parametrize(
    ("day", "channel"),
    [
        *(("2026-11-31", "a"), ("20261122", "a"), ("..", "a"), ("", "a")),
        *(("2026-11-22", channel) for channel in ("..", "", "a/b", "a b", "a\x00", "-rf", "a" * 151)),
    ],
)
def test_other_names_are_refused(day: str, channel: str) -> None:
    with pytest.raises(NotARecording):
        file_of(day, channel)


@given(st.text(max_size=40) | st.from_regex(r"[0-9-]{8,12}/[./a-z-]{1,30}"))
def test_no_text_whatever_leads_out_of_the_folder(file: str) -> None:
    try:
        path = path_of(FOLDER, file)
    except NotARecording:
        return
    assert path.parent.parent == FOLDER
    assert path.resolve().is_relative_to(FOLDER)


@pytest.mark.parametrize("length", [0, 2, 16_000])
def test_a_header_of_ours_is_a_wav_and_known_whatever_length_it_states(length: int) -> None:
    made = header(length)
    assert is_header(made)
    with wave.open(io.BytesIO(made + bytes(length))) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnframes()) == (8000, 2, length // 2)


@pytest.mark.parametrize("head", [b"", b"RIFF", header(0)[:43], b"x" * 44, header(0)[:22] + b"\x02" + header(0)[23:]])
def test_other_files_are_not_taken_for_recordings(head: bytes) -> None:
    assert not is_header(head)


def test_the_size_of_a_file_gives_how_long_it_sounds() -> None:
    assert (sound_bytes(44), sound_bytes(10), sound_bytes(47), seconds(44 + 32_000)) == (0, 0, 2, 2.0)


def test_a_call_through_several_queues_is_kept_by_the_longest_rule() -> None:
    rule = Retention(keep_days=90, queues={"102": 365, "104": 30})
    assert [rule.days_of(queues) for queues in ([], ["101"], ["104"], ["104", "101"], ["104", "102"])] == [
        *(90, 90, 30, 90, 365)
    ]
    assert (rule.shortest_days, rule.longest_days) == (30, 365)


def test_a_rule_for_a_queue_that_is_not_there_is_refused_with_its_line() -> None:
    text = (PROJECT / "centre.yaml").read_text(encoding="utf-8")
    wrong = text.replace('queues: {"102": 365}', 'queues: {"199": 365}')
    line = wrong[: wrong.index('"199"')].count("\n") + 1
    with pytest.raises(CentreFileError, match=f"line {line}: queue '199' is not under queues"):
        parse(wrong)
