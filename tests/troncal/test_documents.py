"""What the README and the manual say is there, is there."""

import re

import pytest
from typer.main import get_command

from callcenter.settings import PROJECT, Settings
from troncal.cli import app

PAGES = {
    name: (PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/operacion.md", "centre.yaml")
}
TOP = get_command(app)


def names() -> set[str]:
    return set(getattr(TOP, "commands", {}))


@pytest.mark.parametrize("page", PAGES)
def test_every_command_a_page_names_exists(page: str) -> None:
    named = set(re.findall(r"(?:bin/|`)troncal (\w+)", PAGES[page]))
    assert named <= names()


@pytest.mark.parametrize("page", PAGES)
def test_every_option_a_page_names_exists(page: str) -> None:
    for named in re.findall(r"(?:bin/|`)troncal ([^`\n]+)", PAGES[page]):
        command = TOP
        for word in named.split():
            command = (command.get_command(None, word) if hasattr(command, "get_command") else None) or command
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z][a-z-]*", named)) <= known, named


def test_every_command_is_documented_somewhere() -> None:
    named = " ".join(PAGES.values())
    assert {name for name in names() if f"troncal {name}" not in named and f"make {name}" not in named} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_a_page_names_exists(page: str) -> None:
    known = {f"TRONCAL_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"TRONCAL_[A-Z_]*[A-Z]", PAGES[page])) <= known


def test_every_adr_has_its_parts() -> None:
    for path in (PROJECT / "docs/adr").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        for part in ("**Context.**", "**Decision.**", "**Not taken.**"):
            assert part in text, f"{path.name} lacks {part}"
