"""How far the reading of a list is, for the person who waits for it."""

from collections.abc import Callable

from backoffice.extracts.files.uploads import MEGABYTE, Upload
from dialer.lists.work import LoadWork

_EVERY_SECONDS = 1.0
_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class RowCount:
    """Counts rows and writes it down, once a second at most. `steady`: seconds of a clock that nobody sets."""

    def __init__(self, work: LoadWork, steady: Callable[[], float]) -> None:
        self._work, self._steady = work, steady
        self._written = steady()
        self.rows = 0
        self._last = 0

    async def begin(self, in_all: int | None) -> None:
        """`in_all`: as far as it is known. Raises NotOursAnyMore."""
        await self._work.note(rows_read=0, rows_in_all=in_all)

    async def up_to(self, number: int) -> None:
        """A row of the list was read; several things may be said of one. Raises NotOursAnyMore."""
        self.rows += number != self._last
        self._last = number
        if self._steady() - self._written >= _EVERY_SECONDS:
            await self._work.note(rows_read=self.rows)
            self._written = self._steady()


def rows_expected(upload: Upload) -> int | None:
    """About how many rows a text file has, its lines; None of a workbook and of a page, which do not say."""
    beginning = upload.beginning(2000)
    if beginning.startswith(_NO_TEXT) or b"<t" in beginning.lower().replace(b"\0", b""):
        return None
    with upload.opened() as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(MEGABYTE), b""))
