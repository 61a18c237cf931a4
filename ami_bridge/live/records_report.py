"""Reports whether the records follow: at each change, and every few seconds as a sign of life."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ami_bridge.records.progress import RecordsLag, RecordsProgress
from callcenter.bus.protocol import Bus
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import RecordsState, RecordsStatus

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
EVERY_US = 4 * MICROSECONDS


async def report_records(
    node: str,
    look: Callable[[], RecordsLag],
    bus: Bus,
    now_us: Callable[[], int],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Look once a second, until cancelled. `look` must not wait."""
    progress, reported = RecordsProgress(node), None
    while True:
        state = progress.look(now_us(), look())
        is_news = reported is None or (reported.state, reported.reason) != (state.state, state.reason)
        # A clock that was set back makes no pause in the signs of life.
        if reported is None or is_news or not 0 <= state.as_of_us - reported.as_of_us < EVERY_US:
            bus.publish(state)
            if is_news:
                _log(state)
            reported = state
        await pause(LOOK_SECONDS)


def _log(state: RecordsState) -> None:
    if state.state is RecordsStatus.FOLLOWING:
        log.info("the records follow the queue log")
    else:
        log.warning("records: %s, %d rows behind: %s", state.state.value, state.rows_behind, state.reason)
