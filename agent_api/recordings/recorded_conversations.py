"""Who spoke in a recorded call, and when: the agents of its queues, and whom they transferred it to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Columns(Protocol):
    """A row, its columns read by name."""

    def __getattr__(self, name: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class RecordedConversation:
    """A conversation of a recorded call. `name`: the agent's, as people know it. Instants in microseconds, UTC.

    `queue` is empty where the call came by a transfer. `member` is then the login of who has that extension,
    or the number where nobody has.
    """

    queue: str
    member: str
    name: str
    answered_us: int
    ended_us: int | None
    transferred_to: str


def conversations_of(
    entries: Sequence[Columns], transfers: Sequence[Columns], dialled: Columns | None = None
) -> tuple[RecordedConversation, ...]:
    """In their order.

    Each answered queue entry, that of the agent who dialled the customer (`dialled`: the outgoing call), and each
    transfer's target until the customer went on to the next one.
    """
    borders = [entry.entered_us for entry in entries] + [step.at_us for step in transfers]
    answered = [_of_queue(entry) for entry in entries if entry.answered_us is not None]
    ends = [entry.call_ended_us for entry in entries]
    if dialled is not None:
        answered.append(_of_agent(dialled, min(borders, default=dialled.ended_us)))
        ends.append(dialled.ended_us)
    over_us = max((at_us for at_us in ends if at_us is not None), default=None)
    transferred = [
        _transferred(step, min((at_us for at_us in borders if at_us > step.at_us), default=over_us))
        for step in transfers
    ]
    return tuple(sorted([*answered, *transferred], key=lambda conversation: conversation.answered_us))


def _of_agent(call: Columns, ended_us: int | None) -> RecordedConversation:
    """It came by no queue, and is its campaign's queue's all the same."""
    return RecordedConversation(
        queue=call.queue,
        member=call.member,
        name=call.display_name or call.member,
        answered_us=call.answered_us,
        ended_us=ended_us,
        transferred_to="",
    )


def _of_queue(entry: Columns) -> RecordedConversation:
    return RecordedConversation(
        queue=entry.queue,
        member=entry.member or "",
        name=entry.display_name or entry.member or "",
        answered_us=entry.answered_us,
        ended_us=entry.ended_us,
        transferred_to=entry.transferred_to or "",
    )


def _transferred(step: Columns, ended_us: int | None) -> RecordedConversation:
    return RecordedConversation(
        queue="",
        member=step.login or step.detail,
        name=step.display_name or step.detail,
        answered_us=step.at_us,
        ended_us=ended_us,
        transferred_to="",
    )
