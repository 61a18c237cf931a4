"""What became of a command: done, refused, or not known; and what Asterisk's answers mean. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ami_bridge.link.terms import Answer
from ami_bridge.wire.items import AmiResponse
from callcenter.messages.commands import Refusal

_AS_IT_WAS = ("already there", "not there")
_REFUSALS = (
    ("no such queue", Refusal.UNKNOWN_QUEUE),
    ("interface not found", Refusal.UNKNOWN_MEMBER),
    ("invalid interface", Refusal.UNKNOWN_MEMBER),
    ("not dynamic", Refusal.WRONG_STATE),
    ("no such channel", Refusal.UNKNOWN_CALL),
    ("channel not existent", Refusal.UNKNOWN_CALL),
    ("channel does not exist", Refusal.UNKNOWN_CALL),
    ("no such caller", Refusal.UNKNOWN_CALL),
    ("already requested", Refusal.WRONG_STATE),
    ("cannot set mute flag", Refusal.WRONG_STATE),
    ("transfer invalid", Refusal.INVALID),
    ("not permitted", Refusal.WRONG_STATE),
    ("not up", Refusal.WRONG_STATE),
)


@dataclass(frozen=True, slots=True)
class Done:
    """Asterisk did it; `headers` of its last answer."""

    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done, and nothing changed."""

    reason: Refusal
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was sent, and no answer came: it may have been done."""

    text: str


Outcome = Done | Refused | Unknown


def outcome_of(answer: Answer) -> Outcome:
    """What one answer of Asterisk says."""
    if not isinstance(answer, AmiResponse) or answer.succeeded:
        return Done(answer.headers)
    message = answer.get("Message")
    for words, reason in _REFUSALS:
        if words in message.lower():
            return Refused(reason, message)
    return Refused(Refusal.ASTERISK_REFUSED, message)


def is_as_it_was(outcome: Outcome) -> bool:
    """Already in the queue, or already out of it: what was asked for is so."""
    return isinstance(outcome, Refused) and any(words in outcome.text.lower() for words in _AS_IT_WAS)
