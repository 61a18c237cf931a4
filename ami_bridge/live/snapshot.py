"""What Asterisk answers at a new session: its queues, its channels, the phones that are registered.

What it does not let this AMI user ask is said in the log, and is unknown: None, which is not the same as empty.
"""

import logging
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ami_bridge.link.session import AmiLink
from ami_bridge.link.terms import ActionRefused, AmiAnswer
from ami_bridge.live import phone_contacts, recording_marks
from ami_bridge.wire.items import AmiEvent

log = logging.getLogger(__name__)

_MEND = "give this user write = reporting in manager.conf, then `manager reload`"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`version` of Asterisk, and `boot`, which names this start of it: empty where unknown.

    `channels`: as CoreShowChannels lists them. `marks`: of recordings, by the caller's Uniqueid. `contacts`: whether
    each answers, by endpoint. These are None where Asterisk refused to say.
    """

    version: str
    boot: str
    queues: list[AmiEvent]
    channels: list[AmiEvent] | None
    marks: Mapping[str, str] | None
    contacts: Mapping[str, Mapping[str, bool]] | None

    @property
    def alive(self) -> set[str] | None:
        """The channels, by Uniqueid and by Linkedid."""
        if self.channels is None:
            return None
        return {each.get(name) for each in self.channels for name in ("Uniqueid", "Linkedid")}


async def of_asterisk(link: AmiLink, endpoints: Iterable[str], timeout_seconds: float) -> Snapshot:
    """Ask for everything. Raises LinkDown, TimeoutError, and ActionRefused where even the queues are not told."""
    core = await _unless_refused(_one(link, "CoreSettings", timeout_seconds))
    status = await _unless_refused(_one(link, "CoreStatus", timeout_seconds))
    queues = await _list(link, "QueueStatus", timeout_seconds)
    channels = await _unless_refused(_list(link, "CoreShowChannels", timeout_seconds))
    contacts = await _unless_refused(phone_contacts.registered(link, endpoints, timeout_seconds))
    marks = await _unless_refused(recording_marks.of_callers(link, channels, timeout_seconds)) if channels else {}
    return Snapshot(core.get("AsteriskVersion") if core else "", _boot_in(status), queues, channels, marks, contacts)


async def _one(link: AmiLink, action: str, timeout_seconds: float) -> AmiAnswer:
    (answer,) = await link.send({"Action": action}, timeout_seconds=timeout_seconds)
    return answer


async def _list(link: AmiLink, action: str, timeout_seconds: float) -> list[AmiEvent]:
    answers = await link.send({"Action": action}, as_list=True, timeout_seconds=timeout_seconds)
    return [each for each in answers if isinstance(each, AmiEvent)]


async def _unless_refused(asked: Awaitable[T]) -> T | None:
    try:
        return await asked
    except ActionRefused as refused:
        log.error("AMI: %s: what it asks for is unknown and stays as it was; %s", refused, _MEND)
        return None


def _boot_in(status: AmiAnswer | None) -> str:
    return f"{status.get('CoreStartupDate')} {status.get('CoreStartupTime')}".strip() if status else ""
