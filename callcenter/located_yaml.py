"""YAML that remembers on which line each value stands, and refuses keys written twice."""

from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]
# libyaml's, ten times as fast, where PyYAML was built with it; how deep it goes down is for us to look at.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 50


class NotReadable(Exception):
    """The text is no YAML, or a key stands twice. The message begins with the line."""


@dataclass(frozen=True, slots=True)
class Located:
    """A parsed value and the line (from 1) of every place in it."""

    value: Any
    lines: dict[Path, int]

    def line_of(self, place: Path) -> int:
        """The line of a place, or of the nearest place around it that the text has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(text: str) -> Located:
    """Parse YAML of plain types. Raises NotReadable."""
    try:
        _measure(text)
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            value = None if root is None else _constructed(loader, root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        # Where the text ends too early, libyaml names the line after the last.
        line = min(error.problem_mark.line, text.rstrip().count("\n")) + 1 if error.problem_mark else 1
        raise NotReadable(f"line {line}: {error.problem or 'not YAML'}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise NotReadable(f"line 1: {error}") from error
    lines: dict[Path, int] = {}
    if root is not None:
        try:
            _note(root, (), lines)
        except RecursionError as error:
            raise NotReadable("line 1: a value that contains itself") from error
    return Located(value, lines)


def _constructed(loader: Any, root: yaml.Node) -> Any:
    try:
        return loader.construct_document(root)
    except ValueError as error:
        raise NotReadable(f"line {_line_of_no_value(_Loader(''), root)}: {error}") from error


def _line_of_no_value(loader: Any, node: yaml.Node) -> int:
    """Where the text that looks like a value of a plain type and is none stands: the 13th month, say; else 1."""
    if isinstance(node, yaml.ScalarNode):
        try:
            loader.construct_object(node)
        except ValueError:
            return node.start_mark.line + 1
        return 1
    children = [each for pair in node.value for each in pair] if isinstance(node, yaml.MappingNode) else node.value
    return max((_line_of_no_value(loader, child) for child in children), default=1)


def _measure(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise NotReadable(f"line {line}: nested more than {DEEPEST} times")


def _note(node: yaml.Node, place: Path, lines: dict[Path, int]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                raise NotReadable(f"line {key.start_mark.line + 1}: {key.value!r} stands twice")
            lines[inner] = key.start_mark.line + 1
            _note(child, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _note(child, (*place, index), lines)
