"""Where a copy of the queue log has been read to. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A position, and the digest of what stands there.

    In the table: the id of the last row and what it says. In the file: a number of bytes and the last of them. A copy
    whose place has another mark is not the one that was read. Position 0 is the beginning of any.
    """

    position: int = 0
    mark: str = ""
