"""The whole centre over PostgreSQL instead of the SQLite file: real calls, recorded right."""

import pytest

from tests.conftest import PostgresqlDatabases
from tests.telephony.running_centre import BUSY, centre_open

pytestmark = [pytest.mark.telephony, pytest.mark.database, pytest.mark.slow, pytest.mark.timeout(300)]


def test_calls_are_recorded_as_they_were(postgresql_databases: PostgresqlDatabases) -> None:
    with centre_open(TRONCAL_DATABASE_URL=postgresql_databases.empty()) as centre:
        done = centre.troncal("simulate", "--calls", "12", "--seed", "11", "--check", *BUSY)
        assert not (centre.state / "troncal.sqlite").exists()
    assert done.returncode == 0, done.stdout + done.stderr
