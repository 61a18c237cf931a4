"""Originated calls: a phone rings and, when it answers, goes on in the dialplan."""

from collections.abc import Mapping

from ami_bridge.actions.action_session import ActionSession
from ami_bridge.actions.forms import originates as forms
from ami_bridge.actions.forms.answers import KnownOutcome, NotDone, Succeeded, outcome_of_ringing
from ami_bridge.link.terms import AmiAnswer
from ami_bridge.wire.items import AmiResponse
from callcenter.messages.call_commands import Originate, Spy
from callcenter.messages.commands import Refusal

# Asterisk reports within this that a phone cannot be rung at all; after it, the phone rings.
_RINGS_SECONDS = 0.5
_AWAY = frozenset({"UNAVAILABLE", "INVALID"})
_NOT_REGISTERED = NotDone(Refusal.PHONE_AWAY, "the phone is not registered")


class NewCalls:
    """Makes calls, always asynchronously. Raises as its session."""

    def __init__(self, session: ActionSession) -> None:
        self._session = session

    async def originate(self, command: Originate) -> KnownOutcome:
        """Done when the phone answered or, not `awaited`, rings; to the outside, when Asterisk took the order."""
        if forms.is_outside(command):
            return await self._session.ask(forms.place(command))
        action = forms.originate(command)
        if await self._is_away(command.interface):
            return _NOT_REGISTERED
        return await self._answered(action, command.ring_seconds) if command.awaited else await self._rings(action)

    async def spy(self, command: Spy) -> KnownOutcome:
        """Done when the supervisor's phone rings."""
        action = forms.spy(command)
        return _NOT_REGISTERED if await self._is_away(command.interface) else await self._rings(action)

    async def _is_away(self, interface: str) -> bool:
        """Asked first: Asterisk would log an Originate to such a phone as an error of its own."""
        return await self._session.device_state(interface) in _AWAY

    async def _answered(self, action: Mapping[str, str], ring_seconds: int) -> KnownOutcome:
        """The response only means that Asterisk will try; OriginateResponse has the outcome."""
        longest = ring_seconds + self._session.answer_seconds
        last = await self._session.last(action, complete=_Attempt().is_over, timeout_seconds=longest)
        return outcome_of_ringing(last)

    async def _rings(self, action: Mapping[str, str]) -> KnownOutcome:
        attempt = _Attempt()
        try:
            last = await self._session.last(action, complete=attempt.is_over, timeout_seconds=_RINGS_SECONDS)
        except TimeoutError:
            if not attempt.begun:
                raise
            return Succeeded()
        return outcome_of_ringing(last)


class _Attempt:
    """The answers to one Originate: `begun` once Asterisk tries."""

    def __init__(self) -> None:
        self.begun = False

    def is_over(self, answers: list[AmiAnswer]) -> bool:
        """Whether it was refused at once, or OriginateResponse came."""
        last = answers[-1]
        if isinstance(last, AmiResponse):
            self.begun = last.succeeded
            return not last.succeeded
        return last.name == "OriginateResponse"
