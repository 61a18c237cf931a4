"""Long work on the event loop, in pieces between which everything else that runs there has its turn."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import TypeVar

# Folding and packing a row takes some 50 us of processor: a piece holds the loop for about a twentieth of a second.
ROWS_IN_ONE_TURN = 1000
T = TypeVar("T")


async def in_turns(items: Iterable[T]) -> AsyncIterator[list[T]]:
    """Many items, `ROWS_IN_ONE_TURN` at a time."""
    source = iter(items)
    while piece := list(islice(source, ROWS_IN_ONE_TURN)):
        yield piece
        await asyncio.sleep(0)
