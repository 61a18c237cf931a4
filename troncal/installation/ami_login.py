"""Logs in to AMI once, as the bridge does, to say whom Asterisk lets in."""

import asyncio
from dataclasses import dataclass

from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import ActionRefused, LinkDown, LinkSettings, LinkState, LinkStatus
from callcenter.clock import now_us

ANSWER_SECONDS = 3.0
_UNDECIDED = (LinkStatus.CONNECTING, LinkStatus.STOPPED)


@dataclass(frozen=True, slots=True)
class Login:
    """How the first try ended, which version Asterisk says it is (empty where it does not say), and what it refuses."""

    state: LinkState
    version: str = ""
    refusal: str = ""


async def try_login(settings: LinkSettings) -> Login:
    """Log in, and ask what the bridge asks this user at each new session."""
    states = asyncio.Queue[LinkState]()
    link = AmiLink(settings, on_event=_unheard, on_anomaly=_unheard, on_state=states.put_nowait, now_us=now_us)
    session = asyncio.create_task(link.run())
    try:
        while (state := await states.get()).status in _UNDECIDED:
            pass
        if state.status is not LinkStatus.UP:
            return Login(state)
        return Login(state, await _version(link), await _refusal(link) if settings.awaits_boot else "")
    finally:
        await link.stop()
        await session


async def _version(link: AmiLink) -> str:
    try:
        (answer,) = await link.send({"Action": "CoreSettings"}, timeout_seconds=ANSWER_SECONDS)
    except (LinkDown, TimeoutError, ActionRefused):
        return ""
    return answer.get("AsteriskVersion")


async def _refusal(link: AmiLink) -> str:
    """Without the list of channels the bridge does not know which calls ended while it was away."""
    try:
        await link.send({"Action": "CoreShowChannels"}, as_list=True, timeout_seconds=ANSWER_SECONDS)
    except ActionRefused as refused:
        return str(refused)
    except (LinkDown, TimeoutError):
        return ""
    return ""


def _unheard(_: object) -> None:
    """Of events nothing is wanted here."""
