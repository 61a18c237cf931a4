"""A queue as app_queue keeps it, with agents, callers who ask for a callback, and telephones that are rung.

Time goes in steps of a second. What the rules of callbacks promise is checked at each re-entry and each answer.
"""

from dataclasses import dataclass

from callcenter.callbacks.rules import (
    Callback,
    CallbackReason,
    CallbackState,
    CallerInQueue,
    QueuePosition,
    QueueReentry,
    QueueSnapshot,
    Rules,
    due,
    queue_reentry,
)
from callcenter.instants import MICROSECONDS
from callcenter.routing.fairness import FAIR_WAIT_SECONDS

RULES = Rules(pauses_seconds=(20, 40))
LAST_SECOND = 30_000


@dataclass(frozen=True)
class Visitor:
    """A caller: when, how urgent, how long an agent needs, when they press the key (None: never), and what their
    telephone does at each try: seconds until they have confirmed, None for nobody."""

    arrives: int
    priority: int
    conversation_seconds: int
    presses_key_after: int | None
    answers: tuple[int | None, ...]


@dataclass
class Person:
    number: int
    visitor: Visitor
    position: QueuePosition
    joined: int
    tries: int = 0
    state: CallbackState | None = None
    next_try: int = 0
    confirms_at: int | None = None
    served_at: int | None = None


class QueueModel:
    """One queue with so many agents."""

    def __init__(self, agents: int, visitors: list[Visitor]) -> None:
        self.coming = sorted(visitors, key=lambda visitor: visitor.arrives)
        self.busy_until = [0] * agents
        self.waiting: list[Person] = []
        self.people: list[Person] = []
        self.now = 0

    def run(self) -> None:
        """Until everybody was served or given up. Raises AssertionError where a promise is broken."""
        while self.coming or any(self._is_here(person) for person in self.people):
            self.now += 1
            assert self.now < LAST_SECOND, "somebody waits for ever"
            self._arrivals()
            self._keys()
            self._answered_telephones()
            self._serve()
            self._ring()

    def _is_here(self, person: Person) -> bool:
        return person in self.waiting or person.state in (CallbackState.PENDING, CallbackState.CALLING)

    # -- callers -----------------------------------------------------------------------------------

    def _arrivals(self) -> None:
        while self.coming and self.coming[0].arrives <= self.now:
            visitor = self.coming.pop(0)
            pending = [p for p in self.people if p.state in (CallbackState.PENDING, CallbackState.CALLING)]
            oldest = min([p.position.since_us for p in (*self.waiting, *pending)], default=self._us)
            fair = self._us - oldest >= FAIR_WAIT_SECONDS * MICROSECONDS
            position = QueuePosition(0 if fair else visitor.priority, self._us)
            person = Person(len(self.people), visitor, position, self.now)
            self.people.append(person)
            self._join(person, QueueReentry(position.priority, 0))

    def _keys(self) -> None:
        for person in [p for p in self.waiting if p.state is None]:
            after = person.visitor.presses_key_after
            if after is not None and self.now - person.joined >= after:
                self.waiting.remove(person)
                person.state, person.next_try = CallbackState.PENDING, self.now

    def _join(self, person: Person, at: QueueReentry) -> None:
        """As app_queue: behind callers as urgent or more, or at the position, never ahead of a more urgent one."""
        for index, other in enumerate(self.waiting):
            more_urgent = at.priority > other.position.priority
            here = at.priority >= other.position.priority and 0 < at.position <= index + 1
            if more_urgent or here:
                self.waiting.insert(index, person)
                return
        self.waiting.append(person)

    # -- callbacks --------------------------------------------------------------------------------

    def _ring(self) -> None:
        calls = [self._callback(p) for p in self.people if p.state in (CallbackState.PENDING, CallbackState.CALLING)]
        free = sum(until <= self.now for until in self.busy_until)
        chosen = due(calls, QueueSnapshot(self._standings(), len(self.busy_until), free), self._us)
        idle = free > 0 and not self.waiting and not any(c.state is CallbackState.CALLING for c in calls)
        ready = [c for c in calls if c.state is CallbackState.PENDING and c.next_try_us <= self._us]
        assert chosen or not (idle and ready), "an agent is idle while somebody is to be called back"
        for call in chosen:
            self._try(self.people[call.id])

    def _try(self, person: Person) -> None:
        person.tries += 1
        person.state = CallbackState.CALLING
        answers = person.visitor.answers
        delay = answers[person.tries - 1] if person.tries <= len(answers) else None
        person.confirms_at = None if delay is None else self.now + delay
        person.next_try = self.now + RULES.ring_seconds

    def _answered_telephones(self) -> None:
        for person in self.people:
            if (
                person.state is CallbackState.CALLING
                and person.confirms_at is not None
                and person.confirms_at <= self.now
            ):
                self.come_back(person)
            elif person.state is CallbackState.CALLING and person.confirms_at is None and person.next_try <= self.now:
                later = RULES.next_try_us(person.tries, self._us)
                person.state = CallbackState.GIVEN_UP if later is None else CallbackState.PENDING
                person.next_try = 0 if later is None else later // MICROSECONDS

    def come_back(self, person: Person) -> None:
        """To the position kept; if they overtake somebody, or are overtaken, a promise is broken."""
        before = list(self.waiting)
        at = queue_reentry(person.position, self._standings(), self._us)
        self._join(person, at)
        index = self.waiting.index(person)
        for other in before:
            came_first = other.position.since_us <= person.position.since_us
            if came_first and other.position.priority >= person.position.priority:
                assert self.waiting.index(other) < index, f"{person} jumped ahead of {other}"
            if not came_first and other.position.priority <= person.position.priority:
                assert index < self.waiting.index(other), f"{person} lost their position to {other}"
        person.position = QueuePosition(at.priority, person.position.since_us)
        person.state = CallbackState.DONE

    def _callback(self, person: Person) -> Callback:
        return Callback(
            id=person.number,
            number=str(person.number),
            line="102",
            queue="102",
            uniqueid=str(person.number),
            position=person.position,
            requested_us=0,
            reason=CallbackReason.KEY,
            state=person.state or CallbackState.PENDING,
            tries=person.tries,
            next_try_us=person.next_try * MICROSECONDS,
        )

    def _standings(self) -> tuple[CallerInQueue, ...]:
        return tuple(CallerInQueue(p.position.since_us, p.position.priority) for p in self.waiting)

    # -- agents ------------------------------------------------------------------------------------

    def _serve(self) -> None:
        for agent, until in enumerate(self.busy_until):
            if until <= self.now and self.waiting:
                person = self.waiting.pop(0)
                earlier = [other for other in self.waiting if other.position.before(person.position)]
                assert not earlier, f"{person} is served before {earlier}"
                person.served_at = self.now
                self.busy_until[agent] = self.now + person.visitor.conversation_seconds

    @property
    def _us(self) -> int:
        return self.now * MICROSECONDS
