"""The order in which Asterisk writes the headers of its AMI events, 16 to 22. Pure.

Asterisk formats an event from fixed strings, so the order of its headers never varies; only a few come and go
with the version or the call. A block that has the right headers in another order, or stops in the middle, was
not written by Asterisk in one piece: a caller's text cut it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

CHANNEL_HEADERS = (
    "Channel",
    "ChannelState",
    "ChannelStateDesc",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Language",
    "AccountCode",
    "Context",
    "Exten",
    "Priority",
    "Uniqueid",
    "Linkedid",
)
_BRIDGE_HEADERS = ("BridgeUniqueid", "BridgeType", "BridgeTechnology", "BridgeCreator", "BridgeName")
_BRIDGE_EXTRAS = ("BridgeNumChannels", "BridgeVideoSourceMode", "BridgeVideoSource")
HEAD_HEADERS = ("SequenceNumber", "SystemName", "File", "Line", "Func")


class Shape(Enum):
    """What the headers of a block say about it."""

    WHOLE = "all that Asterisk writes for this event, in its order"
    PLAIN = "an event whose layout is not known here; nothing in it is wrong"
    CUT = "stops before the headers that Asterisk always writes"
    DISORDER = "headers in an order that Asterisk never writes"


@dataclass(frozen=True, slots=True)
class HeaderRun:
    """A run of headers. `ordered`: in exactly this order; else Asterisk makes them from a JSON object."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    ordered: bool = True
    may_miss: bool = False
    channel_prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The body of one event: its class (or classes, by version), its parts.

    `open_end` marks an event whose last value may be chosen by the caller: no header after it would reveal a cut.
    """

    privilege: str
    parts: tuple[HeaderRun, ...]
    open_end: bool = False

    @property
    def last(self) -> str:
        """The last header that the event always has."""
        required = [part.required[-1] for part in self.parts if part.required and not part.may_miss]
        return required[-1] if required else "Linkedid"


def _channel(prefix: str = "", may_miss: bool = False) -> HeaderRun:
    names = tuple(prefix + name for name in CHANNEL_HEADERS)
    return HeaderRun(names, may_miss=may_miss, channel_prefix=prefix)


def _bridge(prefix: str = "", may_miss: bool = False) -> HeaderRun:
    names = tuple(prefix + name for name in _BRIDGE_HEADERS)
    return HeaderRun(names, tuple(prefix + name for name in _BRIDGE_EXTRAS), may_miss=may_miss)


def _fixed(*required: str, optional: tuple[str, ...] = ()) -> HeaderRun:
    return HeaderRun(required, optional)


def _made(*required: str, optional: tuple[str, ...] = ()) -> HeaderRun:
    return HeaderRun(required, optional, ordered=False)


_MAYBE_NO_CHANNEL = HeaderRun(("Channel", "Uniqueid"), may_miss=True)
_CALLER = _channel()
_CALLER_OR_NONE = _channel(may_miss=True)
_DEST = _channel("Dest", may_miss=True)
_AGENT = ("Queue", "Interface", "MemberName")


def _call(*parts: HeaderRun, open_end: bool = False) -> Layout:
    return Layout("call,all", parts, open_end)


def _agent(*parts: HeaderRun) -> Layout:
    return Layout("agent,all", parts)


_MEMBER = _agent(
    _made(
        "Queue",
        "MemberName",
        "Interface",
        "Status",
        "Paused",
        optional=(
            *("StateInterface", "Membership", "Penalty", "CallsTaken", "LastCall", "LastPause", "LoginTime"),
            *("InCall", "PausedReason", "Ringinuse", "Wrapuptime"),
        ),
    )
)
_HANGUP_ASKED = _call(_CALLER, _fixed(optional=("Cause", "TechCause")))

LAYOUTS: dict[str, Layout] = {
    "Newchannel": _call(_CALLER),
    "Newstate": _call(_CALLER),
    "NewConnectedLine": _call(_CALLER),
    "Hangup": _call(_CALLER, _fixed("Cause", "Cause-txt", optional=("TechCause",))),
    "HangupRequest": _HANGUP_ASKED,
    "SoftHangupRequest": _HANGUP_ASKED,
    "NewCallerid": _call(_CALLER, _fixed("CID-CallingPres")),
    "Rename": _call(_fixed("Channel", "Newname", "Uniqueid")),
    # Class call until Asterisk 13, dialplan since.
    "Newexten": Layout(
        "dialplan,all call,all", (_CALLER, _fixed("Extension", "Application", "AppData")), open_end=True
    ),
    "VarSet": Layout("dialplan,all", (_MAYBE_NO_CHANNEL, _CALLER_OR_NONE, _fixed("Variable", "Value"))),
    "DialBegin": _call(_CALLER_OR_NONE, _channel("Dest"), _fixed("DialString"), open_end=True),
    "DialState": _call(_CALLER_OR_NONE, _channel("Dest"), _fixed("DialStatus", optional=("Forward",))),
    "DialEnd": _call(_CALLER_OR_NONE, _channel("Dest"), _fixed("DialStatus", optional=("Forward",))),
    "BridgeEnter": _call(_bridge(), _CALLER, _fixed(optional=("SwapUniqueid",))),
    "BridgeLeave": _call(_bridge(), _CALLER),
    "LocalBridge": _call(_channel("LocalOne"), _channel("LocalTwo"), _fixed("Context", "Exten", "LocalOptimization")),
    "BlindTransfer": _call(
        *(_fixed("Result"), _channel("Transferer"), _channel("Transferee", may_miss=True)),
        *(_bridge(may_miss=True), _fixed("IsExternal", "Context", "Extension")),
        open_end=True,
    ),
    "AttendedTransfer": _call(
        *(_fixed("Result"), _channel("OrigTransferer"), _bridge("Orig", may_miss=True)),
        *(_channel("SecondTransferer"), _bridge("Second", may_miss=True)),
        *(_channel("Transferee", may_miss=True), _channel("TransferTarget", may_miss=True)),
        _fixed(
            *("IsExternal", "DestType"),
            optional=("DestBridgeUniqueid", "DestApp", "DestTransfererChannel"),
        ),
        *(_channel("LocalOne", may_miss=True), _channel("LocalTwo", may_miss=True)),
    ),
    "Pickup": _call(_CALLER, _channel("Target")),
    "LocalOptimizationBegin": _call(
        *(_channel("LocalOne"), _channel("LocalTwo"), _channel("Source"), _fixed("DestUniqueId", "Id"))
    ),
    "LocalOptimizationEnd": _call(_channel("LocalOne"), _channel("LocalTwo"), _fixed("Success", "Id")),
    "MixMonitorStart": _call(_CALLER),
    "MixMonitorStop": _call(_CALLER),
    "MixMonitorMute": _call(_CALLER, _fixed("Direction", "State")),
    # UserEvent: the dialplan chooses the headers.
    "UserEvent": Layout("user,all", ()),
    "QueueCallerJoin": _agent(_CALLER, _made("Queue", "Position", "Count")),
    "QueueCallerLeave": _agent(_CALLER, _made("Queue", "Position", "Count")),
    "QueueCallerAbandon": _agent(_CALLER, _made("Queue", "Position", "OriginalPosition", "HoldTime")),
    "AgentCalled": _agent(_CALLER_OR_NONE, _DEST, _made(*_AGENT)),
    "AgentDump": _agent(_CALLER_OR_NONE, _DEST, _made(*_AGENT)),
    "AgentRingNoAnswer": _agent(_CALLER_OR_NONE, _DEST, _made(*_AGENT, "RingTime")),
    "AgentConnect": _agent(_CALLER_OR_NONE, _DEST, _made(*_AGENT, "RingTime", "HoldTime")),
    "AgentComplete": _agent(_CALLER_OR_NONE, _DEST, _made(*_AGENT, "HoldTime", "TalkTime", "Reason")),
    "QueueMemberStatus": _MEMBER,
    "QueueMemberAdded": _MEMBER,
    "QueueMemberRemoved": _MEMBER,
    "QueueMemberPause": _MEMBER,
    "QueueMemberPenalty": _MEMBER,
    "QueueMemberRinginuse": _MEMBER,
    "DeviceStateChange": _call(_fixed("Device", "State")),
    "OriginateResponse": _call(
        _made(
            *("Response", "Channel", "Reason", "Uniqueid", "CallerIDNum", "CallerIDName"),
            optional=("ActionID", "Context", "Exten", "Application", "Data"),
        )
    ),
    "ContactStatus": Layout(
        "system,all",
        (_made("URI", "ContactStatus", "AOR", "EndpointName", optional=("RoundtripUsec", "UserAgent")),),
    ),
    "FullyBooted": Layout("system,all", (_made(optional=("Uptime", "LastReload", "Status")),)),
    "Shutdown": Layout("system,all", (_made("Shutdown", "Restart"),)),
    "Reload": Layout("system,all", (_made("Module", optional=("Status", "Message")),)),
}
LIST_LAYOUTS: dict[str, Layout] = {
    "QueueParams": Layout("", (_fixed("Queue", "Max", optional=("Strategy",)), _fixed("Calls"))),
    "QueueMember": Layout("", (_fixed("Queue", "Name", "Location"),)),
    "QueueEntry": Layout(
        "",
        (
            _fixed("Queue", "Position", "Channel", "Uniqueid", "CallerIDNum", "CallerIDName"),
            _fixed("ConnectedLineNum", "ConnectedLineName", "Wait", optional=("Priority",)),
        ),
    ),
}
# Events that an action lists too, then without their head.
LISTED_TOO = frozenset({"DeviceStateChange"})
_LIST_EVENTS = frozenset({*LIST_LAYOUTS, "QueueSummary", "CoreShowChannel", "Status", "BridgeListItem"})
_HEAD = frozenset({"Event", "Privilege", "Timestamp"})
_MARKS = frozenset({"Event", "Response", "Privilege", "Timestamp", *CHANNEL_HEADERS})


def is_list_event(name: str) -> bool:
    """True for events that answer an action; Asterisk writes them without Privilege and Timestamp."""
    return name in _LIST_EVENTS or name.endswith("Complete")


def shape(name: str, body: tuple[str, ...], *, listed: bool) -> Shape:
    """What the headers after the head (repeats folded into one) say about an event of this name."""
    layout = (LIST_LAYOUTS if listed else LAYOUTS).get(name)
    if layout is None or not layout.parts:
        return _shape_of_unknown(body)
    at = 0
    if listed and body[:1] == ("ActionID",):
        at = 1
    for part in layout.parts:
        end = _match(part, body, at)
        if end is None:
            return Shape.CUT if _runs_out(part, body, at) else Shape.DISORDER
        at = end
    return Shape.DISORDER if _MARKS.intersection(body[at:]) else Shape.WHOLE


def _match(part: HeaderRun, body: tuple[str, ...], at: int) -> int | None:
    """Where the part ends in the body, or None when it is not all there."""
    if part.may_miss and not _begins(part, body, at):
        return at
    if not part.ordered:
        return _match_made(part, body, at)
    for name in part.required:
        if at < len(body) and body[at] == name:
            at += 1
        elif not name.endswith("Language"):
            return None
    return _skip_optional(part, body, at)


def _begins(part: HeaderRun, body: tuple[str, ...], at: int) -> bool:
    """A channel block begins with two headers of its own; `Channel, Uniqueid` is a VarSet of no channel."""
    return body[at : at + 1] == part.required[:1] and (
        part.channel_prefix is not None or len(part.required) != 2 or body[at : at + 2] == part.required
    )


def _match_made(part: HeaderRun, body: tuple[str, ...], at: int) -> int | None:
    known = {*part.required, *part.optional}
    end = at
    while end < len(body) and body[end] in known:
        end += 1
    return end if set(part.required) <= set(body[at:end]) else None


def _skip_optional(part: HeaderRun, body: tuple[str, ...], at: int) -> int:
    if part.channel_prefix is not None:
        extras: tuple[str, ...] = (part.channel_prefix + "Tenantid", part.channel_prefix + "ChanVariable")
    else:
        extras = part.optional
    for name in extras:
        if at < len(body) and body[at] == name:
            at += 1
    return at


def _runs_out(part: HeaderRun, body: tuple[str, ...], at: int) -> bool:
    """True when the body ends before the part does, with nothing foreign in between."""
    rest = body[at:]
    if not part.ordered:
        return set(rest) <= {*part.required, *part.optional}
    wanted: Iterator[str] = iter(part.required)
    return all(any(name == each for each in wanted) for name in rest)


def _shape_of_unknown(body: tuple[str, ...]) -> Shape:
    """Of an event without a known layout only its channel blocks can be checked."""
    for at, name in enumerate(body):
        if name.endswith("ChannelState") and at and body[at - 1] == name.removesuffix("State"):
            block = _channel(name.removesuffix("ChannelState"))
            if _match(block, body, at - 1) is None:
                return Shape.CUT if _runs_out(block, body, at - 1) else Shape.DISORDER
    headless_channel = "ChannelState" not in body and ("Uniqueid", "Linkedid") in pairwise(body)
    return Shape.DISORDER if headless_channel or _HEAD.intersection(body) else Shape.PLAIN
