"""The outcome of an action: done, not done, or not known; and what Asterisk's answers mean. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ami_bridge.link.terms import AmiAnswer
from ami_bridge.wire.items import AmiResponse
from callcenter.messages.commands import Refusal


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Done; `headers` of Asterisk's last answer. Not `changed`: it was so already."""

    headers: Mapping[str, str] = field(default_factory=dict)
    changed: bool = True


@dataclass(frozen=True, slots=True)
class NotDone:
    """It was not done, and nothing changed. The text is for logs."""

    reason: Refusal
    text: str


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """It may have been done, or a part of it: no answer came, or what was begun could not be undone."""

    text: str


KnownOutcome = Succeeded | NotDone
ActionOutcome = KnownOutcome | Unconfirmed

# Parts of Asterisk's messages, the only place where it says why. None: it is so already.
_MEANINGS: tuple[tuple[str, Refusal | None], ...] = (
    ("already there", None),
    ("not there", None),
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
# The Reason of OriginateResponse is an AST_CONTROL code.
_UNREACHED = {"1": Refusal.HUNG_UP, "3": Refusal.NO_ANSWER, "5": Refusal.LINE_BUSY, "8": Refusal.CONGESTION}


def outcome_of(answer: AmiAnswer) -> KnownOutcome:
    """The outcome, by one answer of Asterisk."""
    if not isinstance(answer, AmiResponse) or answer.succeeded:
        return Succeeded(answer.headers)
    message = answer.get("Message")
    lowered = message.lower()
    reason = next((reason for words, reason in _MEANINGS if words in lowered), Refusal.ASTERISK_REFUSED)
    return Succeeded(answer.headers, changed=False) if reason is None else NotDone(reason, message)


def outcome_of_ringing(answer: AmiAnswer) -> KnownOutcome:
    """The outcome, by the last answer to an Originate: refused at once, or whether the phone was reached."""
    if isinstance(answer, AmiResponse):
        return outcome_of(answer)
    if answer.get("Response") == "Success":
        return Succeeded(answer.headers)
    reason = _UNREACHED.get(answer.get("Reason"), Refusal.NOT_REACHED)
    return NotDone(reason, f"the phone was not reached: {reason.replace('_', ' ')}")
