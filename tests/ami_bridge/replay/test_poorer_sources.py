"""Recordings as poorer listeners give them: no time stamps, variables or dialplan steps, one class only, no names."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.ami_bridge.recordings import CASES, Objects, ami, blocks, expected, from_ami

# What app_queue reports in a variable only is not known without variables: two exits look like timeouts.
BY_VARIABLE = {"full", "join-refused", "left-empty", "withdrawn"}


def facts(entries: Objects) -> list[tuple[Any, ...]]:
    names = ("queue", "caller", "outcome", "member", "ended_by", "transferred_to")
    return sorted(tuple(str(entry[name]) for name in names) for entry in entries)


def without(*headers: bytes) -> Callable[[bytes], bytes]:
    pattern = rb"(?:" + b"|".join(headers) + rb"): [^\r]*\r\n"
    return lambda raw: re.sub(pattern, b"", raw)


def only(raw: bytes, keep: Callable[[bytes], bool]) -> bytes:
    return b"".join(block for block in blocks(raw) if keep(block))


@pytest.mark.parametrize("name", [name for name in CASES if name != "stopped"])
def test_without_time_stamps_the_outcomes_are_the_same(name: str) -> None:
    result = from_ami(without(b"Timestamp")(ami(name)))
    assert facts(result.entries) == facts(expected(name))


@pytest.mark.parametrize("name", [name for name in CASES if name != "join-refused"])
def test_without_the_steps_of_the_dialplan_the_outcomes_are_the_same(name: str) -> None:
    result = from_ami(only(ami(name), lambda block: not block.startswith(b"Event: Newexten")))
    assert facts(result.entries) == facts(expected(name))


@pytest.mark.parametrize("name", [name for name in CASES if name not in BY_VARIABLE])
def test_without_the_dialplan_class_the_outcomes_are_the_same(name: str) -> None:
    result = from_ami(only(ami(name), lambda block: b"Privilege: dialplan,all" not in block))
    assert facts(result.entries) == facts(expected(name))


@pytest.mark.parametrize("name", CASES)
def test_from_the_agent_class_alone_every_caller_who_joined_is_registered(name: str) -> None:
    result = from_ami(only(ami(name), lambda block: b"Privilege: agent,all" in block))
    joined = [entry for entry in expected(name) if entry["joined_at"]]
    answered = [(e["queue"], e["caller"]) for e in joined if e["answered_at"]]
    assert [e["queue"] for e in result.entries] == [e["queue"] for e in joined]
    assert sorted((e["queue"], e["caller"]) for e in result.entries if e["answered_at"]) == sorted(answered)


def test_from_the_agent_class_alone_the_target_of_a_blind_transfer_is_where_the_caller_went() -> None:
    result = from_ami(only(ami("blind-transfer"), lambda block: b"Privilege: agent,all" in block))
    assert [entry["transferred_to"] for entry in result.entries] == ["1002"]


@pytest.mark.parametrize("name", CASES)
def test_a_member_without_a_name_goes_by_its_interface(name: str) -> None:
    raw = re.sub(rb"MemberName: [^\r]*", b"MemberName: ", ami(name))
    members = [entry["member"] for entry in from_ami(raw).entries]
    assert [bool(member) for member in members] == [bool(entry["member"]) for entry in expected(name)]
    assert all(member.startswith(("PJSIP/", "Local/")) for member in members if member)
