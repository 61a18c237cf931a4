"""Agents in and out of queues: several actions that are one command."""

from collections.abc import Iterable, Mapping

from ami_bridge import action_forms as forms
from ami_bridge.action_forms import LogIn, LogOut, SetQueues
from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import LinkDown, NotSent
from ami_bridge.outcomes import Done, Outcome, Refused, is_as_it_was, outcome_of
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.phones import endpoints_of, extension_of, interface_of
from callcenter.messages.commands import Refusal

_NOT_HERE = Refused(Refusal.UNKNOWN_MEMBER, "this phone is in no queue")


class SeatActions:
    """What `Executor` does for members of queues. Raises what the link raises."""

    def __init__(self, link: AmiLink, answer_seconds: float) -> None:
        self._link, self._answer_seconds = link, answer_seconds

    async def carry_out(self, command: LogIn | LogOut | SetQueues) -> Outcome:
        """All queues or none, as far as Asterisk lets us."""
        match command:
            case LogIn():
                await self._leave_other_phone(command.interface)
                return await self._enter(forms.queue_adds(command))
            case LogOut():
                return await self._leave(command)
            case SetQueues():
                return await self._set(command)

    async def _one(self, action: Mapping[str, str]) -> Outcome:
        (answer,) = await self._link.send(action, timeout_seconds=self._answer_seconds)
        return outcome_of(answer)

    async def _next(self, action: Mapping[str, str], *, begun: bool) -> Outcome:
        """One of several. Where an earlier one was carried out, a lost session leaves the outcome unknown."""
        try:
            return await self._one(action)
        except NotSent as lost:
            if not begun:
                raise
            raise LinkDown(str(lost)) from lost

    async def _enter(self, adds: list[dict[str, str]]) -> Outcome:
        """What was added before a refusal is taken back."""
        added: list[dict[str, str]] = []
        outcome: Outcome = Done()
        for action in adds:
            outcome = await self._next(action, begun=bool(added))
            if isinstance(outcome, Done):
                added.append(action)
            elif not is_as_it_was(outcome):
                await self._take_back(added)
                return outcome
        return Done() if is_as_it_was(outcome) else outcome

    async def _take_back(self, added: Iterable[Mapping[str, str]]) -> None:
        for action in added:
            for removal in forms.queue_removes(action["Interface"], (action["Queue"],)):
                await self._one(removal)

    async def _leave_other_phone(self, interface: str) -> None:
        """An agent serves at one of his phones: where he logs in, the other one stops ringing."""
        for endpoint in endpoints_of(extension_of(interface)):
            other = interface_of(endpoint)
            if other != interface:
                queues = tuple(row.get("Queue") for row in await self._rows_of(other))
                for action in forms.queue_removes(other, queues):
                    await self._one(action)

    async def _leave(self, command: LogOut) -> Outcome:
        queues = command.queues or tuple(row.get("Queue") for row in await self._rows_of(command.interface))
        outcome: Outcome = _NOT_HERE
        for at, action in enumerate(forms.queue_removes(command.interface, queues)):
            outcome = await self._next(action, begun=at > 0)
            if not isinstance(outcome, Done) and not is_as_it_was(outcome):
                return outcome
        return Done() if is_as_it_was(outcome) else outcome

    async def _rows_of(self, interface: str) -> list[AmiEvent]:
        """The phone's seats in the queues, as QueueStatus tells them."""
        answers = await self._link.send(
            forms.memberships(interface), as_list=True, timeout_seconds=self._answer_seconds
        )
        rows = [each for each in answers if isinstance(each, AmiEvent) and each.name == "QueueMember"]
        return [row for row in rows if row.get("Location") == interface]

    async def _set(self, command: SetQueues) -> Outcome:
        """First what is new, so that the agent is at no moment in no queue."""
        rows = {row.get("Queue"): row for row in await self._rows_of(command.interface)}
        if not any(row.get("Name") == command.member_name for row in rows.values()):
            return _NOT_HERE
        adds = [action for action in forms.queue_adds(command) if action["Queue"] not in rows]
        outcome = await self._enter(_paused_as(next(iter(rows.values())), adds))
        if not isinstance(outcome, Done):
            return outcome
        for action in [*_pauses(command, rows, adds), *_penalties(command, rows), *_removes(command, rows)]:
            outcome = await self._next(action, begun=True)
            if not isinstance(outcome, Done) and not is_as_it_was(outcome):
                return outcome
        return Done()


def _paused_as(seat: AmiEvent, adds: list[dict[str, str]]) -> list[dict[str, str]]:
    """Who is paused enters paused: between the two actions he would be offered a call."""
    return [{**action, "Paused": "true" if seat.get("Paused") == "1" else "false"} for action in adds]


def _pauses(
    command: SetQueues, rows: Mapping[str, AmiEvent], adds: Iterable[Mapping[str, str]]
) -> list[dict[str, str]]:
    """The reason of the pause, in the queues that are new."""
    reason = next((row.get("PausedReason") for row in rows.values() if row.get("Paused") == "1"), "")
    if not reason:
        return []
    head = {"command_id": command.command_id, "expires_at_us": command.expires_at_us}
    return [
        forms.queue_pause(
            forms.Pause(interface=command.interface, reason=reason, queue=action["Queue"], **head)  # type: ignore[arg-type]
        )
        for action in adds
    ]


def _penalties(command: SetQueues, rows: Mapping[str, AmiEvent]) -> list[dict[str, str]]:
    changed = [(queue, penalty) for queue, penalty in command.queues if queue in rows]
    return [
        forms.queue_penalty(command.interface, queue, penalty)
        for queue, penalty in changed
        if rows[queue].get("Penalty") != str(penalty)
    ]


def _removes(command: SetQueues, rows: Mapping[str, AmiEvent]) -> list[dict[str, str]]:
    wanted = {queue for queue, _ in command.queues}
    return forms.queue_removes(command.interface, tuple(queue for queue in rows if queue not in wanted))
