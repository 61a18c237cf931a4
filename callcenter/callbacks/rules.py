"""Callbacks: who may be called, when it is their turn, and where they re-enter the queue. Pure.

The rule of fairness. A callback keeps the queue position that the caller would have had if they had gone on waiting:
their priority, and among equal priorities the instant since which they wait. That is when they joined the queue or,
where the queue did not let them in (full, or without agents), when they asked.

- A callback overtakes nobody: it is rung when fewer callers are ahead of it than agents are available, or none at all;
  and the customer re-enters the queue behind the last caller ahead of them, wherever that is by then.
- A callback does not starve: whoever came later, or is less urgent, is behind it. While the customer's telephone rings
  those may still be served, for nobody knows whether it will be answered; from the answer on they are not.
- Urgent callers overtake a callback as they do any caller, but not for ever: once it has waited `FAIR_WAIT_SECONDS` and
  nobody in the queue came before, it is next, whoever is there (`ivr.routing` holds the same for those who wait).
- A callback whose telephone rings counts as ahead of those behind it. One that waits for its next try does not: it
  takes up its position again when that try begins.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from callcenter.instants import MICROSECONDS
from callcenter.numbers import COCHABAMBA, Number, NumberKind, normalise
from callcenter.routing.fairness import FAIR_WAIT_SECONDS

_REFERENCE = "callback-"
_MINUTE_US = 60 * MICROSECONDS
# Short lines, toll-free lines and other countries are not: somebody else's money would be spent (toll fraud).
_CALLABLE = frozenset({NumberKind.FIXED, NumberKind.MOBILE})


class CallbackReason(StrEnum):
    """Why somebody is to be called back."""

    KEY = "key"
    FULL = "full"
    EMPTY = "empty"
    TIMEOUT = "timeout"
    DISCONNECTED = "disconnected"


class CallbackState(StrEnum):
    """How far a callback is. The last three are its ends."""

    PENDING = "pending"
    CALLING = "calling"
    DONE = "done"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


class TryResult(StrEnum):
    """What came of a try. `not_confirmed`: somebody or something answered, and no key was pressed."""

    ANSWERED = "answered"
    NOT_CONFIRMED = "not_confirmed"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rules:
    """How callbacks are tried.

    `pauses_seconds`: after the first, second ... failed try; one try more than there are pauses. `ring_seconds`: how
    long a telephone rings. `try_seconds`: a try without a result is a failed one after that. `keep_hours`: older ones
    are given up. `disconnected_minutes`: for so long a caller who was cut off gets their position back.
    """

    pauses_seconds: tuple[int, ...] = (300, 1200)
    ring_seconds: int = 25
    try_seconds: int = 180
    keep_hours: int = 48
    disconnected_minutes: int = 10

    @property
    def tries(self) -> int:
        """How often a telephone is rung at most."""
        return len(self.pauses_seconds) + 1

    def next_try_us(self, tries: int, now_us: int) -> int | None:
        """When to try again after so many failed tries; None: give up."""
        return now_us + self.pauses_seconds[tries - 1] * MICROSECONDS if tries < self.tries else None

    def try_ends_us(self, now_us: int) -> int:
        """When a try that begins now counts as failed without a result."""
        return now_us + self.try_seconds * MICROSECONDS

    def kept_from_us(self, now_us: int) -> int:
        """Callbacks that were asked for before that instant are given up."""
        return now_us - self.keep_hours * 60 * _MINUTE_US

    def disconnected_from_us(self, now_us: int) -> int:
        """Whoever was cut off after that instant still has their position."""
        return now_us - self.disconnected_minutes * _MINUTE_US


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """Orders a queue: a higher `priority` (Asterisk's QUEUE_PRIO) first, then who has waited longer."""

    priority: int
    since_us: int

    def before(self, other: "QueuePosition") -> bool:
        """Whether this one is to be served first. Of equals nobody is before the other."""
        return (-self.priority, self.since_us) < (-other.priority, other.since_us)


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback. `tries` have begun; pending: not before `next_try_us`; calling: without a result until then.

    `uniqueid` is the caller's channel when it was asked for.
    """

    id: int
    number: str
    line: str
    queue: str
    uniqueid: str
    position: QueuePosition
    requested_us: int
    reason: CallbackReason
    state: CallbackState
    tries: int
    next_try_us: int

    @property
    def reference(self) -> str:
        """Names this try, in the telephone call that it makes."""
        return f"{_REFERENCE}{self.id}-{self.tries}"


@dataclass(frozen=True, slots=True)
class CallerInQueue:
    """A caller in the queue. `since_us`: when they joined, or the position they returned to, where that is known."""

    since_us: int
    priority: int = 0


@dataclass(frozen=True, slots=True)
class QueueReentry:
    """How Queue() is to let a caller re-enter: QUEUE_PRIO and the position argument."""

    priority: int
    position: int


@dataclass(frozen=True, slots=True)
class QueueSnapshot:
    """One queue now: who waits, in the queue's order; agents who serve it (not paused), and those free of them."""

    waiting: tuple[CallerInQueue, ...] = ()
    working: int = 0
    available: int = 0


def callable_number(text: str, own: Collection[str] = (), area_code: str = COCHABAMBA) -> Number | None:
    """The number in a text, if it may be called back: fixed or mobile, in Bolivia, and none of our own lines."""
    found = normalise(text, area_code)
    if not isinstance(found, Number) or found.kind not in _CALLABLE:
        return None
    return None if found.digits in own else found


def may_be_dialled(digits: str) -> bool:
    """Whether these are a number as the tables keep it, and one that may be called: asked again before each call."""
    found = callable_number(digits)
    return found is not None and found.digits == digits


def own_numbers(lines: Iterable[str], area_code: str = COCHABAMBA) -> frozenset[str]:
    """The centre's own lines as `callable_number` compares them: it must not call itself."""
    found = (normalise(line, area_code) for line in lines)
    return frozenset(number.digits for number in found if isinstance(number, Number))


def parsed_reference(text: str) -> tuple[int, int] | None:
    """The id and the number of the try in a reference."""
    head, dash, tail = text.removeprefix(_REFERENCE).partition("-")
    if not dash or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in (head, tail)):
        return None
    return int(head), int(tail)


def positions(waiting: Sequence[CallerInQueue]) -> tuple[QueuePosition, ...]:
    """Since when each caller of the queue has really waited, in the queue's order.

    A called-back caller joined late and is ahead of callers who joined earlier. Those of the same priority who are
    behind them came later: the called-back caller has waited since before the earliest of those.
    """
    found: list[QueuePosition] = []
    earliest: dict[int, int] = {}
    for each in reversed(waiting):
        since = min(each.since_us, earliest.get(each.priority, each.since_us))
        earliest[each.priority] = since
        found.append(QueuePosition(each.priority, since))
    return tuple(reversed(found))


def ahead_of(position: QueuePosition, waiting: Sequence[CallerInQueue], now_us: int) -> int:
    """How many callers of the queue are ahead of that position."""
    if _is_next(position, waiting, now_us):
        return 0
    return sum(not position.before(other) for other in positions(waiting))


def queue_reentry(position: QueuePosition, waiting: Sequence[CallerInQueue], now_us: int) -> QueueReentry:
    """Where a caller with that position re-enters: behind the last caller ahead of them.

    app_queue itself never lets a less urgent caller pass a more urgent one, whatever the position.
    """
    if _is_next(position, waiting, now_us):
        return QueueReentry(max([position.priority, *(each.priority for each in waiting)]), 1)
    ahead = [at for at, other in enumerate(positions(waiting), 1) if not position.before(other)]
    return QueueReentry(position.priority, 1 + max(ahead, default=0))


def _is_next(position: QueuePosition, waiting: Sequence[CallerInQueue], now_us: int) -> bool:
    """Whether they have waited so long that urgency does not pass them any more, and nobody came before them."""
    if now_us - position.since_us < FAIR_WAIT_SECONDS * MICROSECONDS:
        return False
    return all(position.since_us < other.since_us for other in positions(waiting))


def due(callbacks: Iterable[Callback], floor: QueueSnapshot, now_us: int) -> tuple[Callback, ...]:
    """The callbacks of one queue to ring now, in the order of their positions. Only for a line that is open now.

    None while nobody serves the queue: the customer would wait for nobody.
    """
    if floor.working <= 0:
        return ()
    open_ones = sorted(callbacks, key=lambda c: (-c.position.priority, c.position.since_us, c.id))
    chosen: list[Callback] = []
    ringing = 0
    for each in open_ones:
        if each.state is CallbackState.CALLING:
            ringing += 1
        elif each.state is CallbackState.PENDING and each.next_try_us <= now_us:
            if ringing + ahead_of(each.position, floor.waiting, now_us) >= max(1, floor.available):
                break
            chosen.append(each)
            ringing += 1
    return tuple(chosen)
