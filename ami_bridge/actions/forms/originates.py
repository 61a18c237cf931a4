"""Commands that make a new call, as AMI actions. Pure."""

from ami_bridge.actions.forms.allowed import (
    AGENTS_CONTEXT,
    EXTENSION,
    NAME,
    NUMBER,
    OUTSIDE_NUMBER,
    PHONE,
    VALUE,
    allowed,
    within,
)
from callcenter.messages.call_commands import Originate, Spy

# A call to an outside number has a purpose, its extension, and a context of its own for that.
_OUTSIDE_CONTEXTS = {"callback": "troncal-callback"}
_REFERENCE = "TRONCAL_REFERENCE"
_SPY_CONTEXT = "troncal-spy"
_SPY_NAME = "troncal-"
SPY_RING_SECONDS = 30


def is_outside(command: Originate) -> bool:
    """Whether the call is to a customer, not to one of our own phones."""
    return command.exten in _OUTSIDE_CONTEXTS


def originate(command: Originate) -> dict[str, str]:
    """Originate to a phone of ours or, for a purpose of `_OUTSIDE_CONTEXTS`, to an outside number."""
    action = _originate(
        channel=allowed(OUTSIDE_NUMBER if is_outside(command) else PHONE, command.interface, "interface"),
        context=_OUTSIDE_CONTEXTS.get(command.exten, AGENTS_CONTEXT),
        exten=command.exten,
        caller_id=allowed(NUMBER, command.caller_id, "caller_id"),
        ring_seconds=command.ring_seconds,
    )
    if command.reference:
        action["Variable"] = f"{_REFERENCE}={allowed(VALUE, command.reference, 'reference')}"
    return action


def spy(command: Spy) -> dict[str, str]:
    """Rings the supervisor's phone, which then hears the call. The caller's name tells the phone the mode."""
    number = allowed(NUMBER, command.extension, "extension")
    name = allowed(NAME, f"{_SPY_NAME}{command.mode}", "mode")
    return _originate(
        channel=allowed(PHONE, command.interface, "interface"),
        context=_SPY_CONTEXT,
        exten=f"{command.mode}-{command.extension}",
        caller_id=f'"{name}" <{number}>',
        ring_seconds=SPY_RING_SECONDS,
    )


def _originate(*, channel: str, context: str, exten: str, caller_id: str, ring_seconds: int) -> dict[str, str]:
    """Always asynchronous: a synchronous one would block the session while the phone rings."""
    return {
        "Action": "Originate",
        "Channel": channel,
        "Context": context,
        "Exten": allowed(EXTENSION, exten, "exten"),
        "Priority": "1",
        "CallerID": caller_id,
        "Timeout": str(within(1, ring_seconds, 300, "ring_seconds") * 1000),
        "Async": "true",
    }
