"""Compiles menus into Asterisk's dialplan (`menus.conf`), so that callers hear them without any of our processes. Pure.

Each line, menu and survey becomes a context `m-<generation>-<name>`. The generation is a hash of what was compiled.
After a change the callers inside go on in the contexts they began in; only the entrances (`troncal-menus`,
`troncal-survey-<line>`) are new.

Nothing that a caller sends becomes part of the dialplan: extensions are single keys and our own names, no patterns; of
the caller only the number is written, filtered to digits, into the ledger's row.

Expects of `extensions.conf`: `TRONCAL_LINE`, `TRONCAL_CALL`; the contexts `troncal-door` (an extension a line),
`troncal-goodbye`, and `troncal-service`, which returns person, menu or end.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ivr.menus.model import (
    NOT_AN_OPTION,
    NOTHING_PRESSED,
    TITLE_OF_ZERO,
    TO_A_PERSON,
    Entrance,
    Leads,
    Menu,
    Menus,
    Option,
    said,
)
from ivr.menus.survey_dialplan import compile_survey
from ivr.menus.survey_dialplan import context_name as survey_context

ENTRANCE = "troncal-menus"
SERVICE_CONTEXT = "troncal-service"
# In the ledger's rows, whose fields know neither * nor #.
LEDGER_KEYS = {"*": "star", "#": "hash"}
_HEAD = "; Compiled from the menus by `troncal`. Changes made here are lost; see `troncal ivr apply`.\n"
_UNNAMED = "0" * 8
_NO_TRIES = "Set(TRONCAL_TRIES=0)"
_TO_PERSON = "Goto(troncal-door,${TRONCAL_LINE},1)"


@dataclass(frozen=True, slots=True)
class Compiled:
    """One generation: `entrance` has the contexts that calls come in by, `contexts` the trees themselves."""

    generation: str
    entrance: str
    contexts: str

    def text(self, retained: Iterable[str] = ()) -> str:
        """menus.conf: this generation, and the contexts of earlier ones that callers may still be in."""
        return "\n".join([_HEAD, self.entrance, self.contexts, *retained])


def compile_menus(menus: Menus, lines: Sequence[str], retained: Iterable[str] = ()) -> str:
    """The text of menus.conf for valid menus and the numbers of the centre's lines, in the order given.

    A line that the menus do not name goes straight to a person.
    """
    return compiled(menus, lines).text(retained)


def compiled(menus: Menus, lines: Sequence[str]) -> Compiled:
    """The same, with the generation and its contexts apart, so that they can be retained later."""
    unnamed = _entrance(menus, lines, _UNNAMED) + _contexts(menus, lines, _UNNAMED)
    generation = hashlib.sha256(unnamed.encode()).hexdigest()[: len(_UNNAMED)]
    return Compiled(generation, _entrance(menus, lines, generation), _contexts(menus, lines, generation))


def context_name(generation: str, name: str) -> str:
    """The context of a menu, or of a line by its number."""
    return f"m-{generation}-{name}"


def in_use(generation: str, contexts: Iterable[str]) -> bool:
    """Whether a channel in one of these contexts may still need that generation.

    From a self-service a caller may come back to the menu that led there, and Asterisk does not say which that is.
    """
    return any(name == SERVICE_CONTEXT or name.startswith(context_name(generation, "")) for name in contexts)


def _entrance(menus: Menus, lines: Sequence[str], generation: str) -> str:
    entrances = [_extension(number, [f"Goto({context_name(generation, number)},s,1)"]) for number in lines]
    surveys = [
        _context(survey_context(number), [_extension("s", [f"Goto({context_name(generation, _survey(number))},s,1)"])])
        for number in _asked(menus)
    ]
    return "\n".join([_context(ENTRANCE, entrances), *surveys])


def _contexts(menus: Menus, lines: Sequence[str], generation: str) -> str:
    entrances = menus.lines_by_number
    surveys = compile_survey(menus)
    for number in _asked(menus):
        surveys = surveys.replace(f"[{survey_context(number)}]", f"[{context_name(generation, _survey(number))}]")
    return "\n".join(
        [
            *(_line(number, entrances.get(number), generation) for number in lines),
            *(_menu(menu, menus, generation) for menu in menus.menus),
            surveys,
        ]
    )


def _asked(menus: Menus) -> tuple[str, ...]:
    return menus.survey.lines if menus.survey.questions else ()


def _line(number: str, entrance: Entrance | None, generation: str) -> str:
    steps = [f"QueueLog(NONE,${{TRONCAL_CALL}},NONE,INFO,IVRSTART|{number}|${{FILTER(0-9+,${{CALLERID(num)}})}})"]
    if entrance is not None and entrance.menu is not None:
        steps.append(f"Goto({context_name(generation, entrance.menu)},{_welcome(number)},1)")
    else:
        steps += [_played(entrance.welcome)] if entrance is not None else []
        steps.append(f"Goto(troncal-door,{number},1)")
    return _context(context_name(generation, number), [_extension("s", steps)])


def _menu(menu: Menu, menus: Menus, generation: str) -> str:
    welcomes = [
        _extension(_welcome(line.number), [_NO_TRIES, *_said([line.welcome]), "Goto(s,1)"])
        for line in menus.lines
        if line.menu == menu.name
    ]
    above = menus.above.get(menu.name)
    upward = "Goto(s,say)" if above is None else f"Goto({context_name(generation, above)},s,1)"
    first, *rest = _said(said(menus, menu))
    parts = [
        *welcomes,
        _extension("s", [_NO_TRIES, f"(say){first}", *rest, f"WaitExten({menu.timeout_seconds})"]),
        *(_extension(o.key, [_row(o.key, menu, o.title), *_option(o, generation)]) for o in menu.options),
        _extension("0", [_row("0", menu, TITLE_OF_ZERO), _TO_PERSON]),
        _extension("*", [_row("*", menu), upward]),
        _extension("#", [_row("#", menu), "Goto(s,say)"]),
        _extension("i", _once_more("i", menu, NOT_AN_OPTION)),
        _extension("t", _once_more("t", menu, NOTHING_PRESSED)),
        _extension("given-up", [_played(TO_A_PERSON), _TO_PERSON]),
    ]
    return _context(context_name(generation, menu.name), parts)


def _option(option: Option, generation: str) -> list[str]:
    match option.leads:
        case Leads.MENU:
            return [f"Goto({context_name(generation, option.target)},s,1)"]
        case Leads.SERVICE:
            return [
                f"Gosub({SERVICE_CONTEXT},s,1({option.target}))",
                'GotoIf($["${GOSUB_RETVAL}" = "menu"]?s,1)',
                'GotoIf($["${GOSUB_RETVAL}" = "end"]?troncal-goodbye,s,1)',
                _TO_PERSON,
            ]
        case Leads.LINE:
            return [f"Goto(troncal-door,{option.target},1)"]
        case Leads.TELL:
            return [_NO_TRIES, *_said([option.target]), "Goto(s,1)"]
        case Leads.PERSON:
            return [_TO_PERSON]


def _once_more(key: str, menu: Menu, prompt: str) -> list[str]:
    return [
        _row(key, menu),
        "Set(TRONCAL_TRIES=$[${TRONCAL_TRIES} + 1])",
        f"GotoIf($[${{TRONCAL_TRIES}} > {menu.retries}]?given-up,1)",
        *_said([prompt]),
        "Goto(s,say)",
    ]


# -- text ------------------------------------------------------------------------------------------------


def _row(key: str, menu: Menu, title: str = "") -> str:
    return f"QueueLog(NONE,${{TRONCAL_CALL}},NONE,INFO,IVRAPPEND|{LEDGER_KEYS.get(key, key)}|{menu.name}|{title})"


def _survey(number: str) -> str:
    """A menu's name begins with a letter: this is none."""
    return f"{number}-survey"


def _welcome(number: str) -> str:
    """The extension that says the welcome and the menu in one go, so that a key is heard during both."""
    return f"w{number}"


def _said(prompts: Sequence[str]) -> list[str]:
    """Prompts that a key interrupts. A step each: Background() says nothing more after a sound that it cannot find."""
    return [f"Background(troncal/{name})" for name in prompts]


def _played(prompt: str) -> str:
    return f"Playback(troncal/{prompt})"


def _context(name: str, parts: Sequence[str]) -> str:
    return "\n".join([f"[{name}]", *parts, ""])


def _extension(name: str, steps: Sequence[str]) -> str:
    first, *rest = steps
    return "\n".join([f"exten => {name},1,{first}", *(f" same => n{_labelled(step)}" for step in rest)])


def _labelled(step: str) -> str:
    """`(label)App()` is written `n(label),App()`."""
    if not step.startswith("("):
        return f",{step}"
    label, _, application = step.partition(")")
    return f"{label}),{application}"
