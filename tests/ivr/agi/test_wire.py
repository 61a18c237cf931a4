"""FastAGI as text: nothing that comes breaks the reader, nothing that goes is more than a value."""

import re
import string
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.agi import wire
from ivr.agi.wire import BadHead, NotAllowed, Variables
from tests.ivr.agi.fake_peer import LONGEST_LINE, words

HOSTILE = ['a"b', "a\nb", "a\rb", "${SHELL(x)}", "$[1/0]", "a|b", "a,b", "a\\", "a&b", "a;b", "\x00", "a'b", "a(b)"]
SOUNDS = st.text(string.ascii_lowercase + "-/", min_size=1, max_size=60).filter(
    re.compile(r"[a-z-]+(/[a-z-]+)*").fullmatch
)


@pytest.mark.parametrize("value", HOSTILE)
def test_what_could_be_more_than_a_value_does_not_go_out(value: str) -> None:
    makes: tuple[Callable[[], str], ...] = (
        lambda: wire.set_variable("NAME", value),
        lambda: wire.get_variable(value),
        lambda: wire.playback((value,)),
        lambda: wire.read("KEYS", (value,), 1, 5),
        lambda: wire.queue_log("NONE", "1.2", "INFO", (value,)),
        lambda: wire.queue_log(value, "1.2", "INFO", ()),
    )
    for make in makes:
        with pytest.raises(NotAllowed):
            make()


@given(st.text(max_size=250))
def test_a_value_arrives_as_it_is_or_does_not_go_out(value: str) -> None:
    try:
        line = wire.set_variable("NAME", value)
    except NotAllowed:
        return
    assert words(line)[:3] == ["SET", "VARIABLE", "NAME"]
    assert words(line)[3:] == [value]
    assert wire.line(line).count(b"\n") == 1


@settings(max_examples=30)
@given(st.lists(SOUNDS, max_size=200))
def test_a_long_announcement_goes_out_whole_in_commands_that_asterisk_can_read(sounds: list[str]) -> None:
    parts = wire.parts(sounds)
    assert [sound for part in parts for sound in part] == sounds
    for part in parts:
        assert len(wire.line(wire.read("KEYS", part, 20, 5.0))) <= LONGEST_LINE


def test_a_command_that_asterisk_would_cut_does_not_go_out() -> None:
    with pytest.raises(NotAllowed):
        wire.line(wire.queue_log("NONE", "1.2", "INFO", ("ñ" * 200,) * 10))


@given(st.lists(st.text(max_size=60) | st.text(max_size=40).map(lambda text: f"agi_{text}: {text}")))
def test_any_head_is_one_or_is_refused(lines: list[str]) -> None:
    try:
        found = wire.variables(lines)
    except BadHead:
        return
    assert isinstance(found, Variables)


@given(st.text(max_size=80), st.text(max_size=40))
def test_of_the_caller_only_digits_are_believed(caller: str, argument: str) -> None:
    lines = ["agi_uniqueid: 1.2", "agi_network_script: a/b?c=d", f"agi_callerid: {caller}", f"agi_arg_1: {argument}"]
    found = wire.variables(lines)
    assert set(found.callerid) <= set("0123456789+")
    assert (found.script, found.args) == ("a/b", (argument.strip(),))


@given(st.text(max_size=80))
def test_any_line_is_an_answer_or_none(line: str) -> None:
    found = wire.answer(line)
    assert found is None or found.code < 1000


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("200 result=1 (a (b) c)", (200, 1, "a (b) c")),
        ("200 result=0", (200, 0, "")),
        ("200 result=-1 endpos=0", (200, -1, "")),
        ("510 Invalid or unknown command", (510, 0, "")),
    ],
)
def test_answers(line: str, expected: tuple[int, int, str]) -> None:
    found = wire.answer(line)
    assert found is not None and (found.code, found.result, found.text) == expected
