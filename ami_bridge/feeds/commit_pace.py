"""How long the tail rests after a commit. Pure.

A commit costs more than a millisecond of processor, whatever it holds. So a row is committed nearly at once while few
come. In a rush, when what a call costs decides how many a machine takes, half a second's rows share one commit.
"""

from collections import deque

# Between two commits while few rows come: half of what is bearable from the row to the records.
REST_SECONDS = 0.025
# In a rush: more rows than this a second, which six or seven calls make, measured over so many seconds.
RUSH_REST_SECONDS, RUSH_ROWS_A_SECOND, MEASURED_SECONDS = 0.5, 60, 2.0


class CommitPace:
    """Knows how many rows the last commits had."""

    def __init__(self) -> None:
        self._commits: deque[tuple[float, int]] = deque()
        self._rows = 0

    def note(self, rows: int, now: float) -> None:
        """A commit of so many rows was made; `now`: seconds of any clock that does not go back."""
        self._commits.append((now, rows))
        self._rows += rows
        while self._commits[0][0] <= now - MEASURED_SECONDS:
            self._rows -= self._commits.popleft()[1]

    @property
    def rest_seconds(self) -> float:
        """How long to gather rows for the next commit."""
        is_rush = self._rows > RUSH_ROWS_A_SECOND * MEASURED_SECONDS
        return RUSH_REST_SECONDS if is_rush else REST_SECONDS
