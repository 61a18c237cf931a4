"""Logs in to AMI once, as the bridge does, to say whom Asterisk lets in."""

import asyncio

from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import LinkDown, LinkSettings, LinkState, LinkStatus
from callcenter.clock import now_us

ANSWER_SECONDS = 3.0
_UNDECIDED = (LinkStatus.CONNECTING, LinkStatus.STOPPED)


async def try_login(settings: LinkSettings) -> tuple[LinkState, str]:
    """How the first try ended, and which version Asterisk says it is: empty where it does not say."""
    states = asyncio.Queue[LinkState]()
    link = AmiLink(settings, on_event=_unheard, on_anomaly=_unheard, on_state=states.put_nowait, now_us=now_us)
    session = asyncio.create_task(link.run())
    try:
        while (state := await states.get()).status in _UNDECIDED:
            pass
        return state, await _version(link) if state.status is LinkStatus.UP else ""
    finally:
        await link.stop()
        await session


async def _version(link: AmiLink) -> str:
    try:
        (answer,) = await link.send({"Action": "CoreSettings"}, timeout_seconds=ANSWER_SECONDS)
    except (LinkDown, TimeoutError):
        return ""
    return answer.get("AsteriskVersion")


def _unheard(_: object) -> None:
    """Of events nothing is wanted here."""
