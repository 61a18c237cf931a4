"""Takes commands from the bus to what carries them out, and answers with the outcome."""

from collections.abc import Callable, Collection

from ami_bridge.actions.executor import Executor
from ami_bridge.actions.forms.answers import ActionOutcome, NotDone, Succeeded, Unconfirmed
from callcenter.clock import now_us
from callcenter.messages.commands import Accepted, Command, CommandAnswer, OutcomeUnknown, PhoneLost, Refusal, Refused

_NO_CALL_THERE = NotDone(Refusal.UNKNOWN_CALL, "no call there")


class CommandHandler:
    """Serves commands. `phone_lost` is for the page that reports its own closing."""

    def __init__(self, executor: Executor, phone_lost: Callable[[str], bool]) -> None:
        self._executor, self._phone_lost = executor, phone_lost

    @property
    def kinds(self) -> Collection[type[Command]]:
        """The commands that are served."""
        return (*self._executor.kinds, PhoneLost)

    async def carry_out(self, command: Command) -> CommandAnswer:
        """Carry it out once; the answer is the outcome."""
        if isinstance(command, PhoneLost):
            return answer_to(command, Succeeded() if self._phone_lost(command.interface) else _NO_CALL_THERE)
        return answer_to(command, await self._executor.execute(command))


def answer_to(command: Command, outcome: ActionOutcome) -> CommandAnswer:
    """The outcome of a command as the bus' answer."""
    head = {"node": command.node, "command_id": command.command_id, "at_us": now_us()}
    match outcome:
        case Succeeded():
            return Accepted.model_validate(head)
        case NotDone(reason=reason, text=text):
            return Refused.model_validate({**head, "reason": reason, "text": text[:300]})
        case Unconfirmed(text=text):
            return OutcomeUnknown.model_validate({**head, "text": text[:300]})
