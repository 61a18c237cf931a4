"""Applied menus: kept to go back to, and as long as callers are in them."""

from pathlib import Path

import pytest

from ivr.menus import file as menu_file
from ivr.menus.dialplan import compiled
from ivr.menus.file import MenuFileError
from ivr.menus.generations import Busy, Generation, Generations, at_start, in_force
from tests.ivr.menus.trees import KNOWN, LINES, TEXT


def generation(seconds: int) -> Generation:
    text = TEXT.replace("timeout_seconds: 5", f"timeout_seconds: {seconds}")
    menus = menu_file.parse(text, KNOWN)
    return Generation.of(text, menus, compiled(menus, LINES))


FIRST, SECOND, THIRD, FOURTH = (generation(seconds) for seconds in (6, 7, 8, 9))


@pytest.fixture
def kept(tmp_path: Path) -> Generations:
    found = Generations(tmp_path / "ivr")
    for each in (FIRST, SECOND):
        found.record(each)
    return found


def test_nothing_is_in_force_before_the_first() -> None:
    empty = Generations(Path("/nowhere/at/all"))
    assert empty.current() is None
    assert empty.before() is None


def test_the_newest_is_in_force_and_the_one_before_is_kept(kept: Generations) -> None:
    assert (kept.current(), kept.before()) == (SECOND, FIRST)


def test_the_one_in_force_stays_loaded_for_a_caller_who_came_in_meanwhile(kept: Generations) -> None:
    assert kept.needed_beside(THIRD.name, frozenset()) == (SECOND,)


def test_an_older_one_stays_while_somebody_is_in_it(kept: Generations) -> None:
    inside = {f"m-{FIRST.name}-facturacion", "troncal-queue-102"}
    assert kept.needed_beside(THIRD.name, inside) == (SECOND, FIRST)


def test_an_older_one_stays_while_somebody_is_in_a_service(kept: Generations) -> None:
    assert kept.needed_beside(THIRD.name, {"troncal-service"}) == (SECOND, FIRST)


def test_what_nobody_needs_is_deleted(kept: Generations) -> None:
    kept.record(THIRD, kept.needed_beside(THIRD.name, frozenset()))
    assert kept.all() == (THIRD, SECOND)
    assert {path.stem for path in kept.folder.glob("*.yaml")} == {THIRD.name, SECOND.name}


def test_what_is_needed_is_kept_over_several_changes(kept: Generations) -> None:
    inside = {f"m-{FIRST.name}-facturacion"}
    for new in (THIRD, FOURTH):
        kept.record(new, kept.needed_beside(new.name, inside))
    assert kept.all() == (FOURTH, THIRD, FIRST)


def test_going_back_and_forth_keeps_both(kept: Generations) -> None:
    kept.record(FIRST, kept.needed_beside(FIRST.name, frozenset()))
    assert (kept.current(), kept.before()) == (FIRST, SECOND)


def test_only_one_applies_at_a_time(kept: Generations) -> None:
    with kept.locked(), pytest.raises(Busy), kept.locked():
        pass


def test_the_first_start_applies_the_file(tmp_path: Path) -> None:
    kept, said = Generations(tmp_path / "ivr"), list[str]()
    path = tmp_path / "menus.yaml"
    path.write_text(FIRST.text, encoding="utf-8")
    assert f"[m-{FIRST.name}-facturacion]" in at_start(kept, path, KNOWN, said.append)
    assert (kept.current(), said) == (FIRST, [])


def test_a_later_start_keeps_what_was_applied_and_says_that_the_file_differs(kept: Generations, tmp_path: Path) -> None:
    said: list[str] = []
    path = tmp_path / "menus.yaml"
    path.write_text(THIRD.text, encoding="utf-8")
    assert f"[m-{SECOND.name}-facturacion]" in at_start(kept, path, KNOWN, said.append)
    assert kept.current() == SECOND
    assert len(said) == 1
    assert "troncal ivr apply" in said[0]


def test_a_start_with_a_wrong_first_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "menus.yaml"
    path.write_text("lines: []", encoding="utf-8")
    with pytest.raises(MenuFileError):
        at_start(Generations(tmp_path / "ivr"), path, KNOWN, print)


def test_an_asterisk_that_starts_again_has_what_was_applied_last(kept: Generations, tmp_path: Path) -> None:
    path = tmp_path / "menus.yaml"
    path.write_text(THIRD.text, encoding="utf-8")
    with kept.locked():
        assert f"[m-{SECOND.name}-facturacion]" in in_force(kept, path, KNOWN)
    assert f"[m-{THIRD.name}-facturacion]" in in_force(Generations(tmp_path / "none"), path, KNOWN)
