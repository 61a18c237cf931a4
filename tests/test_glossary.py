"""docs/glossary.md has every metric and every state that the tables keep and the messages carry."""

import re
import typing
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer

from callcenter import calls, campaign_outcomes, outgoing_calls
from callcenter.callbacks.rules import CallbackReason, CallbackState, TryResult
from callcenter.campaign_outcomes import ContactState
from callcenter.messages.codec import ALL_MESSAGES
from callcenter.recalls.rules import RecallState
from dialer.campaigns import model as campaigns
from dialer.lists.model import ListKind, LoadState
from ivr.routing.decision import RoutingReason
from migrations.tables import complete_metadata

PAGE = (Path(__file__).parents[1] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
WRITTEN = frozenset(name for row in ROWS for name in re.findall(r"`(\w+)`", row[-1]))

# Text columns that hold a state. Numbers that only name something.
STATES = frozenset({"final_stage", "kind", "outcome", "ended_by", "reason", "result", "state", "step"})
NAMES = frozenset({"announcement_id", "campaign_id", "customer_number", "fault", "version"})


def is_metric_or_state(column: Column[typing.Any]) -> bool:
    """Numbers, days and switches that are no keys; instants even where they are; and states."""
    counted = isinstance(column.type, (BigInteger, Integer, Boolean, Date))
    named = (column.primary_key and not column.name.endswith("_us")) or bool(column.foreign_keys)
    return column.name in STATES or (counted and not named and column.name not in NAMES)


def column_names() -> set[str]:
    return {
        each.name for table in complete_metadata().sorted_tables for each in table.columns if is_metric_or_state(each)
    }


def parts(annotation: typing.Any) -> Iterator[typing.Any]:
    """The types that an annotation is made of."""
    yield annotation
    for part in typing.get_args(annotation):
        yield from parts(part)


def fields(model: type[BaseModel]) -> Iterator[tuple[str, type]]:
    """Names and types of a message's fields, also of the parts in it."""
    for name, field in model.model_fields.items():
        for part in parts(field.annotation):
            if isinstance(part, type):
                yield name, part
                if issubclass(part, BaseModel):
                    yield from fields(part)


FIELDS = {each for message in ALL_MESSAGES.values() for each in fields(message)}


def values() -> set[str]:
    """The values of every state: of the records' enums, and of the messages'."""
    kept: set[type[StrEnum]] = {CallbackReason, CallbackState, TryResult, RecallState, RoutingReason}
    kept |= {ContactState, ListKind, LoadState}
    modules = (calls, campaign_outcomes, outgoing_calls, campaigns)
    named = [each for module in modules for each in vars(module).values() if isinstance(each, type)]
    kept |= {each for each in named if issubclass(each, StrEnum)}
    kept.discard(campaigns.CampaignEvent)  # what happens to one, not what it is in
    sent = {part for _, part in FIELDS if issubclass(part, StrEnum)}
    return {value for enum in kept | sent for value in enum if value and enum is not StrEnum}


def test_every_column_that_is_a_metric_or_a_state_is_in_the_glossary() -> None:
    assert sorted(column_names() - WRITTEN) == []


def test_every_message_field_that_is_a_metric_or_a_state_is_in_the_glossary() -> None:
    counted = {name for name, part in FIELDS if issubclass(part, (int, StrEnum))} - NAMES
    assert sorted(counted - WRITTEN) == []


def test_every_value_of_a_state_is_in_the_glossary() -> None:
    assert sorted(values() - WRITTEN) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_term_has_one_line_with_its_spanish_and_what_asterisk_calls_it(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row[:3])


def test_no_term_is_explained_twice() -> None:
    terms = [row[0] for row in ROWS if row[0] != "term"]
    assert len(terms) == len(set(terms))
