"""Tasks beside a `with` block: started when it is entered, ended when it is left."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

log = logging.getLogger(__name__)


@asynccontextmanager
async def background(*work: Coroutine[Any, Any, None], failure: str) -> AsyncIterator[tuple[asyncio.Task[None], ...]]:
    """Run coroutines as tasks until the block is left, which cancels them and waits for their end.

    A task that fails does not end the block: that is logged at once, as critical, with `failure`, which says what
    is missing from then on; `done()` of its task is how a health check sees it.
    """
    tasks = tuple(asyncio.create_task(each) for each in work)
    for task in tasks:
        task.add_done_callback(partial(_log_failure, failure))
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _log_failure(failure: str, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (defect := task.exception()) is not None:
        log.critical("%s", failure, exc_info=defect)
