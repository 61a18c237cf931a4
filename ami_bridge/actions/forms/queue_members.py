"""Commands about agents in queues, as AMI actions. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ami_bridge.actions.forms.allowed import NAME, PHONE, allowed, text, within
from ami_bridge.wire.items import AmiEvent
from callcenter.messages.commands import LogIn, SetQueues

_PENALTY_AT_MOST = 1000


def queue_adds(command: LogIn | SetQueues) -> list[dict[str, str]]:
    """One QueueAdd for each queue; a member who begins with a pause is added as paused."""
    adds = [_queue_add(command, membership.queue, membership.penalty) for membership in command.queues]
    return _paused(adds, isinstance(command, LogIn) and command.pause_reason is not None)


def _queue_add(command: LogIn | SetQueues, queue: str, penalty: int) -> dict[str, str]:
    return {
        "Action": "QueueAdd",
        **_membership(command.interface, queue),
        "MemberName": text(command.member, "member name"),
        "Penalty": _penalty(penalty),
    }


def _queue_penalty(interface: str, queue: str, penalty: int) -> dict[str, str]:
    return {"Action": "QueuePenalty", **_membership(interface, queue), "Penalty": _penalty(penalty)}


def _membership(interface: str, queue: str) -> dict[str, str]:
    return {"Queue": allowed(NAME, queue, "queue"), "Interface": allowed(PHONE, interface, "interface")}


def _penalty(penalty: int) -> str:
    return str(within(0, penalty, _PENALTY_AT_MOST, "penalty"))


def queue_removes(interface: str, queues: Iterable[str]) -> list[dict[str, str]]:
    """One QueueRemove for each queue."""
    return [{"Action": "QueueRemove", **_membership(interface, queue)} for queue in queues]


def memberships(interface: str) -> dict[str, str]:
    """Asks for the queues that a phone is in."""
    return {"Action": "QueueStatus", "Member": allowed(PHONE, interface, "interface")}


def pause(interface: str, reason: str, queue: str | None) -> dict[str, str]:
    """QueuePause, in one queue or (None) in all."""
    return {**_queue_pause(interface, queue, "true"), "Reason": text(reason, "reason")}


def unpause(interface: str, queue: str | None) -> dict[str, str]:
    """The end of a pause, in one queue or (None) in all."""
    return _queue_pause(interface, queue, "false")


def _queue_pause(interface: str, queue: str | None, paused: str) -> dict[str, str]:
    action = {"Action": "QueuePause", "Interface": allowed(PHONE, interface, "interface"), "Paused": paused}
    return action if queue is None else {**action, "Queue": allowed(NAME, queue, "queue")}


@dataclass(frozen=True, slots=True)
class MembershipChanges:
    """First the `adds`, all or none, so that the agent is always in some queue; then the rest, in its order."""

    adds: list[dict[str, str]]
    rest: list[dict[str, str]]


def membership_changes(command: SetQueues, seen: Mapping[str, AmiEvent]) -> MembershipChanges:
    """The actions that lead to exactly these queues. `seen`: the memberships in Asterisk by queue, at least one."""
    added = [action for action in queue_adds(command) if action["Queue"] not in seen]
    pause_reason = next((row.get("PausedReason") for row in seen.values() if row.get("Paused") == "1"), "")
    wanted = {membership.queue for membership in command.queues}
    return MembershipChanges(
        _paused(added, next(iter(seen.values())).get("Paused") == "1"),
        [
            # The new queues get the reason of the pause.
            *(pause(command.interface, pause_reason, action["Queue"]) for action in added if pause_reason),
            *_penalties(command, seen),
            *queue_removes(command.interface, (queue for queue in seen if queue not in wanted)),
        ],
    )


def _paused(adds: list[dict[str, str]], is_paused: bool) -> list[dict[str, str]]:
    """Of a paused member: otherwise they could be offered a call before the pause has its reason."""
    return [{**action, "Paused": "true" if is_paused else "false"} for action in adds]


def _penalties(command: SetQueues, seen: Mapping[str, AmiEvent]) -> list[dict[str, str]]:
    return [
        _queue_penalty(command.interface, membership.queue, membership.penalty)
        for membership in command.queues
        if membership.queue in seen and seen[membership.queue].get("Penalty") != str(membership.penalty)
    ]
