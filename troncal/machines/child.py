"""What a supervisor is to run, where it stands, and what can be wrong with it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from callcenter.operator_problem import OperatorProblem
from troncal.machines.listeners import ListeningPort


class ChildFailed(OperatorProblem):
    """A child did not get ready; the message has the last lines of its log."""


class PortTaken(ChildFailed):
    """A child does not listen where it is to: somebody else does, or did when it wanted to.

    `works`: it got ready all the same, and does what can be done without that port.
    """

    def __init__(self, child: str, listener: ListeningPort, holder: str | None, *, works: bool = False) -> None:
        self.listener, self.works = listener, works
        has = f"{holder}, has it" if holder is not None else "it was somebody else's in the instant of the start"
        super().__init__(f"{child} did not get {listener}: {has}")


class StopRefused(Exception):
    """A child could not be asked to stop; says why."""


class ChildState(StrEnum):
    """Where a child stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    WITHOUT_PORT = "running without its port"
    WAITING = "waiting to be restarted"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Child:
    """What to run and how to tell that it works.

    `ready` is asked until it says yes; it limits its own time. `stop` asks the child politely to end and may raise
    StopRefused; without it, SIGTERM does; after `stop_seconds` it is ended by force. `env` is added to the
    supervisor's own. `prepare` runs before each start. `listens`: where it has to listen, it and nobody else: what
    answers there before it is its own is not taken for it. `heartbeat`: it gives signs of life, and is ended by force
    when they stop. `end_when_idle` asks it to end as soon as nobody is served by it; without it, a stop does no harm.
    """

    name: str
    command: Sequence[str]
    log_path: Path
    ready: Callable[[], Awaitable[bool]]
    ready_seconds: float = 60.0
    stop: Callable[[], Awaitable[None]] | None = None
    stop_seconds: float = 10.0
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    prepare: Callable[[], None] | None = None
    listens: Sequence[ListeningPort] = ()
    heartbeat: bool = False
    end_when_idle: Callable[[], Awaitable[None]] | None = None
