"""Conversations of agents with callers of a queue, and those found in a list of channels at a connect. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ami_bridge.wire.items import AmiEvent
from callcenter.instants import MICROSECONDS

# The Application of a channel: the caller's is in Queue(), the agent's was called by it.
_IN_QUEUE, _CALLED_BY_QUEUE = "Queue", "AppQueue"
# A caller transferred to an extension, or to the outside, runs Dial() with one of these subroutines; the phone that was
# dialled has AppDial.
_DIALS, _DIALLED = "Dial", "AppDial"
_SENT = ("U(troncal-received^{uniqueid}^", "U(troncal-answered^{uniqueid}^")


@dataclass(frozen=True, slots=True)
class LiveConversation:
    """A conversation of an agent with a caller of a queue; `channel` is the agent's."""

    channel: str
    member: str
    interface: str
    queue: str
    uniqueid: str


@dataclass(frozen=True, slots=True)
class StandingConversation:
    """A conversation whose beginning was not seen; else as `LiveConversation`. `lasts_us`: since the phone rang."""

    channel: str
    interface: str
    queue: str
    uniqueid: str
    lasts_us: int


@dataclass(frozen=True, slots=True)
class StandingTransfer:
    """A transferred call whose transfer was not seen; `channel` is the name of the phone's channel."""

    channel: str
    interface: str
    uniqueid: str


def transferred_calls(channels: Iterable[AmiEvent]) -> Iterator[StandingTransfer]:
    """The transferred calls in CoreShowChannels: a caller in one bridge with a phone that the queue did not call."""
    bridged = [each for each in channels if each.get("BridgeId")]
    callers = {each.get("BridgeId"): each for each in bridged if _was_passed_on(each)}
    for phone in bridged:
        caller = callers.get(phone.get("BridgeId"))
        if caller is not None and phone.get("Application") == _DIALLED:
            name = phone.get("Channel")
            yield StandingTransfer(name, name.rpartition("-")[0], caller.get("Uniqueid"))


def _was_passed_on(caller: AmiEvent) -> bool:
    data, uniqueid = caller.get("ApplicationData"), caller.get("Uniqueid")
    is_sent = any(routine.format(uniqueid=uniqueid) in data for routine in _SENT)
    dials = caller.get("Application") == _DIALS and is_sent
    return dials or caller.get("Application") == _IN_QUEUE


def standing_conversations(channels: Iterable[AmiEvent]) -> Iterator[StandingConversation]:
    """The conversations in CoreShowChannels: a caller and an agent's phone in one bridge."""
    bridged = [each for each in channels if each.get("BridgeId")]
    callers = {each.get("BridgeId"): each for each in bridged if each.get("Application") == _IN_QUEUE}
    for phone in bridged:
        caller = callers.get(phone.get("BridgeId"))
        if caller is not None and phone.get("Application") == _CALLED_BY_QUEUE:
            yield StandingConversation(
                channel=phone.get("Uniqueid"),
                interface=phone.get("Channel").rpartition("-")[0],
                queue=caller.get("ApplicationData").partition(",")[0],
                uniqueid=caller.get("Uniqueid"),
                lasts_us=_seconds(phone.get("Duration")) * MICROSECONDS,
            )


def _seconds(text: str) -> int:
    """`01:02:03` in seconds; 0 for anything else."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdecimal() and part.isascii() for part in parts):
        return 0
    hours, minutes, seconds = map(int, parts)
    return 3600 * hours + 60 * minutes + seconds
