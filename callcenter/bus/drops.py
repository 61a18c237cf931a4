"""What a bounded queue drops: counted, and reported once, not once each."""

import logging

log = logging.getLogger(__name__)


class Drops:
    """The drops of one queue. `of_what` names in the log what is dropped, and where."""

    def __init__(self, of_what: str) -> None:
        self._of_what = of_what
        self._reported_at = 0
        self._is_full = False
        self.count = 0

    def add(self, number: int = 1) -> None:
        """So many more are dropped. The first since there was room is reported."""
        if not self._is_full and number:
            self._is_full, self._reported_at = True, self.count
            log.warning("%s come faster than they are taken: some are dropped", self._of_what)
        self.count += number

    def room(self) -> None:
        """There is room again."""
        if self._is_full:
            self._is_full = False
            log.warning("%s are taken in time again; %d were dropped", self._of_what, self.count - self._reported_at)
