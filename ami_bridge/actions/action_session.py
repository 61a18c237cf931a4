"""The AMI session for actions, one action at a time."""

from collections.abc import Mapping

from ami_bridge.actions.forms.answers import KnownOutcome, NotDone, outcome_of
from ami_bridge.actions.forms.calls import device_state
from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import AmiAnswer, Completion
from ami_bridge.wire.items import AmiEvent


class ActionSession:
    """Asks Asterisk and waits `answer_seconds` at the most.

    Raises BadAction, NotSent, LinkDown, TimeoutError, ActionRefused.
    """

    def __init__(self, link: AmiLink, answer_seconds: float) -> None:
        self._link, self.answer_seconds = link, answer_seconds

    async def ask(self, action: Mapping[str, str]) -> KnownOutcome:
        """The outcome, by the one response."""
        (answer,) = await self._link.send(action, timeout_seconds=self.answer_seconds)
        return outcome_of(answer)

    async def value(self, action: Mapping[str, str]) -> str | NotDone:
        """The value that a Getvar asks for; empty where there is none."""
        outcome = await self.ask(action)
        return outcome if isinstance(outcome, NotDone) else outcome.headers.get("Value", "")

    async def device_state(self, interface: str) -> str:
        """A phone's device state, by Asterisk's names; empty where Asterisk has none."""
        state = await self.value(device_state(interface))
        return "" if isinstance(state, NotDone) else state

    async def rows(self, action: Mapping[str, str], event_name: str) -> list[AmiEvent]:
        """The events of that name in the list that is the answer."""
        answers = await self._link.send(action, as_list=True, timeout_seconds=self.answer_seconds)
        return [each for each in answers if isinstance(each, AmiEvent) and each.name == event_name]

    async def last(self, action: Mapping[str, str], *, complete: Completion, timeout_seconds: float) -> AmiAnswer:
        """The last answer to an action that has several."""
        return (await self._link.send(action, complete=complete, timeout_seconds=timeout_seconds))[-1]
