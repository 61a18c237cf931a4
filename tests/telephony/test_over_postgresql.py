"""The whole centre over PostgreSQL instead of the SQLite file: real calls, recorded right."""

from pathlib import Path

import pytest

from tests.conftest import PostgresqlDatabases
from tests.telephony.running_centre import RunningCentre

pytestmark = [pytest.mark.telephony, pytest.mark.database, pytest.mark.slow, pytest.mark.timeout(300)]


def test_calls_are_recorded_as_they_were(postgresql_databases: PostgresqlDatabases, tmp_path: Path) -> None:
    centre = RunningCentre(tmp_path / "state", settings={"TRONCAL_DATABASE_URL": postgresql_databases.empty()})
    centre.start()
    try:
        done = centre.troncal("simulate", "--calls", "12", "--seed", "11", "--check")
    finally:
        centre.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "state/troncal.sqlite").exists()
