"""Machines are killed, hang, are locked, replaced and full, and their clock is set, while people telephone. What do
the records say afterwards?

`make test` does the harms of SHORT, all in the same calls; `make chaos` does every one in calls of its own, over
SQLite and PostgreSQL, and prints the matrix.
"""

import os

import pytest

from tests.chaos.clock import of_clock
from tests.chaos.harms import Harm, of_ledger, of_services, of_sqlite, one_after_the_other
from tests.chaos.measured import Measured, measured
from tests.chaos.postgresql import of_postgresql
from tests.telephony.running_centre import RunningCentre

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(500)]

WHOLE = "TRONCAL_CHAOS" in os.environ
SHORT = {"kill -9 api", "kill -9 agi", "locked records", "locked 4 s ledger"}
EVERY = (*of_services(), *of_sqlite(), *of_postgresql(), *of_ledger(), *of_clock())
CENTRES = {
    "full disk records": "centre_on_a_small_disk",
    **dict.fromkeys(map(str, of_postgresql()), "centre_on_postgresql"),
    **dict.fromkeys(map(str, of_clock()), "centre_with_its_own_clock"),
}
HARMS = EVERY if WHOLE else (one_after_the_other([harm for harm in EVERY if str(harm) in SHORT]),)


@pytest.fixture
def its_centre(harm: Harm, request: pytest.FixtureRequest) -> RunningCentre:
    """The centre that this harm is done to."""
    found: RunningCentre = request.getfixturevalue(CENTRES.get(str(harm), "centre"))
    return found


@pytest.mark.parametrize("harm", HARMS, ids=str)
async def test_calls_around_a_harm_are_recorded_as_they_were(
    harm: Harm, its_centre: RunningCentre, matrix: list[Measured]
) -> None:
    found = await measured(its_centre, harm, seed=HARMS.index(harm) + 1)
    matrix.append(found)
    assert found.wrong == ()
    assert found.lost == 0 or harm.cuts_calls
