"""docs/messages.md says what the code says."""

import json
import re
import typing
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel

from callcenter.messages.codec import ALL_MESSAGES, TOPIC_RIGHTS, decode
from callcenter.messages.envelope import BadMessage, Message, Service

PAGE = (Path(__file__).parents[3] / "docs" / "messages.md").read_text(encoding="utf-8")


def _fields(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name
        for part in (field.annotation, *typing.get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                many = typing.get_origin(field.annotation) is tuple
                yield from _fields(part, f"{prefix}{name}{'[]' if many else ''}.")


def _values(model: type[Message]) -> set[str]:
    kinds = [each.annotation for each in model.model_fields.values()]
    enums = [each for each in kinds if isinstance(each, type) and issubclass(each, StrEnum)]
    return {f"`{value}`" for enum in enums for value in enum}


def _names(services: frozenset[Service]) -> str:
    return ", ".join(each for each in Service if each in services)


def _facts_line(form: type[Message]) -> str:
    return (
        f"Topic `troncal/{{node}}/{form.path}` · retained: {'yes' if form.retained else 'no'}"
        f" · QoS {form.qos} · from: {_names(form.producers)} · to: {_names(form.consumers)}\n"
    )


def _example_fault(form: type[Message], section: str) -> str | None:
    found = re.search(r"On `(\S+)`:\n\n```json\n(.+?)\n```", section, re.DOTALL)
    if found is None:
        return "no example"
    topic, payload = found.groups()
    try:
        known = type(decode(topic, payload.encode())) is form
    except BadMessage as bad:
        return str(bad)
    missing = {"kind", "version", *form.model_fields} ^ set(json.loads(payload))
    return None if known and not missing else f"the example has the wrong kind or fields {missing}"


def _faults(page: str) -> list[str]:
    parts = re.split(r"^### `(\w+)` version (\d+)\n", page, flags=re.MULTILINE)
    sections = {kind: (int(v), text) for kind, v, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)}
    faults = [f"{kind}: not on one side" for kind in sections.keys() ^ ALL_MESSAGES.keys()]
    for kind in sections.keys() & ALL_MESSAGES.keys():
        faults += [f"{kind}: {each}" for each in _section_faults(ALL_MESSAGES[kind], *sections[kind])]
    return faults


def _section_faults(form: type[Message], version: int, section: str) -> list[str]:
    text = section.split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE)
    checks = {
        "version": version == form.version,
        "topic, retained, QoS, from or to": _facts_line(form) in text,
        f"fields {set(rows) ^ set(_fields(form))}": rows == list(_fields(form)),
        f"values {_values(form)}": all(each in text for each in _values(form)),
    }
    faults = [name for name, right in checks.items() if not right]
    example = _example_fault(form, text)
    return faults if example is None else [*faults, example]


def test_the_page_shows_every_message_as_it_is() -> None:
    assert _faults(PAGE) == []


@pytest.mark.parametrize(
    "gone",
    [
        "### `pause` version 1\n",
        "| `waiting[].joined_us` |",
        "`wrap_up`",
        '"uniqueid": "1790000000.7"',
        "retained: yes",
        "from: api, dialer",
    ],
)
def test_a_page_that_lacks_something_is_noticed(gone: str) -> None:
    assert gone in PAGE
    assert _faults(PAGE.replace(gone, "", 1)) != []


def test_the_page_shows_every_services_rights() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.+ \| .+) \|$", PAGE, flags=re.MULTILINE))
    for service, rights in TOPIC_RIGHTS.items():
        shown = [tuple(re.findall(r"`([^`]+)`", cell)) for cell in rows[service].split(" | ")]
        assert shown == [rights.reads, rights.writes]
