"""Centres for the matrix, and the matrix itself at the end of the run."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.chaos import clock
from tests.chaos.measured import Measured
from tests.conftest import PostgresqlDatabases
from tests.small_disk import small_disk
from tests.telephony.running_centre import RunningCentre, centre_open

_MEASURED = pytest.StashKey[list[Measured]]()
DISK, LEAST_FREE_BYTES = "400m", 120_000_000


@pytest.fixture(scope="session")
def centre() -> Iterator[RunningCentre]:
    """A centre that harm is done to; each cell leaves it as it was."""
    with centre_open() as running:
        yield running


@pytest.fixture(scope="session")
def centre_on_postgresql(postgresql_databases: PostgresqlDatabases) -> Iterator[RunningCentre]:
    """The same, whose records are in PostgreSQL."""
    with centre_open(TRONCAL_DATABASE_URL=postgresql_databases.empty()) as running:
        yield running


@pytest.fixture
def centre_on_a_small_disk() -> Iterator[RunningCentre]:
    """A centre with a disk of its own, which takes rights to mount one."""
    with small_disk(DISK) as folder:
        running = RunningCentre(folder / "state", settings={"TRONCAL_LEAST_FREE_BYTES": str(LEAST_FREE_BYTES)})
        running.start()
        yield running
        running.stop()


@pytest.fixture
def centre_with_its_own_clock(tmp_path: Path) -> Iterator[RunningCentre]:
    """A centre whose clock can be set, and ours stays as it is."""
    if find_spec("libfaketime") is None:
        pytest.skip("libfaketime, which sets a centre's clock, is not there for this machine")
    environment = clock.environment(tmp_path / "clock")
    if not clock.is_believed(environment):
        pytest.skip("libfaketime, which sets a centre's clock, cannot be loaded on this machine")
    with centre_open(**environment) as running:
        yield running


@pytest.fixture
def matrix(request: pytest.FixtureRequest) -> list[Measured]:
    """Where each cell is written down."""
    return request.config.stash.setdefault(_MEASURED, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The matrix, a line a cell."""
    measured = config.stash.get(_MEASURED, [])
    if measured:
        terminalreporter.write_line(
            f"{'harm':<32}{'calls':>7}{'lost':>7}{'cut':>7}{'wrong':>7}{'desks true after':>18}"
        )
    for each in measured:
        counts = f"{each.calls:>7}{each.lost:>7}{each.cut:>7}{len(each.wrong):>7}"
        terminalreporter.write_line(f"{each.harm!s:<32}{counts}{each.true_after_seconds:>16.1f} s")
