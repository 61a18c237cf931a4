"""Logs agents into queues and out of them, pauses them: one command is several AMI actions."""

from collections.abc import Iterable, Mapping

from ami_bridge.actions.action_session import ActionSession
from ami_bridge.actions.forms import queue_members as forms
from ami_bridge.actions.forms.answers import KnownOutcome, NotDone, Succeeded
from ami_bridge.link.terms import ActionRefused, LinkDown, NotSent
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.phones import endpoints_of, extension_of, interface_of
from callcenter.messages.commands import LogIn, LogOut, Pause, Refusal, SetQueues, Unpause

_NOT_HERE = NotDone(Refusal.UNKNOWN_MEMBER, "this phone is in no queue")


class NotUndone(Exception):
    """A refusal came in the middle, and what was done before it stays: the text says what Asterisk refuses."""


class QueueMembership:
    """Changes memberships, in all queues or none as far as Asterisk allows. Raises as its session, and NotUndone."""

    def __init__(self, session: ActionSession) -> None:
        self._session = session

    async def log_in(self, command: LogIn) -> KnownOutcome:
        """At this phone, and no longer at the agent's other one; a pause gets its reason after it has begun."""
        adds, reason = forms.queue_adds(command), command.pause_reason
        pauses = [] if reason is None else [forms.pause(command.interface, reason, None)]
        await self._leave_other_phone(command.interface)
        entered = await self._enter(adds)
        return entered if isinstance(entered, NotDone) else await self._in_order(pauses, begun=True)

    async def log_out(self, command: LogOut) -> KnownOutcome:
        """Out of all queues that the phone is in."""
        queues = [row.get("Queue") for row in await self._memberships(command.interface)]
        if not queues:
            return _NOT_HERE
        return await self._in_order(forms.queue_removes(command.interface, queues))

    async def set_queues(self, command: SetQueues) -> KnownOutcome:
        """Only for the member who is at that phone."""
        seen = {row.get("Queue"): row for row in await self._memberships(command.interface)}
        if not any(row.get("Name") == command.member for row in seen.values()):
            return _NOT_HERE
        changes = forms.membership_changes(command, seen)
        entered = await self._enter(changes.adds)
        return entered if isinstance(entered, NotDone) else await self._in_order(changes.rest, begun=True)

    async def pause(self, command: Pause) -> KnownOutcome:
        """In one queue or in all."""
        return await self.pause_phone(command.interface, command.reason, command.queue)

    async def unpause(self, command: Unpause) -> KnownOutcome:
        """In one queue or in all."""
        return await self.unpause_phone(command.interface, command.queue)

    async def pause_phone(self, interface: str, reason: str, queue: str | None = None) -> KnownOutcome:
        """The member at that phone."""
        return await self._session.ask(forms.pause(interface, reason, queue))

    async def unpause_phone(self, interface: str, queue: str | None = None) -> KnownOutcome:
        """The member at that phone."""
        return await self._session.ask(forms.unpause(interface, queue))

    async def _next(self, action: Mapping[str, str], *, begun: bool) -> KnownOutcome:
        """One of several. Where an earlier one was carried out, a lost session leaves the outcome unknown; a right that
        we have not, or no longer, is a refusal as any other: what was begun is undone.
        """
        try:
            return await self._session.ask(action)
        except ActionRefused as refused:
            return NotDone(Refusal.ASTERISK_REFUSED, str(refused))
        except NotSent as lost:
            if not begun:
                raise
            raise LinkDown(str(lost)) from lost

    async def _in_order(self, actions: Iterable[Mapping[str, str]], *, begun: bool = False) -> KnownOutcome:
        """One after the other until one is refused."""
        for action in actions:
            outcome = await self._next(action, begun=begun)
            if isinstance(outcome, NotDone):
                return outcome
            begun = True
        return Succeeded()

    async def _enter(self, adds: list[dict[str, str]]) -> KnownOutcome:
        """Add to all queues; what was added before a refusal is removed again. Raises NotUndone."""
        added: list[dict[str, str]] = []
        for action in adds:
            outcome = await self._next(action, begun=bool(added))
            if isinstance(outcome, NotDone):
                await self._remove_again(added)
                return outcome
            if outcome.changed:
                added.append(action)
        return Succeeded()

    async def _remove_again(self, added: Iterable[Mapping[str, str]]) -> None:
        refused: list[str] = []
        for action in added:
            for removal in forms.queue_removes(action["Interface"], (action["Queue"],)):
                outcome = await self._next(removal, begun=True)
                refused += [outcome.text] if isinstance(outcome, NotDone) else []
        if refused:
            raise NotUndone(f"entered some of the queues only, and could not leave them again: {'; '.join(refused)}")

    async def _leave_other_phone(self, interface: str) -> None:
        """An agent serves at one of their phones: where they log in, the other one stops ringing."""
        for endpoint in endpoints_of(extension_of(interface)):
            other = interface_of(endpoint)
            if other != interface:
                queues = [row.get("Queue") for row in await self._memberships(other)]
                for action in forms.queue_removes(other, queues):
                    await self._session.ask(action)

    async def _memberships(self, interface: str) -> list[AmiEvent]:
        """The phone's memberships, as QueueStatus lists them."""
        rows = await self._session.rows(forms.memberships(interface), "QueueMember")
        return [row for row in rows if row.get("Location") == interface]
