"""A change of the menus in a running Asterisk: what its console shows, and what happens when it does not take them."""

import json
import sys
from pathlib import Path

import pytest

from ivr.menus.dialplan import compile_menus
from tests.ivr.menus.trees import LINES, real
from troncal.installation.menu_change import MENUS_FILE, MenusNotTaken, bring_in, contexts_in, contexts_of
from troncal.machines import asterisk
from troncal.machines.asterisk import EmbeddedAsterisk

LISTING = """\
PJSIP/red-publica-00000001!m-0a1b2c3d-facturacion!s!3!Up!WaitExten!5!72222222!!!3!7!!1763856000.1
PJSIP/red-publica-00000002!troncal-service!s!4!Up!AGI!agi://127.0.0.1:24573/amount_owed!7!!!3!9!!1763856000.2
Privilege escalation protection disabled!
"""
MENUS = compile_menus(real(), LINES)
# A stand-in for Asterisk's console: it notes the command, and shows the contexts that its file names.
CONSOLE = """\
import json, pathlib, sys
given = json.loads(pathlib.Path(__file__).with_suffix(".json").read_text())
with pathlib.Path(__file__).with_suffix(".log").open("a") as log:
    log.write(sys.argv[-1] + "\\n")
if sys.argv[-1] == "dialplan show":
    print("\\n".join(f"[ Context '{name}' created by 'pbx_config' ]" for name in given["contexts"]))
sys.exit(given["code"])
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "console.py"
    path.write_text(CONSOLE)
    return path


def machine(program: Path, contexts: list[str], code: int = 0) -> EmbeddedAsterisk:
    program.with_suffix(".json").write_text(json.dumps({"contexts": contexts, "code": code}))
    folders = asterisk.node_folders(program.parent, program.parent, program.parent)
    folders.etc.mkdir(parents=True, exist_ok=True)
    (folders.etc / MENUS_FILE).write_text("; before")
    return EmbeddedAsterisk([sys.executable, str(program)], folders, program.parent, program.parent)


def in_force(found: EmbeddedAsterisk) -> str:
    return (found.folders.etc / MENUS_FILE).read_text(encoding="utf-8")


def test_the_contexts_of_channels_are_read_from_the_concise_listing() -> None:
    assert contexts_in(LISTING) == {"m-0a1b2c3d-facturacion", "troncal-service"}
    assert contexts_in("") == frozenset()


def test_every_context_of_the_compiled_file_is_looked_for() -> None:
    wanted = contexts_of(MENUS)
    assert "troncal-menus" in wanted
    assert sum(name.endswith("-facturacion") for name in wanted) == 1


async def test_menus_that_asterisk_shows_are_in_force(program: Path) -> None:
    found = machine(program, sorted(contexts_of(MENUS)))
    await bring_in(found, MENUS)
    assert in_force(found) == MENUS
    assert program.with_suffix(".log").read_text().split("\n")[:-1] == ["dialplan reload", "dialplan show"]


async def test_menus_of_which_asterisk_misses_one_context_are_taken_back(program: Path) -> None:
    found = machine(program, sorted(contexts_of(MENUS) - {"troncal-menus"}))
    with pytest.raises(MenusNotTaken, match="did not load troncal-menus"):
        await bring_in(found, MENUS)
    assert in_force(found) == "; before"
    assert program.with_suffix(".log").read_text().split("\n")[-2] == "dialplan reload"


async def test_a_console_that_does_not_answer_leaves_the_old_file(program: Path) -> None:
    found = machine(program, [], code=1)
    with pytest.raises(MenusNotTaken, match="does not answer"):
        await bring_in(found, MENUS)
    assert in_force(found) == "; before"
