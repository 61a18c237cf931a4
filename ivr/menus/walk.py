"""Walks menus without a telephone, by the same rules as the compiled dialplan, and draws them as text. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.menus.model import (
    NOT_AN_OPTION,
    NOTHING_PRESSED,
    TITLE_OF_ZERO,
    TO_A_PERSON,
    Leads,
    Menu,
    Menus,
    Option,
    said,
)

SILENCE, NO_KEY = "t", ""
KEYS = "0123456789*#"


class ServiceExit(StrEnum):
    """What a self-service ends with: `TRONCAL_RESULT`."""

    PERSON = "person"
    MENU = "menu"
    END = "end"


class Ending(StrEnum):
    """Where a walk stopped."""

    LISTENING = "the menu waits for a key"
    PERSON = "a person of line"
    SERVICE = "in the service"
    GOODBYE = "the call ends"


@dataclass(frozen=True, slots=True)
class Step:
    """A key (`t` for silence, `i` for one that is no option, empty at the beginning), the menu it was pressed in, what
    it chose there; then what the caller hears of the menus, prompt by prompt.

    `service`: the self-service that spoke before that.
    """

    key: str
    menu: str
    title: str = ""
    service: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps, where they end (a menu, a line, a service), and the keys that were left over then."""

    steps: tuple[Step, ...]
    ending: Ending
    target: str
    left: tuple[str, ...] = ()


class NotKeys(ValueError):
    """The text names something that is no key."""


def keys_of(text: str) -> tuple[str, ...]:
    """`1,2,#` or `12#`: keys, `t` for silence, and a result for a service (person, menu, end). Raises NotKeys."""
    found: list[str] = []
    for word in text.replace(",", " ").split():
        if word in tuple(ServiceExit):
            found.append(word)
            continue
        wrong = [letter for letter in word if letter not in KEYS + SILENCE]
        if wrong:
            raise NotKeys(
                f"{wrong[0]!r} is no key; write 0 to 9, *, #, t for silence, or person, menu, end of a service"
            )
        found += word
    return tuple(found)


def walk(menus: Menus, line: str, keys: Sequence[str]) -> Walk:
    """What a caller of a line hears who presses these keys, one each time the menu waits.

    After a service the next word may be its result; else that is `menu`. A line that the menus do not name goes
    straight to a person.
    """
    entrance = menus.lines_by_number.get(line)
    if entrance is None or entrance.menu is None:
        heard = () if entrance is None else (entrance.welcome,)
        return Walk((Step(NO_KEY, "", said=heard),), Ending.PERSON, line, tuple(keys))
    menu = menus.menus_by_name[entrance.menu]
    begins = Step(NO_KEY, menu.name, said=(entrance.welcome, *said(menus, menu)))
    return _Caller(menus, line, menu, list(keys), [begins]).walked()


@dataclass(slots=True)
class _Caller:
    """A caller in the menus: the menu that is playing, and how often it was repeated without a valid key."""

    menus: Menus
    line: str
    menu: Menu
    keys: list[str]
    steps: list[Step]
    tries: int = 0
    over: tuple[Ending, str] | None = field(default=None)

    def walked(self) -> Walk:
        while self.over is None and self.keys:
            self._press(self.keys.pop(0))
        ending, target = self.over or (Ending.LISTENING, self.menu.name)
        return Walk(tuple(self.steps), ending, target, tuple(self.keys))

    def _press(self, key: str) -> None:
        option = self.menu.by_key.get(key)
        match key:
            case "0":
                self._to_person(self._step(key, TITLE_OF_ZERO))
            case "*":
                self._up()
            case "#":
                self._hear(self._step(key), self.menu)
            case _ if option is not None:
                self._choose(option)
            case _:
                self._once_more(key if key == SILENCE else "i")

    def _up(self) -> None:
        step = self._step("*")
        above = self.menus.above.get(self.menu.name)
        if above is None:
            self._hear(step, self.menu)
        else:
            self._enter(step, self.menus.menus_by_name[above])

    def _once_more(self, key: str) -> None:
        self.tries += 1
        step = self._step(key)
        if self.tries > self.menu.retries:
            self._to_person(step, TO_A_PERSON)
        else:
            self._hear(step, self.menu, NOTHING_PRESSED if key == SILENCE else NOT_AN_OPTION)

    def _choose(self, option: Option) -> None:
        step = self._step(option.key, option.title)
        match option.leads:
            case Leads.MENU:
                self._enter(step, self.menus.menus_by_name[option.target])
            case Leads.SERVICE:
                self._serve(Step(step.key, step.menu, step.title, service=option.target))
            case Leads.LINE:
                self._stop(step, Ending.PERSON, option.target)
            case Leads.TELL:
                self._enter(step, self.menu, option.target)
            case Leads.PERSON:
                self._to_person(step)

    def _serve(self, step: Step) -> None:
        if not self.keys:
            return self._stop(step, Ending.SERVICE, step.service)
        result = ServiceExit(self.keys.pop(0)) if self.keys[0] in tuple(ServiceExit) else ServiceExit.MENU
        match result:
            case ServiceExit.MENU:
                return self._enter(step, self.menu)
            case ServiceExit.END:
                return self._stop(step, Ending.GOODBYE, "")
            case ServiceExit.PERSON:
                return self._to_person(step)

    def _step(self, key: str, title: str = "") -> Step:
        return Step(key, self.menu.name, title)

    def _enter(self, step: Step, menu: Menu, *before: str) -> None:
        self.tries, self.menu = 0, menu
        self._hear(step, menu, *before)

    def _hear(self, step: Step, menu: Menu, *before: str) -> None:
        heard = (*before, *said(self.menus, menu))
        self.steps.append(Step(step.key, step.menu, step.title, step.service, heard))

    def _to_person(self, step: Step, *before: str) -> None:
        self._stop(Step(step.key, step.menu, step.title, step.service, before), Ending.PERSON, self.line)

    def _stop(self, step: Step, ending: Ending, target: str) -> None:
        self.steps.append(step)
        self.over = (ending, target)


# -- text ------------------------------------------------------------------------------------------------


def tree(menus: Menus, line: str) -> list[str]:
    """A line's tree, one option a line of text. Valid menus only: a loop would not end."""
    entrance = menus.lines_by_number.get(line)
    if entrance is None:
        return [f"{line}: a person"]
    if entrance.menu is None:
        return [f"{line}: {entrance.welcome}, then a person"]
    return [f"{line}: {entrance.welcome}", *_drawn(menus, menus.menus_by_name[entrance.menu], "  ")]


def forest(menus: Menus) -> list[str]:
    """All lines' trees and the survey, to be compared with another's."""
    survey = [f"  {question.name}: {question.say}" for question in menus.survey.questions]
    trees = [text for line in menus.lines for text in tree(menus, line.number)]
    return [*trees, *(["survey of " + ", ".join(menus.survey.lines), *survey] if survey else [])]


def _drawn(menus: Menus, menu: Menu, indent: str) -> Iterator[str]:
    opening = f"{menu.say}; " if menu.say is not None else ""
    yield f"{indent}menu {menu.name}: {opening}{menu.timeout_seconds} s, {menu.retries} times again"
    for option in menu.options:
        yield f"{indent}  {option.key} {option.title} ({option.say}) -> {_where(option)}"
        if option.leads is Leads.MENU:
            yield from _drawn(menus, menus.menus_by_name[option.target], indent + "    ")
    yield f"{indent}  0 a person, # again" + (", * back" if menu.name in menus.above else "")


def _where(option: Option) -> str:
    return option.leads.value if option.leads is Leads.PERSON else f"{option.leads.value} {option.target}"
