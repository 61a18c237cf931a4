"""What README and CONTRIBUTING name is there."""

import re

import pytest

from callcenter.settings import PROJECT
from tests.test_house import ROOMS

PAGES = ("README.md", "CONTRIBUTING.md")
_PATH = re.compile(rf"(?<![\w/.-])(?:(?:{'|'.join(ROOMS)}|tests|docs|migrations|asterisk-conf)/[\w./-]*)")


def paths_in(page: str) -> set[str]:
    """The files and folders of the project that a page names."""
    return {path.rstrip(".") for path in _PATH.findall((PROJECT / page).read_text(encoding="utf-8"))}


def test_a_path_is_seen_in_a_sentence() -> None:
    assert {"ami_bridge/wire/", "callcenter/numbers.py"} <= paths_in("CONTRIBUTING.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_path_a_page_names_is_there(page: str) -> None:
    assert {path for path in paths_in(page) if not (PROJECT / path).exists()} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_the_readme_names_every_sub_room(room: str) -> None:
    house = (PROJECT / "README.md").read_text(encoding="utf-8").split("## The house")[1]
    line = next(each for each in house.splitlines() if each.strip().startswith(f"{room}/"))
    sub_rooms = {path.parent.name for path in (PROJECT / room).glob("*/__init__.py")}
    assert {each for each in sub_rooms if f"{each}/" not in line} == set()
