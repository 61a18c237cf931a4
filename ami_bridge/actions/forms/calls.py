"""Commands about calls in progress, as AMI actions. Pure.

A call is named by its caller's channel, the agent's side of it by the phone. Asterisk is asked (`bridge_peer`) whether
that phone is connected to that caller before anything is done: nobody acts on another's call.
"""

import re

from ami_bridge.actions.forms.allowed import AGENTS_CONTEXT, CHANNEL, EXTENSION, GOAL, NAME, PHONE, allowed
from callcenter.messages.call_commands import RedirectQueuedCall

_ACTIVE_STATE = "6"  # AST_STATE_UP
# On the caller's channel: whether they are recorded, for a bridge process that starts in mid-call.
RECORDING_MARK = "TRONCAL_RECORDING"
NO_ROOM = "TRONCAL_NO_ROOM"


def variable(channel: str, name: str) -> dict[str, str]:
    """Asks for a variable of a channel."""
    return {"Action": "Getvar", "Channel": allowed(CHANNEL, channel, "channel"), "Variable": name}


def bridge_peer(caller: str) -> dict[str, str]:
    """Asks which channels a channel is bridged with."""
    return variable(caller, "BRIDGEPEER")


def device_state(interface: str) -> dict[str, str]:
    """Asks for a phone's device state; one without contact and without calls is UNAVAILABLE."""
    return {"Action": "Getvar", "Variable": f"DEVICE_STATE({allowed(PHONE, interface, 'interface')})"}


def all_channels() -> dict[str, str]:
    """Asks for every channel. (CoreShowChannels would need a right that this user has no other use for.)"""
    return {"Action": "Status"}


def channel_of(interface: str, names: str) -> str | None:
    """The channel of that phone among several, separated by commas."""
    own = _channels_of(interface)
    return next((name for name in names.split(",") if own.fullmatch(name)), None)


def is_established(interface: str, name: str, state: str) -> bool:
    """Whether a channel is that phone's, and answered."""
    return state == _ACTIVE_STATE and _channels_of(interface).fullmatch(name) is not None


def _channels_of(interface: str) -> re.Pattern[str]:
    return re.compile(re.escape(allowed(PHONE, interface, "interface")) + r"-[0-9a-f]{8}")


def redirect(channel: str, exten: str) -> dict[str, str]:
    """Redirect to the first priority of an extension."""
    return _redirect(channel, AGENTS_CONTEXT, exten)


def release(channel: str) -> dict[str, str]:
    """The agent's channel hangs up in the dialplan.

    app_queue does not notice an AMI Hangup of it: the agent would be on the call until the survey is over.
    """
    return _redirect(channel, "troncal-hang-up", "s")


def _redirect(channel: str, context: str, exten: str) -> dict[str, str]:
    return {"Action": "Redirect", **_sent_to(channel, context, exten), "Priority": "1"}


def transfer(channel: str, exten: str) -> dict[str, str]:
    """BlindTransfer of the caller who is connected to the channel."""
    return _blind_transfer(channel, AGENTS_CONTEXT, exten)


def transfer_context(channel: str) -> dict[str, str]:
    """Asks where the phone may transfer to in this call; nothing for anywhere."""
    return variable(channel, "TRANSFER_CONTEXT")


def requeue(agent_channel: str) -> dict[str, str]:
    """The caller of a lost phone hears an apology and goes back into the queue.

    By a transfer: app_queue then reports the end at once, before the caller joins the same queue again.
    """
    return _blind_transfer(agent_channel, "troncal-lost-phone", "lost-phone")


def _blind_transfer(channel: str, context: str, exten: str) -> dict[str, str]:
    return {"Action": "BlindTransfer", **_sent_to(channel, context, exten)}


def _sent_to(channel: str, context: str, exten: str) -> dict[str, str]:
    return {
        "Channel": allowed(CHANNEL, channel, "channel"),
        "Context": context,
        "Exten": allowed(EXTENSION, exten, "exten"),
    }


def hang_up(channel: str) -> dict[str, str]:
    """Hangup with the cause of an ordinary end."""
    return {"Action": "Hangup", "Channel": allowed(CHANNEL, channel, "channel"), "Cause": "16"}


def mute(channel: str, muted: bool) -> dict[str, str]:
    """Through the function MUTEAUDIO: the action MuteAudio needs a right that also lets one stop Asterisk."""
    return _set_variable(channel, "MUTEAUDIO(in)", "on" if muted else "off")


def recording_mark(caller: str, mark: str) -> dict[str, str]:
    """Writes the mark of the caller's recording."""
    return _set_variable(caller, RECORDING_MARK, mark)


def room_for_recordings(there_is: bool) -> dict[str, str]:
    """The global variable that the dialplan asks before it begins a recording."""
    return {"Action": "Setvar", "Variable": NO_ROOM, "Value": "no" if there_is else "yes"}


def _set_variable(channel: str, name: str, value: str) -> dict[str, str]:
    return {"Action": "Setvar", "Channel": allowed(CHANNEL, channel, "channel"), "Variable": name, "Value": value}


def silence_recording(caller: str, silent: bool) -> dict[str, str]:
    """MixMonitorMute in both directions."""
    return {
        "Action": "MixMonitorMute",
        "Channel": allowed(CHANNEL, caller, "channel"),
        "Direction": "both",
        "State": "1" if silent else "0",
    }


def withdraw(queue: str, channel: str, goal: str) -> dict[str, str]:
    """QueueWithdrawCaller, with the dialplan's next goal for the caller."""
    return {
        "Action": "QueueWithdrawCaller",
        "Queue": allowed(NAME, queue, "queue"),
        "Caller": allowed(CHANNEL, channel, "channel"),
        "WithdrawInfo": allowed(GOAL, goal, "goal"),
    }


def goal_of(command: RedirectQueuedCall) -> str:
    """Where a withdrawn caller goes: `queue-102`, or `phone-1101`."""
    return f"queue-{command.queue}" if command.queue else f"phone-{command.exten}"
