"""AMI text as Asterisk writes it, for tests: blocks of headers in Asterisk's order."""

CHANNEL = {
    "Channel": "PJSIP/trunk-00000001",
    "ChannelState": "6",
    "ChannelStateDesc": "Up",
    "CallerIDNum": "71234567",
    "CallerIDName": "<unknown>",
    "ConnectedLineNum": "<unknown>",
    "ConnectedLineName": "<unknown>",
    "Language": "es",
    "AccountCode": "",
    "Context": "from-trunk",
    "Exten": "101",
    "Priority": "3",
    "Uniqueid": "1763800000.1",
    "Linkedid": "1763800000.1",
}
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
QUEUE = {"Queue": "q101", "Position": "1", "Count": "1"}
MEMBER = {"Queue": "q101", "Interface": "PJSIP/1001", "MemberName": "Ana"}


def channel(prefix: str = "", **changes: str) -> dict[str, str]:
    """A channel's block of headers, with some values changed."""
    return {prefix + name: value for name, value in (CHANNEL | changes).items()}


def block(headers: dict[str, str]) -> bytes:
    """The headers as one block, blank line included."""
    return ("".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode()


def event(name: str, body: dict[str, str], *, kind: str = "call", at: str = "1763800000.000001") -> bytes:
    """One event as Asterisk writes it; `at` is its Timestamp, "" for none."""
    head = {"Event": name, "Privilege": f"{kind},all"} | ({"Timestamp": at} if at else {})
    return block(head | body)


def newchannel(uniqueid: str = "1763800000.1", **changes: str) -> bytes:
    """A Newchannel event."""
    return event("Newchannel", channel(Uniqueid=uniqueid, Linkedid=uniqueid, **changes))


def join(uniqueid: str = "1763800000.1", **changes: str) -> bytes:
    """A QueueCallerJoin event."""
    return event("QueueCallerJoin", channel(Uniqueid=uniqueid, Linkedid=uniqueid, **changes) | QUEUE, kind="agent")


def connect(uniqueid: str = "1763800000.1", **changes: str) -> bytes:
    """An AgentConnect event."""
    caller = channel(Uniqueid=uniqueid, Linkedid=uniqueid, **changes)
    agent = channel("Dest", Channel="PJSIP/1001-00000002", Uniqueid="1763800000.2")
    return event("AgentConnect", caller | agent | MEMBER | {"HoldTime": "3", "RingTime": "1"}, kind="agent")
