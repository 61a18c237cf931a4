"""Asks Asterisk who waits in one queue."""

from ami_bridge.link.session import AmiLink
from ami_bridge.wire.items import AmiEvent


async def of_queue(link: AmiLink, queue: str, timeout_seconds: float) -> list[AmiEvent]:
    """The events of QueueStatus' answer for that queue. Raises LinkDown, TimeoutError, ActionRefused."""
    action = {"Action": "QueueStatus", "Queue": queue}
    answer = await link.send(action, as_list=True, timeout_seconds=timeout_seconds)
    return [each for each in answer if isinstance(each, AmiEvent)]
