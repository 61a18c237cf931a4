"""As much of Asterisk's dialplan as compiled menus use, to hear them without Asterisk."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

Position = tuple[str, str, int]
Event = tuple[str, str]


@dataclass
class Dialplan:
    """Contexts of extensions of steps `(application, arguments)`, and the labels of steps."""

    steps: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)
    labels: dict[tuple[str, str, str], int] = field(default_factory=dict)

    @classmethod
    def parsed(cls, text: str) -> "Dialplan":
        plan, context, extension = cls(), "", ""
        for line in text.splitlines():
            if not line.strip() or line.startswith(";"):
                continue
            if line.startswith("["):
                context = line[1:-1]
                continue
            match = re.fullmatch(r"(?:exten => (?P<name>[^,]+),1| same => n(?:\((?P<label>\w+)\))?),(?P<call>.+)", line)
            assert match, line
            extension = match["name"] or extension
            steps = plan.steps.setdefault((context, extension), [])
            assert not (match["name"] and steps), f"{line} stands twice in {context}"
            if match["label"]:
                plan.labels[context, extension, match["label"]] = len(steps)
            steps.append(_call(match["call"]))
        return plan

    @property
    def contexts(self) -> set[str]:
        return {context for context, _ in self.steps}

    def position(self, target: str, context: str, extension: str) -> Position:
        """Where `Goto(target)` leads from there."""
        parts = target.split(",")
        where = [context, extension, ""][: 3 - len(parts)] + parts
        step = where[2]
        return where[0], where[1], int(step) - 1 if step.isdigit() else self.labels[where[0], where[1], step]

    def gotos(self) -> list[tuple[str, Position]]:
        """Every jump within the file, from its context."""
        found = []
        for (context, extension), steps in self.steps.items():
            for application, arguments in steps:
                if application in ("Goto", "GotoIf", "Gosub"):
                    target = re.sub(r"\(.*", "", arguments.rpartition("?")[2])
                    found.append((context, self.position(target, context, extension)))
        return found


def _call(text: str) -> tuple[str, str]:
    application, _, arguments = text.partition("(")
    return application, arguments.removesuffix(")")


@dataclass
class Caller:
    """A call through the dialplan. `events`: rows, prompts, services, and at last where it ended.

    `eager`: presses each key as soon as something is said that a key interrupts.
    """

    plan: Dialplan
    line: str
    keys: list[str]
    eager: bool = False
    events: list[Event] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def run(self) -> list[Event]:
        self.variables = {"TRONCAL_LINE": self.line}
        position: Position | None = ("troncal-menus", self.line, 0)
        while position is not None:
            context, extension, step = position
            if context == "troncal-door":
                return [*self.events, ("door", extension)]
            if context == "troncal-goodbye":
                return [*self.events, ("goodbye", "")]
            position = self._step(context, extension, step)
        return self.events

    def _step(self, context: str, extension: str, step: int) -> Position | None:
        application, written = self.plan.steps[context, extension][step]
        arguments = self._filled(written)
        following = context, extension, step + 1
        match application:
            case "QueueLog":
                self.events.append(("row", arguments.split(",", 4)[4]))
            case "Background" | "Playback":
                self.events.append(("said", arguments.removeprefix("troncal/")))
                if application == "Background" and self.eager and self.keys and self.keys[0] != "t":
                    return self._pressed(context)
            case "Set":
                name, _, value = arguments.partition("=")
                self.variables[name] = str(_sum(value))
            case "Goto":
                return self.plan.position(arguments, context, extension)
            case "GotoIf":
                condition, _, target = arguments.partition("?")
                return self.plan.position(target, context, extension) if _true(condition) else following
            case "Gosub":
                return self._served(re.sub(r".*\((.*)\)", r"\1", arguments), following)
            case "WaitExten":
                return self._pressed(context)
        return following

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda match: self.variables.get(match[1], ""), text)

    def _served(self, service: str, following: Position) -> Position | None:
        self.events.append(("service", service))
        if not self.keys:
            return None
        result = self.keys.pop(0) if self.keys[0] in ("menu", "person", "end") else "menu"
        self.variables["GOSUB_RETVAL"] = result
        return following

    def _pressed(self, context: str) -> Position | None:
        if not self.keys:
            self.events.append(("listening", re.sub(r"m-[0-9a-f]{8}-", "", context)))
            return None
        key = self.keys.pop(0)
        return (context, key if (context, key) in self.plan.steps else "i", 0)


def _sum(value: str) -> int | str:
    match = re.fullmatch(r"\$\[(\d+) \+ (\d+)\]", value)
    return int(match[1]) + int(match[2]) if match else value


def _true(condition: str) -> bool:
    more = re.fullmatch(r"\$\[(\d+) > (\d+)\]", condition)
    if more:
        return int(more[1]) > int(more[2])
    same = re.fullmatch(r'\$\["(\w*)" = "(\w*)"\]', condition)
    assert same, condition
    return same[1] == same[2]


def heard(text: str, line: str, keys: Sequence[str], *, eager: bool = False) -> list[Event]:
    """What a caller of a line goes through who presses these keys, one each time the menu waits or, eagerly, speaks."""
    return Caller(Dialplan.parsed(text), line, list(keys), eager).run()
