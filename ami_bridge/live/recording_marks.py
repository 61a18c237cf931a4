"""Asks which callers are recorded, by the marks on their channels: for the snapshot at each connect."""

import asyncio
from collections.abc import Iterable, Mapping

from ami_bridge.actions.forms.calls import RECORDING_MARK, variable
from ami_bridge.link.session import AmiLink
from ami_bridge.wire.items import AmiEvent, AmiResponse

# The Application of a caller who waits in a queue or is connected, or who was transferred.
_CALLERS = frozenset({"Queue", "Dial"})


async def of_callers(link: AmiLink, channels: Iterable[AmiEvent], timeout_seconds: float) -> Mapping[str, str]:
    """The marks of the callers in CoreShowChannels, by Uniqueid. One who has just gone is left out.

    Raises LinkDown, TimeoutError, ActionRefused.
    """

    async def ask(uniqueid: str) -> str | None:
        (answer,) = await link.send(variable(uniqueid, RECORDING_MARK), timeout_seconds=timeout_seconds)
        return answer.headers.get("Value", "") if isinstance(answer, AmiResponse) and answer.succeeded else None

    callers = [each.get("Uniqueid") for each in channels if each.get("Application") in _CALLERS]
    marks = await asyncio.gather(*map(ask, callers))
    return {uniqueid: mark for uniqueid, mark in zip(callers, marks, strict=True) if mark is not None}
