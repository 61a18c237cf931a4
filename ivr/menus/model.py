"""The menus of the lines as data: welcome, options by key, time limits, the survey. Pure.

At every level key 0 leads to a person, * to the level above and # says the menu again; an option cannot take them.
Read from `ivr/menus.yaml` by `ivr.menus.file.load`, checked by `ivr.menus.check`.
"""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from callcenter.centre.model import LineNumber

MenuName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
PromptName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
ServiceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# Goes into the ledger's rows, whose fields are parted by bars.
Title = Annotated[str, Field(pattern=r"^[0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ .:+-]{1,40}$")]

# Callers do not keep more than this in mind while they listen.
MOST_OPTIONS = 5
DEEPEST_LEVEL = 3
SURVEY_QUESTIONS = 3

SERVICES = frozenset(
    {
        "amount_owed",
        "directory",
        "fault_state",
        "fijacom_balance",
        "order_state",
        "prepaid_expiry",
        "report_fault",
    }
)

WAYS_OUT, WAYS_OUT_NESTED = "menu-salidas", "menu-salidas-nivel"
TITLE_OF_ZERO = "Persona"
NOT_AN_OPTION, NOTHING_PRESSED, TO_A_PERSON = "menu-opcion-no-valida", "menu-sin-respuesta", "menu-a-persona"


class Leads(StrEnum):
    """What an option leads to; the value is its field's name."""

    MENU = "menu"
    SERVICE = "service"
    LINE = "line"
    TELL = "tell"
    PERSON = "person"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Part):
    """A key and what it leads to: exactly one of another menu, a self-service, the agents of another line, a spoken
    text (and the menu again), or an agent of the line that was called.

    `say` is the prompt before "press ..."; `title` names the option in the ledger and the reports.
    """

    key: str
    title: Title
    say: PromptName
    menu: MenuName | None = None
    service: ServiceName | None = None
    line: LineNumber | None = None
    tell: PromptName | None = None
    person: bool = False

    @field_validator("key")
    @classmethod
    def _free_key(cls, value: str) -> str:
        if value in ("0", "*", "#"):
            raise ValueError(f"{value} is taken at every level (0 a person, * the level above, # again); write 1 to 9")
        if len(value) != 1 or value not in "123456789":
            raise ValueError("write one key, 1 to 9, in quotes")
        return value

    @model_validator(mode="after")
    def _leads_somewhere_once(self) -> Self:
        led = [each.value for each in Leads if getattr(self, each.value)]
        if not led:
            raise ValueError(f"a dead end: say what it leads to, one of {', '.join(Leads)}")
        if len(led) > 1:
            raise ValueError(f"leads to {' and '.join(led)}; keep one")
        return self

    @property
    def leads(self) -> Leads:
        """Where this option goes; `target` is the name there."""
        return next(each for each in Leads if getattr(self, each.value))

    @property
    def target(self) -> str:
        """The name of the menu, service, line or prompt; empty for a person."""
        value = getattr(self, self.leads.value)
        return "" if value is True else str(value)


class Menu(_Part):
    """Options to choose from. `timeout_seconds`: silence after the last prompt; `retries`: how often the menu is said
    again after silence or a key that is no option, before an agent takes the call.
    """

    name: MenuName
    say: PromptName | None = None
    timeout_seconds: int = Field(5, ge=1, le=30)
    retries: int = Field(2, ge=0, le=5)
    options: tuple[Option, ...] = Field(max_length=MOST_OPTIONS)

    @cached_property
    def by_key(self) -> dict[str, Option]:
        """Every option by its key."""
        return {option.key: option for option in self.options}


class Entrance(_Part):
    """What callers of a line hear first; without a menu they go straight on to a person."""

    number: LineNumber
    welcome: PromptName
    menu: MenuName | None = None


class Question(_Part):
    """A question of the survey, answered by a key from 1 to 5. `name` stands in the records."""

    name: MenuName
    say: PromptName


class Survey(_Part):
    """What callers of some lines are asked after the agent hung up (satisfaction, COM-DSC-P01)."""

    questions: tuple[Question, ...] = Field((), max_length=SURVEY_QUESTIONS)
    lines: tuple[LineNumber, ...] = ()


class Menus(_Part):
    """All that callers can choose from. Read it with `ivr.menus.file`."""

    lines: tuple[Entrance, ...] = Field(min_length=1)
    menus: tuple[Menu, ...] = ()
    survey: Survey = Survey()

    @cached_property
    def lines_by_number(self) -> dict[str, Entrance]:
        """Every entrance by the number that is called."""
        return {line.number: line for line in self.lines}

    @cached_property
    def menus_by_name(self) -> dict[str, Menu]:
        """Every menu by its name."""
        return {menu.name: menu for menu in self.menus}

    @cached_property
    def above(self) -> dict[str, str]:
        """The menu above each menu that has one."""
        return {option.menu: menu.name for menu in self.menus for option in menu.options if option.menu is not None}


def key_prompt(key: str) -> str:
    """The prompt "press ..."."""
    return f"marque-{key}"


def said(menus: Menus, menu: Menu) -> tuple[str, ...]:
    """The prompts of a menu in order: its own text, each option with its key, the exits (person, level above)."""
    parts = [menu.say] if menu.say is not None else []
    for option in menu.options:
        parts += [option.say, key_prompt(option.key)]
    return (*parts, WAYS_OUT_NESTED if menu.name in menus.above else WAYS_OUT)
