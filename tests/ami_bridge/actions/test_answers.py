"""What Asterisk's answers mean."""

import pytest

from ami_bridge.actions.bus_handler import answer_to
from ami_bridge.actions.forms.answers import ActionOutcome, NotDone, Succeeded, Unconfirmed
from callcenter.messages.commands import Accepted, CommandAnswer, OutcomeUnknown, Pause, Refusal, Refused
from tests.ami_bridge.commands import command


@pytest.mark.parametrize(
    ("outcome", "form"),
    [
        (Succeeded(), Accepted),
        (NotDone(Refusal.NO_ANSWER, "x" * 999), Refused),
        (Unconfirmed("x" * 999), OutcomeUnknown),
    ],
    ids=lambda each: type(each).__name__,
)
def test_the_bus_is_answered_about_its_command(outcome: ActionOutcome, form: type[CommandAnswer]) -> None:
    asked = command(Pause, reason="baño")
    answer = answer_to(asked, outcome)
    assert type(answer) is form
    assert (answer.node, answer.command_id) == (asked.node, asked.command_id)


def test_a_refusal_is_answered_with_its_reason() -> None:
    answer = answer_to(command(Pause, reason="baño"), NotDone(Refusal.LINE_BUSY, "busy"))
    assert isinstance(answer, Refused)
    assert (answer.reason, answer.text) == (Refusal.LINE_BUSY, "busy")
