"""When a failed test is tried once more, and where the tests write."""

from pathlib import Path

import pytest

from tests import whole

STAT = "cpu  {busy} 20 30 400 5 0 6 {stolen} 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n"
GREEN, RED, MISUSE = pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize(
    ("stolen", "codes", "code"),
    [
        (0, [RED], RED),
        (190, [RED], RED),
        (210, [RED, GREEN], GREEN),
        (210, [RED, RED], RED),
        (900, [GREEN], GREEN),
        (900, [MISUSE], MISUSE),
    ],
)
def test_only_a_machine_that_was_taken_away_excuses_and_only_once(
    monkeypatch: pytest.MonkeyPatch, stolen: int, codes: list[int], code: int
) -> None:
    stats = iter([STAT.format(busy=100, stolen=7), STAT.format(busy=100 + 1000 - stolen, stolen=7 + stolen)])
    ran: list[tuple[str, ...]] = []

    def run(_files: dict[str, str], *words: str) -> int:
        ran.append(words[:-1])
        return codes[len(ran) - 1]

    monkeypatch.setattr(Path, "read_text", lambda _path: next(stats))
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
