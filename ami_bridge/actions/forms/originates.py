"""Commands that make a new call, as AMI actions. Pure."""

from collections.abc import Mapping

from ami_bridge.actions.forms.allowed import (
    AGENTS_CONTEXT,
    EXTENSION,
    NAME,
    NUMBER,
    OUTSIDE_NUMBER,
    PHONE,
    REFERENCE,
    VALUE,
    allowed,
    within,
)
from callcenter.messages.call_commands import Originate, Spy
from callcenter.outgoing_calls import PLACED

# A call to an outside number has a purpose, which is its extension: the dialplan dials it (troncal-place).
_PLACE_CONTEXT = "troncal-place"
_PLACED = frozenset(purpose.value for purpose in PLACED)
_REFERENCE, _TARGET = "TRONCAL_REFERENCE", "TRONCAL_TARGET"
# AMI wants an extension for who answers, and the Local channel never does.
_NOTHING = "nothing"
# How much longer than the telephone rings the dialplan may take.
_PLACING_SECONDS = 10
# The agent has asked for this call of a campaign by a key: their phone answers it by itself, as one of its queue.
_CAMPAIGN = "campaign-"
_ANSWERED_AT_ONCE = {"PJSIP_HEADER(add,Call-Info)": "<sip:campaign@localhost>;answer-after=0"}
_SPY_CONTEXT = "troncal-spy"
_SPY_NAME = "troncal-"
SPY_RING_SECONDS = 30


def is_outside(command: Originate) -> bool:
    """Whether the call is to a customer, not to one of our own phones."""
    return command.exten in _PLACED


def originate(command: Originate) -> dict[str, str]:
    """Originate to a phone of ours, which goes on at the extension when it answers."""
    action = _originate(
        channel=allowed(PHONE, command.interface, "interface"),
        context=AGENTS_CONTEXT,
        exten=command.exten,
        caller_id=allowed(NUMBER, command.caller_id, "caller_id"),
        ring_seconds=command.ring_seconds,
    )
    variables = {_REFERENCE: allowed(VALUE, command.reference, "reference"), _TARGET: _target(command)}
    return action | _variables(variables | (_ANSWERED_AT_ONCE if command.reference.startswith(_CAMPAIGN) else {}))


def place(command: Originate) -> dict[str, str]:
    """Has the dialplan ring an outside number, for a purpose of `_PLACED`; what came of it is in the queue log.

    A Local channel only runs the dialplan, and ends with it.
    """
    number = allowed(OUTSIDE_NUMBER, command.interface, "interface").removeprefix("PJSIP/").partition("@")[0]
    values = {
        "TRONCAL_DIALLED": number,
        _TARGET: _target(command),
        "TRONCAL_SCREENED": "yes" if command.detects_machines else "",
        "TRONCAL_AGENTLESS": "yes" if command.agentless else "",
        _REFERENCE: allowed(REFERENCE, command.reference, "reference"),
        "TRONCAL_AS": allowed(NUMBER, command.caller_id, "caller_id"),
        "TRONCAL_RING": str(command.ring_seconds),
    }
    action = _originate(
        channel=f"Local/{command.exten}@{_PLACE_CONTEXT}/n",
        context=_PLACE_CONTEXT,
        exten=_NOTHING,
        caller_id=values["TRONCAL_AS"],
        ring_seconds=command.ring_seconds + _PLACING_SECONDS,
    )
    return action | _variables(values)


def _target(command: Originate) -> str:
    """The queue whose call it is, empty for none."""
    return allowed(NAME, command.queue, "queue") if command.queue is not None else ""


def _variables(values: Mapping[str, str]) -> dict[str, str]:
    given = ",".join(f"{name}={value}" for name, value in values.items() if value)
    return {"Variable": given} if given else {}


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
