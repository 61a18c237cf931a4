"""`troncal ivr show | try | diff | apply | back`: what callers hear, looked at, tried and changed."""

import asyncio
import difflib
from collections.abc import Iterable, Mapping

from rich.console import Console

from callcenter.centre.file import load
from callcenter.centre.model import Centre
from callcenter.operator_problem import OperatorProblem
from callcenter.settings import Settings
from ivr.menus import file as menu_file
from ivr.menus import walk as menu_walk
from ivr.menus.dialplan import Compiled, compiled
from ivr.menus.generations import Generation, Generations
from ivr.menus.model import Menus
from ivr.menus.walk import Walk
from ivr.prompts import catalogue
from troncal.installation import menu_change, programs, state_folder
from troncal.installation.menus import generations, known
from troncal.machines.asterisk import AsteriskFault, EmbeddedAsterisk
from troncal.machines.debian import MACHINES, installed

KEY_NAMES = {"": "begins", "t": "silence", "i": "no meaning"}
out = Console(highlight=False, soft_wrap=True)


class MenuCommandError(OperatorProblem):
    """The command cannot be understood."""

    exit_code = 2


class NothingBefore(OperatorProblem):
    """There is nothing to go back to."""

    exit_code = 1


def show(line: str) -> None:
    """Print a line's tree as the file has it. Raises OperatorProblem."""
    menus, _ = _of_file(line)
    _print(menu_walk.tree(menus, line))


def try_(line: str, keys: str) -> None:
    """Walk a line's menus without a telephone. Raises OperatorProblem."""
    menus, texts = _of_file(line)
    try:
        pressed = menu_walk.keys_of(keys)
    except menu_walk.NotKeys as error:
        raise MenuCommandError(str(error)) from error
    _print(walk_lines(menu_walk.walk(menus, line, pressed), texts))


def walk_lines(walk: Walk, texts: Mapping[str, str]) -> list[str]:
    """A walk as text, a step a paragraph: the key, what it chose, what is heard."""
    lines: list[str] = []
    for step in walk.steps:
        chosen = " ".join(part for part in (step.menu, step.title) if part)
        lines.append(f"{KEY_NAMES.get(step.key, step.key)}: {chosen}".rstrip(": "))
        if step.service:
            lines.append(f"    [service {step.service}]")
        lines += [f"    {name}: {texts.get(name, '')}" for name in step.said]
    lines.append(f"=> {walk.ending} {walk.target}".rstrip())
    if walk.left:
        lines.append(f"   keys that were not needed: {' '.join(walk.left)}")
    return lines


def diff() -> bool:
    """Print how the file differs from what was applied last; whether it does. Raises OperatorProblem."""
    settings, centre = _here()
    menus, _, text = _file(settings, centre)
    differences = _differences(generations(settings).current(), menus, text, centre)
    _print(differences or ["the file is what was applied last"])
    return bool(differences)


def apply() -> None:
    """Bring the file to the callers who come next. A wrong file changes nothing. Raises OperatorProblem."""
    settings, centre = _here()
    menus, made, text = _file(settings, centre)
    kept = generations(settings)
    with kept.locked():
        differences = _differences(kept.current(), menus, text, centre)
        if not differences:
            return _print(["nothing to apply: the file is what was applied last"])
        _print(differences)
        _bring(settings, kept, Generation.of(text, menus, made), made)


def back() -> None:
    """Bring the menus that were applied before the last ones. Raises OperatorProblem."""
    settings, centre = _here()
    kept = generations(settings)
    with kept.locked():
        before = kept.before()
        if before is None:
            raise NothingBefore("no menus were applied before the present ones")
        menus = menu_file.parse(before.text, known(centre), kept.folder / f"{before.name}.yaml")
        made = compiled(menus, tuple(centre.lines_by_number))
        _print(_differences(kept.current(), menus, before.text, centre))
        _bring(settings, kept, Generation.of(before.text, menus, made), made)


def _bring(settings: Settings, kept: Generations, new: Generation, made: Compiled) -> None:
    if state_folder.read_running(settings.state) is None:
        kept.record(new)
        return _print([f"menus {new.name} are in force when the centre starts"])
    retained = asyncio.run(_into(programs.asterisk_of(settings, installed(MACHINES)), kept, made))
    kept.record(new, retained)
    inside = [each.name for each in retained]
    return _print(
        [
            f"menus {new.name} are in force",
            *([f"loaded beside them, for callers inside: {', '.join(inside)}"] * bool(inside)),
        ]
    )


async def _into(machine: EmbeddedAsterisk, kept: Generations, made: Compiled) -> tuple[Generation, ...]:
    try:
        contexts = await menu_change.contexts_in_use(machine)
    except AsteriskFault as fault:
        raise menu_change.MenusNotTaken(f"nothing is changed, Asterisk's console does not answer: {fault}") from fault
    retained = kept.needed_beside(made.generation, contexts)
    await menu_change.bring_in(machine, made.text(each.contexts for each in retained))
    return retained


def _here() -> tuple[Settings, Centre]:
    settings = state_folder.settings()
    return settings, load(settings.centre)


def _file(settings: Settings, centre: Centre) -> tuple[Menus, Compiled, str]:
    text = menu_file.text_of(settings.menus)
    menus = menu_file.parse(text, known(centre), settings.menus)
    return menus, compiled(menus, tuple(centre.lines_by_number)), text


def _of_file(line: str) -> tuple[Menus, Mapping[str, str]]:
    settings, centre = _here()
    if line not in centre.lines_by_number:
        raise MenuCommandError(f"the centre has no line {line!r}; its lines are {', '.join(centre.lines_by_number)}")
    return _file(settings, centre)[0], catalogue.texts()


def _differences(applied: Generation | None, menus: Menus, text: str, centre: Centre) -> list[str]:
    """How the trees differ; where only the text does, that is no difference."""
    made = compiled(menus, tuple(centre.lines_by_number))
    if applied is not None and applied.name == made.generation:
        return []
    old = applied.trees.splitlines() if applied is not None else []
    new = Generation.of(text, menus, made).trees.splitlines()
    named = f"applied {applied.name}" if applied is not None else "nothing applied"
    lines = difflib.unified_diff(old, new, named, f"new {made.generation}", lineterm="", n=2)
    return list(lines) or [f"the trees are the same; they compile to {made.generation} now"]


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        out.print(line, markup=False)
