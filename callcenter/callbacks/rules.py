"""Callbacks: who may be called, when it is their turn, and where they stand in the queue again. Pure.

The rule of fairness. A callback keeps the place that the caller would have had if they had gone on waiting: their
priority, and among equal priorities the instant since which they wait. That is when they joined the queue, or, where
nobody let them in (queue full, nobody there), when they asked.

- Nobody is passed over: they are rung when as few callers stand before them as there are agents free, or none at all;
and
  they re-enter the queue behind the last caller who stands before them, wherever that is by then.
- They do not starve: whoever came after them, or is less urgent, is put behind them. While their telephone rings those
  may be served, for nobody can say whether they answer; from the moment they answer they are not.
- Urgent callers pass them like any other, but not for ever: once they have waited `FAIR_WAIT_SECONDS` and nobody in the
  queue came before them, they are the next, whoever is there (`ivr.routing` promises the same to those who wait).
- Other callbacks whose telephones ring stand before them too, if they do. One that waits for its next try does not: it
  takes up its place again when that try begins.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from callcenter.instants import MICROSECONDS
from callcenter.numbers import COCHABAMBA, Number, NumberKind, normalise
from callcenter.routing.fairness import FAIR_WAIT_SECONDS

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
    are given up. `disconnected_minutes`: so long a caller who was cut off finds their position again.
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
    """Where somebody stands: a higher `priority` (Asterisk's QUEUE_PRIO) first, then who has waited longer."""

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
        return f"{self.id}-{self.tries}"


@dataclass(frozen=True, slots=True)
class CallerInQueue:
    """A caller in the queue. `since_us`: when they joined, or the place they came back to, where that is known."""

    since_us: int
    priority: int = 0


@dataclass(frozen=True, slots=True)
class QueueReentry:
    """How Queue() is to take somebody back: QUEUE_PRIO and the position argument."""

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


def own_numbers(lines: Iterable[str], area_code: str = COCHABAMBA) -> frozenset[str]:
    """The centre's own lines as `callable_number` compares them: it must not call itself."""
    found = (normalise(line, area_code) for line in lines)
    return frozenset(number.digits for number in found if isinstance(number, Number))


def parsed_reference(text: str) -> tuple[int, int] | None:
    """The id and the number of the try in a reference."""
    head, dash, tail = text.partition("-")
    if not dash or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in (head, tail)):
        return None
    return int(head), int(tail)


def places(waiting: Sequence[CallerInQueue]) -> tuple[QueuePosition, ...]:
    """Since when each of the queue really waits, in the queue's order.

    Who came back to their position joined late and stands before callers who joined earlier. Those of their priority
    who stand behind them came after them: they wait since before the earliest of them.
    """
    found: list[QueuePosition] = []
    earliest: dict[int, int] = {}
    for each in reversed(waiting):
        since = min(each.since_us, earliest.get(each.priority, each.since_us))
        earliest[each.priority] = since
        found.append(QueuePosition(each.priority, since))
    return tuple(reversed(found))


def ahead_of(position: QueuePosition, waiting: Sequence[CallerInQueue], now_us: int) -> int:
    """How many of the queue stand before that place."""
    if _is_next(position, waiting, now_us):
        return 0
    return sum(not position.before(other) for other in places(waiting))


def queue_reentry(position: QueuePosition, waiting: Sequence[CallerInQueue], now_us: int) -> QueueReentry:
    """Where who comes back to their position enters: behind the last who stands before them.

    app_queue itself never lets a less urgent caller pass a more urgent one, whatever the position.
    """
    if _is_next(position, waiting, now_us):
        return QueueReentry(max([position.priority, *(each.priority for each in waiting)]), 1)
    ahead = [at for at, other in enumerate(places(waiting), 1) if not position.before(other)]
    return QueueReentry(position.priority, 1 + max(ahead, default=0))


def _is_next(position: QueuePosition, waiting: Sequence[CallerInQueue], now_us: int) -> bool:
    """Whether they have waited so long that urgency does not pass them any more, and nobody came before them."""
    if now_us - position.since_us < FAIR_WAIT_SECONDS * MICROSECONDS:
        return False
    return all(position.since_us < other.since_us for other in places(waiting))


def due(callbacks: Iterable[Callback], floor: QueueSnapshot, now_us: int) -> tuple[Callback, ...]:
    """The callbacks of one queue to ring now, in the order of their places. Only for a line that is open now.

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
