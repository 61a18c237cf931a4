"""What a centre says when a test with it has failed: shown with the failure, since its folder goes with the run."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.telephony.running_centre import RunningCentre

LINES = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the ends of the logs and of the queue log, and the channels that are up, to the report of a failure."""
    report = yield
    given = getattr(item, "funcargs", {})
    centre = given.get("centre") or given.get("open_centre")
    if call.when == "call" and report.failed and isinstance(centre, RunningCentre):
        report.sections += [(str(path.relative_to(centre.state)), _end_of(path)) for path in _logs(centre)]
        report.sections.append(("channels", centre.console("core show channels concise")))
    return report


def _logs(centre: RunningCentre) -> list[Path]:
    asterisk = centre.state / "asterisk" / "log"
    return [*sorted((centre.state / "log").glob("*.log")), asterisk / "messages.log", asterisk / "queue_log"]


def _end_of(path: Path) -> str:
    if not path.exists():
        return "it is not there"
    return "\n".join(path.read_text(errors="replace").splitlines()[-LINES:])
