"""One running centre for all tests here that do no lasting harm to it."""

from collections.abc import Iterator

import pytest

from tests.telephony.last_words import pytest_runtest_makereport
from tests.telephony.running_centre import RunningCentre, centre_open

__all__ = ["pytest_runtest_makereport"]


@pytest.fixture(scope="session")
def centre() -> Iterator[RunningCentre]:
    """A centre that is open."""
    with centre_open() as running:
        yield running
