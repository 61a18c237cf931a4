"""Rows of the queue log that the bridge has Asterisk write, as AMI actions. Pure."""

from ami_bridge.ledger.clock_steps import ClockStep
from ami_bridge.ledger.rows.row import NONE, Verb


def clock_was_set(step: ClockStep) -> dict[str, str]:
    """QueueLog: the wall clock was set."""
    return {
        "Action": "QueueLog",
        "Queue": NONE,
        "Event": Verb.CLOCKSET.value,
        "Uniqueid": NONE,
        "Interface": NONE,
        "Message": "|".join(step.fields),
    }
