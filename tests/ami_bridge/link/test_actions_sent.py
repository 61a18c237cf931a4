"""What may be sent."""

import pytest

from ami_bridge.link.terms import BadAction, checked


@pytest.mark.parametrize("value", ["a\r\nAction: Command", "a\nb", "a\0b", "\x1b", "x" * 1100, "\u2028"])
def test_a_value_that_is_not_one_printable_line_is_refused(value: str) -> None:
    with pytest.raises(BadAction):
        checked({"Action": "QueuePause", "Reason": value})


@pytest.mark.parametrize("name", ["A: b", "A\r\nB", "", "Año", "ActionID"])
def test_a_name_that_is_no_header_is_refused(name: str) -> None:
    with pytest.raises(BadAction):
        checked({"Action": "QueuePause", name: "1"})


def test_more_headers_than_asterisk_reads_are_refused() -> None:
    with pytest.raises(BadAction):
        checked({"Action": "X"} | {f"H{at}": "1" for at in range(130)})


def test_ordinary_spanish_text_is_sent() -> None:
    action = {"Action": "QueuePause", "Reason": "Capacitación de mañana"}
    assert checked(action) == action
