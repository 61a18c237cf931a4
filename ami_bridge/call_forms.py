"""Commands about calls that go on, and the AMI actions that they become. Pure.

A call is named by its caller's channel, an agent's part in it by the phone. That the phone talks with that caller is
asked of Asterisk (`bridge_peer`) before anything is done: nobody acts on another's call.
"""

import re
from dataclasses import dataclass

from ami_bridge.action_forms import CHANNEL, EXTENSION, INTERFACE, NAME, Command, allowed

_ACTIVE_STATE = "6"  # AST_STATE_UP
# What the dialplan of a withdrawn caller finds in QUEUE_WITHDRAW_INFO, and an extension of troncal-moved.
_GOAL = re.compile(r"(?:queue|phone)-[0-9A-Za-z_-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall(Command):
    """What all of these have: the phone, and the caller's channel; None for the one call of that phone."""

    interface: str
    caller: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(OnCall):
    """Hang up the phone's end of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(OnCall):
    """Send whom the phone talks with to an extension."""

    context: str
    exten: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(OnCall):
    """Let nothing of what the phone sends through, or let it through again."""

    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(OnCall):
    """Silence in the recording of the call, or sound again."""

    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveWaiting(Command):
    """Take a caller out of the queue he waits in; the dialplan sends him on to `goal`, `queue-102` or `phone-1101`."""

    caller: str
    goal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack(Command):
    """A phone is lost: transfer its caller to where he hears an apology and goes back into his queue."""

    agent_channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpPhone(Command):
    """End every call that is established at a phone which is no longer there."""

    interface: str


def variable(channel: str, name: str) -> dict[str, str]:
    """Asks for a variable of a channel."""
    return {"Action": "Getvar", "Channel": allowed(CHANNEL, channel, "channel"), "Variable": name}


def bridge_peer(caller: str) -> dict[str, str]:
    """Asks whom a channel talks with."""
    return variable(caller, "BRIDGEPEER")


def all_channels() -> dict[str, str]:
    """Asks for every channel. (CoreShowChannels would need a right that this user has no other use for.)"""
    return {"Action": "Status"}


def channel_of(interface: str, names: str) -> str | None:
    """The channel of that phone among several, parted by commas."""
    own = _channels_of(interface)
    return next((name for name in names.split(",") if own.fullmatch(name)), None)


def is_established(interface: str, name: str, state: str) -> bool:
    """Whether a channel is that phone's, and answered."""
    return state == _ACTIVE_STATE and _channels_of(interface).fullmatch(name) is not None


def _channels_of(interface: str) -> re.Pattern[str]:
    return re.compile(re.escape(allowed(INTERFACE, interface, "interface")) + r"-[0-9a-f]{8}")


def hang_up(channel: str) -> dict[str, str]:
    """Hangup with the cause of an ordinary end."""
    return {"Action": "Hangup", "Channel": allowed(CHANNEL, channel, "channel"), "Cause": "16"}


def release(channel: str) -> dict[str, str]:
    """An agent's end hangs up by itself, in the dialplan.

    app_queue does not notice an AMI Hangup of that end: the agent would count as talking until the caller is through
    with the survey, too.
    """
    return {
        "Action": "Redirect",
        "Channel": allowed(CHANNEL, channel, "channel"),
        **_place("troncal-hang-up", "s"),
        "Priority": "1",
    }


def blind_transfer(channel: str, context: str, exten: str) -> dict[str, str]:
    """BlindTransfer of whoever talks with the channel."""
    return {"Action": "BlindTransfer", "Channel": allowed(CHANNEL, channel, "channel"), **_place(context, exten)}


def give_back(command: GiveBack) -> dict[str, str]:
    """A transfer, because app_queue tells its end at once: he may enter the same queue again in a moment."""
    return blind_transfer(command.agent_channel, "troncal-lost-phone", "lost-phone")


def _place(context: str, exten: str) -> dict[str, str]:
    return {
        "Context": allowed(NAME, context, "context"),
        "Exten": allowed(EXTENSION, exten, "exten"),
    }


def mute(channel: str, muted: bool) -> dict[str, str]:
    """What MuteAudio does, through the function: that action is for whoever may also stop Asterisk."""
    return {
        "Action": "Setvar",
        "Channel": allowed(CHANNEL, channel, "channel"),
        "Variable": "MUTEAUDIO(in)",
        "Value": "on" if muted else "off",
    }


def recording(caller: str, paused: bool) -> dict[str, str]:
    """MixMonitorMute in both directions."""
    return {
        "Action": "MixMonitorMute",
        "Channel": allowed(CHANNEL, caller, "channel"),
        "Direction": "both",
        "State": "1" if paused else "0",
    }


def recording_mark(caller: str, mark: str) -> dict[str, str]:
    """What a bridge that comes in mid-call reads of the recording."""
    return {
        "Action": "Setvar",
        "Channel": allowed(CHANNEL, caller, "channel"),
        "Variable": "TRONCAL_RECORDING",
        "Value": mark,
    }


def withdraw(queue: str, channel: str, goal: str) -> dict[str, str]:
    """QueueWithdrawCaller, with where the dialplan is to send the caller."""
    return {
        "Action": "QueueWithdrawCaller",
        "Queue": allowed(NAME, queue, "queue"),
        "Caller": allowed(CHANNEL, channel, "channel"),
        "WithdrawInfo": allowed(_GOAL, goal, "goal"),
    }
