"""What every system of the cooperative has in common for the centre: it may not answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from callcenter.database.problems import DatabaseProblem


class SystemUnavailable(Exception):
    """A system did not answer, or not in time. `system` is its name; `__cause__` what went wrong."""

    def __init__(self, system: str) -> None:
        super().__init__(f"{system} does not answer")
        self.system = system


@contextmanager
def kept_in_the_database(system: str) -> Iterator[None]:
    """For a built-in store: a database that is away is that system being away."""
    try:
        yield
    except DatabaseProblem as error:
        raise SystemUnavailable(system) from error
