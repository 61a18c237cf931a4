"""Checks menus as a whole: unknown targets, dead ends, loops, menus that nobody reaches, prompts without text.

Pure. A fault is a place in the file and what is wrong there.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ivr.menus.model import (
    DEEPEST_LEVEL,
    NOT_AN_OPTION,
    NOTHING_PRESSED,
    SERVICES,
    TO_A_PERSON,
    WAYS_OUT,
    WAYS_OUT_NESTED,
    Leads,
    Menu,
    Menus,
    Option,
    key_prompt,
)

Place = tuple[str | int, ...]
Fault = tuple[Place, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What menus may name: the centre's lines, the self-services, the prompts that have a text."""

    lines: Collection[str]
    prompts: Collection[str]
    services: Collection[str] = SERVICES


def faults(menus: Menus, known: Known) -> list[Fault]:
    """Everything that is wrong, none of it twice. Empty when the menus can be compiled."""
    return [
        *_repeated(("lines",), [line.number for line in menus.lines]),
        *_repeated(("menus",), [menu.name for menu in menus.menus]),
        *_repeated(("survey", "questions"), [question.name for question in menus.survey.questions]),
        *_repeated(("survey", "lines"), list(menus.survey.lines)),
        *_key_faults(menus),
        *_unknown(menus, known),
        *_shape_faults(menus),
        *_prompt_faults(menus, known),
    ]


def _repeated(part: Place, names: list[str]) -> list[Fault]:
    where = ".".join(str(step) for step in part)
    return [
        ((*part, index), f"{name!r} stands twice in {where}")
        for index, name in enumerate(names)
        if name in names[:index]
    ]


def _options(menus: Menus) -> Iterator[tuple[Place, Menu, Option]]:
    for index, menu in enumerate(menus.menus):
        for position, option in enumerate(menu.options):
            yield ("menus", index, "options", position), menu, option


def _key_faults(menus: Menus) -> list[Fault]:
    found: list[Fault] = []
    for index, menu in enumerate(menus.menus):
        keys = [option.key for option in menu.options]
        found += [
            (("menus", index, "options", position, "key"), f"key {key} is used twice in menu {menu.name!r}")
            for position, key in enumerate(keys)
            if key in keys[:position]
        ]
    return found


def _unknown(menus: Menus, known: Known) -> list[Fault]:
    found: list[Fault] = []
    for index, line in enumerate(menus.lines):
        if line.number not in known.lines:
            found.append((("lines", index, "number"), f"the centre has no line {line.number!r}"))
        if line.menu is not None and line.menu not in menus.menus_by_name:
            found.append((("lines", index, "menu"), f"menu {line.menu!r} is not under menus"))
    for index, number in enumerate(menus.survey.lines):
        if number not in known.lines:
            found.append((("survey", "lines", index), f"the centre has no line {number!r}"))
    for place, _, option in _options(menus):
        found += [((*place, option.leads.value), fault) for fault in _unknown_target(option, menus, known)]
    return found


def _unknown_target(option: Option, menus: Menus, known: Known) -> list[str]:
    match option.leads:
        case Leads.MENU if option.target not in menus.menus_by_name:
            return [f"menu {option.target!r} is not under menus"]
        case Leads.SERVICE if option.target not in known.services:
            return [f"there is no service {option.target!r}; known are {', '.join(sorted(known.services))}"]
        case Leads.LINE if option.target not in known.lines:
            return [f"the centre has no line {option.target!r}"]
    return []


# -- the shape of the trees ---------------------------------------------------------------------------


def _shape_faults(menus: Menus) -> list[Fault]:
    levels = _levels(menus)
    found: list[Fault] = []
    for index, menu in enumerate(menus.menus):
        place: Place = ("menus", index)
        if not menu.options:
            found.append((place, f"menu {menu.name!r} is a dead end: it has no options"))
        if menu.name not in levels:
            found.append((place, f"menu {menu.name!r} cannot be reached from any line"))
        elif levels[menu.name] == DEEPEST_LEVEL + 1:
            found.append((place, f"menu {menu.name!r} lies deeper than {DEEPEST_LEVEL} levels"))
    return [*found, *_rings(menus), *_two_above(menus)]


def _levels(menus: Menus) -> dict[str, int]:
    """The level of each menu that a line leads to, from 1; the shortest path counts."""
    levels: dict[str, int] = {}
    reached = {line.menu for line in menus.lines if line.menu is not None}
    level = 1
    while reached:
        fresh = [menus.menus_by_name[name] for name in reached if name in menus.menus_by_name and name not in levels]
        levels.update((menu.name, level) for menu in fresh)
        reached = {option.menu for menu in fresh for option in menu.options if option.menu is not None}
        level += 1
    return levels


def _rings(menus: Menus) -> list[Fault]:
    """Menus that lead back to themselves: callers would go in a loop, and "the level above" would mean nothing."""
    found: list[Fault] = []
    reported: set[str] = set()
    for place, menu, option in _options(menus):
        if option.menu is None or menu.name in reported:
            continue
        ring = _below(menus, option.menu)
        if menu.name in ring:
            reported |= {name for name in ring if menu.name in _below(menus, name)}
            what = f"menu {menu.name!r} leads back to itself through {option.menu!r}: a loop without exit"
            found.append(((*place, "menu"), what))
    return found


def _below(menus: Menus, name: str) -> set[str]:
    """A menu and all that it leads to."""
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        menu = menus.menus_by_name.get(ahead.pop())
        if menu is not None and menu.name not in seen:
            seen.add(menu.name)
            ahead += [option.menu for option in menu.options if option.menu is not None]
    return seen


def _two_above(menus: Menus) -> list[Fault]:
    """A menu with two levels above it: * would have to guess. The first menu of a line has none."""
    firsts = {line.menu for line in menus.lines}
    leading_to = Counter(option.menu for _, _, option in _options(menus))
    return [
        ((*place, "menu"), f"menu {option.menu!r} is reached from more than one place; * would not know the way back")
        for place, menu, option in _options(menus)
        if option.menu is not None and (leading_to[option.menu] > 1 or option.menu in firsts)
        if menu.name not in _below(menus, option.menu)
    ]


# -- prompts -------------------------------------------------------------------------------------------


def _prompt_faults(menus: Menus, known: Known) -> list[Fault]:
    return [
        (place, f"prompt {name!r} has no text in the catalogue")
        for place, name in _prompts(menus)
        if name not in known.prompts
    ]


def _prompts(menus: Menus) -> Iterator[tuple[Place, str]]:
    for index, line in enumerate(menus.lines):
        yield ("lines", index, "welcome"), line.welcome
    for index, menu in enumerate(menus.menus):
        if menu.say is not None:
            yield ("menus", index, "say"), menu.say
    for place, _, option in _options(menus):
        yield (*place, "say"), option.say
        if option.tell is not None:
            yield (*place, "tell"), option.tell
    for index, question in enumerate(menus.survey.questions):
        yield ("survey", "questions", index, "say"), question.say
    if menus.menus:
        yield from ((("menus",), name) for name in _implied(menus))


def _implied(menus: Menus) -> list[str]:
    """The prompts that every menu has without naming them."""
    keys = sorted({option.key for _, _, option in _options(menus)})
    return [*map(key_prompt, keys), WAYS_OUT, WAYS_OUT_NESTED, NOT_AN_OPTION, NOTHING_PRESSED, TO_A_PERSON]
