"""How much of the processors' time the host of a virtual machine gave to others, and which failures that explains.

Real calls do not bear a machine that is taken away from them: one whose host is overbooked stands still for seconds, in
the middle of a word. Each failure is shown with how much was taken away while that very test ran; where it was much for
every test that failed, and each of them is one with real calls, pytest's exit code says so.
"""

from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import pytest

STAT = Path("/proc/stat")
# Green runs lost 1 to 4 % of their time to the host, red ones without a fault of their own 38 and 46 %.
MUCH = 0.2
# The exit code of a run in which nothing failed but real calls on a machine that was taken away.
ONLY_TAKEN_AWAY = 77
PROPERTY = "taken away"
_BEGAN = pytest.StashKey["Ticks"]()


class Ticks(NamedTuple):
    """Of all processors since the machine started: what another machine had, and everything."""

    stolen: int
    total: int


def ticks(stat: str | None = None) -> Ticks:
    """As they are now, or as the text of /proc/stat has them."""
    first = (STAT.read_text() if stat is None else stat).splitlines()[0]
    every = [int(word) for word in first.split()[1:9]]
    return Ticks(every[7], sum(every))


def share(before: Ticks, after: Ticks) -> float:
    """How much of the time between two readings was stolen, 0 to 1."""
    return (after.stolen - before.stolen) / max(1, after.total - before.total)


class TakenAway:
    """The plugin: it measures each test, and shows the share of those that failed."""

    def __init__(self) -> None:
        self._failed: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """It begins."""
        item.stash[_BEGAN] = ticks()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What is reported of a test with real calls says how much was taken away from it."""
        report = yield
        if report.failed and item.get_closest_marker("telephony") is not None and _BEGAN in item.stash:
            report.user_properties.append((PROPERTY, share(item.stash[_BEGAN], ticks())))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of a test of this process or of a worker's."""
        if report.failed:
            taken = dict(report.user_properties).get(PROPERTY, 0.0)
            self._failed[report.nodeid] = min(float(str(taken)), self._failed.get(report.nodeid, 1.0))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Nothing failed but what a machine that was taken away explains: the exit code says it."""
        if session.exitstatus == pytest.ExitCode.TESTS_FAILED and self._failed and min(self._failed.values()) >= MUCH:
            session.exitstatus = ONLY_TAKEN_AWAY

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Each failure with its share."""
        for nodeid, taken in self._failed.items():
            terminalreporter.write_line(f"{taken:.0%} of the processors' time was taken away during {nodeid}")
