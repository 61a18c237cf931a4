"""What travels on the bus: frozen facts (past tense or state), commands (imperative) and answers to commands.

How tolerant a reader is:
- a field the reader does not know is ignored, so a producer may add an optional field within a version;
- a field that goes away, is renamed or changes its meaning makes a new version, and readers are updated
  first: a version newer than the reader's is refused, never guessed at;
- a missing field, a wrong type, an unknown kind or a message on somebody else's topic is refused;
- types are never converted ("5" is not 5).

docs/messages.md shows every message; a test holds that page to the code. The broker's rights follow from who
produces and who consumes each message: `TOPIC_RIGHTS`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel, ValidationError

from callcenter.messages.call_commands import (
    HangUp,
    Mute,
    Originate,
    RecordingPause,
    RecordingResume,
    Redirect,
    RedirectQueuedCall,
    Release,
    Spy,
    Transfer,
)
from callcenter.messages.campaign_facts import CampaignActivity
from callcenter.messages.commands import (
    Accepted,
    LogIn,
    LogOut,
    OutcomeUnknown,
    Pause,
    PhoneLost,
    Refused,
    SetQueues,
    Unpause,
)
from callcenter.messages.envelope import BadMessage, Message, Rights, Service
from callcenter.messages.facts import (
    AgentState,
    Announced,
    BridgeState,
    CallAnswered,
    CallEnded,
    CallOffered,
    DiskState,
    OfferEnded,
    PhoneState,
    QueueState,
    RecordsState,
    ServiceState,
)

_FACTS = (
    *(BridgeState, RecordsState, QueueState, AgentState, CallOffered, OfferEnded, CallAnswered, CallEnded),
    *(PhoneState, DiskState, ServiceState, Announced, CampaignActivity),
)
_OF_AGENTS = (LogIn, LogOut, SetQueues, Pause, Unpause, PhoneLost)
_OF_CALLS = (
    Originate,
    Redirect,
    HangUp,
    Release,
    Transfer,
    Mute,
    Spy,
    RedirectQueuedCall,
    RecordingPause,
    RecordingResume,
)
_COMMANDS = (*_OF_AGENTS, *_OF_CALLS)
_ANSWERS = (Accepted, Refused, OutcomeUnknown)

ALL_MESSAGES: Mapping[str, type[Message]] = MappingProxyType(
    {each.kind: each for each in (*_FACTS, *_COMMANDS, *_ANSWERS)}
)


# As `Message.encode` begins every payload: the rest need not be read to know the form.
_WRITTEN_HEAD = re.compile(rb'\{"kind":"([a-z_]{1,40})","version":([0-9]{1,9}),')


class _Head(BaseModel):
    kind: str
    version: int


def decode(topic: str, payload: bytes) -> Message:
    """The message in a payload that came on a topic. Raises BadMessage with the reason."""
    form = _form(topic, payload)
    try:
        message = form.model_validate_json(payload, extra="ignore")
    except ValidationError as wrong:
        raise BadMessage(f"{topic}: {form.kind}: {_faults(wrong)}") from None
    if not message.belongs_on(topic):
        raise BadMessage(f"{topic}: {form.kind}: its own fields say another topic")
    return message


def _form(topic: str, payload: bytes) -> type[Message]:
    kind, version = _head(topic, payload)
    form = ALL_MESSAGES.get(kind)
    if form is None:
        raise BadMessage(f"{topic}: unknown kind {kind[:40]!r}")
    if version > form.version:
        raise BadMessage(f"{topic}: {form.kind} version {version}; this reader knows up to {form.version}")
    return form


def _head(topic: str, payload: bytes) -> tuple[str, int]:
    """Kind and version."""
    written = _WRITTEN_HEAD.match(payload)
    if written is not None:
        return written[1].decode(), int(written[2])
    try:
        head = _Head.model_validate_json(payload, extra="ignore", strict=True)
    except ValidationError as wrong:
        raise BadMessage(f"{topic}: no kind and version: {_faults(wrong)}") from None
    return head.kind, head.version


def _faults(wrong: ValidationError) -> str:
    faults = wrong.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in faults[:3])


def _reads(service: Service) -> tuple[str, ...]:
    node = "{node}" if service is Service.BRIDGE else "+"
    read = (each for each in ALL_MESSAGES.values() if service in each.consumers)
    return tuple(sorted({_own(each.topic_filter(node), service) for each in read}))


def _own(topic_filter: str, service: Service) -> str:
    """Answers are read by the service that asked, not by the others."""
    return topic_filter.replace("/answer/+/", f"/answer/{service}/")


def _writes(service: Service) -> tuple[str, ...]:
    node = "{node}" if service is Service.BRIDGE else "+"
    written = (each for each in ALL_MESSAGES.values() if service in each.producers)
    return tuple(sorted({each.topic_filter(node) for each in written}))


TOPIC_RIGHTS: Mapping[Service, Rights] = MappingProxyType(
    {service: Rights(_reads(service), _writes(service)) for service in Service}
)
