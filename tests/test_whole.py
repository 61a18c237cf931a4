"""When what failed is judged once more, and where the tests write."""

from pathlib import Path

import pytest

from tests import whole
from tests.stolen_time import ONLY_TAKEN_AWAY

GREEN, RED, MISUSE = pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([GREEN], GREEN),
        ([RED], RED),
        ([MISUSE], MISUSE),
        ([ONLY_TAKEN_AWAY, GREEN], GREEN),
        ([ONLY_TAKEN_AWAY, RED], RED),
        ([ONLY_TAKEN_AWAY, ONLY_TAKEN_AWAY], ONLY_TAKEN_AWAY),
    ],
)
def test_only_a_machine_that_was_taken_away_excuses_and_only_once(
    monkeypatch: pytest.MonkeyPatch, codes: list[int], code: int
) -> None:
    ran: list[tuple[str, ...]] = []

    def run(_files: dict[str, str], *words: str) -> int:
        ran.append(words[:-1])
        return codes[len(ran) - 1]

    monkeypatch.setattr(whole, "run", run)
    assert whole.main(["-x"]) == code
    assert ran == [whole.TOGETHER, whole.ALONE][: len(codes)]


def test_what_tests_write_is_in_memory_while_they_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(whole, "ROOM_BYTES", 0)
    with whole.quick_files(tmp_path) as files:
        folder = Path(files["TMPDIR"])
        assert folder.parent == tmp_path and folder.is_dir()
    assert not folder.exists()


def test_without_room_it_is_on_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(whole, "ROOM_BYTES", 2**60)
    for folder in (tmp_path, tmp_path / "nowhere"):
        with whole.quick_files(folder) as files:
            assert files == {}
