"""One running centre for all tests here that do no lasting harm to it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.telephony.running_centre import RunningCentre


@pytest.fixture(scope="session")
def centre() -> Iterator[RunningCentre]:
    """A centre that is open."""
    with tempfile.TemporaryDirectory(prefix="troncal-test-") as folder:
        running = RunningCentre(Path(folder) / "state")
        running.start()
        try:
            yield running
        finally:
            running.stop()
