"""AMI text as a busy call centre's Asterisk writes it: the events of whole calls, interleaved. Pure.

A call is what it is with app_queue and PJSIP: a caller, one agent's phone, a conversation. Each change of the
phone's states is published once for every queue that the agent serves, so a large part of all events are
QueueMemberStatus.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, cycle, islice

STAMP = b"\x00stamp\x00"
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
CALLS_AT_ONCE = 150
_STATES = {"0": "Down", "4": "Ring", "5": "Ringing", "6": "Up"}
_NOT_IN_USE, _IN_USE, _RINGING = "1", "2", "6"
_NO_NAME = "<unknown>"


@dataclass(frozen=True, slots=True)
class AgentPhone:
    """An agent's phone and the queues it serves."""

    extension: str
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrafficCall:
    """One call to be: its number in the text, the queue it waits in, and the phone that takes it."""

    number: int
    queue: str
    agent: AgentPhone

    @property
    def caller_id(self) -> str:
        """The uniqueid of the caller's channel."""
        return f"1790000000.{2 * self.number}"

    def caller(self, state: str) -> bytes:
        """The caller's channel as a block of headers."""
        return self._channel("", f"PJSIP/red-publica-{self.number:08x}", state, f"7{self.number:07d}", self.caller_id)

    def phone(self, state: str, prefix: str = "") -> bytes:
        """The phone's channel as a block of headers."""
        name = f"PJSIP/{self.agent.extension}-{self.number:08x}"
        return self._channel(prefix, name, state, self.agent.extension, f"1790000000.{2 * self.number + 1}")

    def both(self) -> bytes:
        """Both channels, as in the events that concern the two."""
        return self.caller("6") + self.phone("5", "Dest")

    def offered(self) -> bytes:
        """The queue and the member that is asked."""
        extension = self.agent.extension
        return lines({"Queue": self.queue, "Interface": f"PJSIP/{extension}", "MemberName": extension})

    def position(self) -> bytes:
        """The caller's position in the queue."""
        return lines({"Queue": self.queue, "Position": "1", "Count": "1"})

    def _channel(self, prefix: str, name: str, state: str, number: str, uniqueid: str) -> bytes:
        headers = {
            "Channel": name,
            "ChannelState": state,
            "ChannelStateDesc": _STATES[state],
            "CallerIDNum": number,
            "CallerIDName": _NO_NAME,
            "ConnectedLineNum": _NO_NAME,
            "ConnectedLineName": _NO_NAME,
            "Language": "es",
            "AccountCode": "",
            "Context": "lineas",
            "Exten": self.queue,
            "Priority": "7",
            "Uniqueid": uniqueid,
            "Linkedid": self.caller_id,
        }
        return lines({prefix + header: value for header, value in headers.items()})


def agent_phones(agents: int, queues: tuple[str, ...], queues_each: int) -> tuple[AgentPhone, ...]:
    """So many agents, each with so many of the queues, all queues served alike."""
    turn = cycle(queues)
    return tuple(AgentPhone(str(20_000 + index), tuple(islice(turn, queues_each))) for index in range(agents))


def events(of: tuple[AgentPhone, ...], calls_at_once: int = CALLS_AT_ONCE) -> Iterator[bytes]:
    """Events without end: so many calls go on at the same time, each gives one event in turn.

    Calls go to the agent who has been free for longest, so there have to be more agents than calls at once. The value
    of every Timestamp is STAMP.
    """
    numbers, turn = count(1), cycle(of)
    live: list[Iterator[bytes]] = []
    while True:
        if len(live) < calls_at_once:
            live.append(iter(()))
        for index, call in enumerate(live):
            event = next(call, None)
            if event is None:
                live[index] = life(_next_call(next(numbers), next(turn)))
                event = next(live[index])
            yield event


def life(call: TrafficCall) -> Iterator[bytes]:
    """All events of one call, in order."""
    yield from _until_it_rings(call)
    yield from _phone_is(call, _RINGING)
    yield _event("DialState", call.both() + lines({"DialStatus": "RINGING"}))
    yield _event("Newstate", call.phone("6"))
    yield _event("DialEnd", call.both() + lines({"DialStatus": "ANSWER"}))
    yield _event("QueueCallerLeave", call.caller("6") + call.position(), "agent")
    yield _event("AgentConnect", call.both() + call.offered() + lines({"RingTime": "3", "HoldTime": "4"}), "agent")
    yield from _both_are("BridgeEnter", call)
    yield from _phone_is(call, _IN_USE)
    yield from _until_it_is_over(call)
    yield from _phone_is(call, _NOT_IN_USE)


def snapshot(of: tuple[AgentPhone, ...], action_id: str) -> bytes:
    """The answer to QueueStatus: every agent in every queue, nobody waiting."""
    mine = {"ActionID": action_id}
    members = (
        {"Event": "QueueMember", "Queue": queue, "Name": agent.extension, "Location": f"PJSIP/{agent.extension}"}
        for agent in of
        for queue in agent.queues
    )
    state = {"Membership": "dynamic", "Penalty": "0", "Status": _NOT_IN_USE, "Paused": "0"}
    return b"".join(
        (
            block({"Response": "Success", **mine, "EventList": "start", "Message": "Queue status will follow"}),
            *(block({**member, **state, **mine}) for member in members),
            block({"Event": "QueueStatusComplete", **mine, "EventList": "Complete"}),
        )
    )


def stamped(text: bytes, now_us: int) -> bytes:
    """The events as if Asterisk wrote them now."""
    return text.replace(STAMP, b"%d.%06d" % divmod(now_us, 1_000_000))


def lines(headers: Mapping[str, str]) -> bytes:
    """Header lines."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


def block(headers: Mapping[str, str]) -> bytes:
    """A whole event or response."""
    return lines(headers) + b"\r\n"


def _next_call(number: int, agent: AgentPhone) -> TrafficCall:
    return TrafficCall(number, agent.queues[number % len(agent.queues)], agent)


def _event(name: str, body: bytes, kind: str = "call") -> bytes:
    return b"Event: %b\r\nPrivilege: %b,all\r\nTimestamp: %b\r\n%b\r\n" % (name.encode(), kind.encode(), STAMP, body)


def _until_it_rings(call: TrafficCall) -> Iterator[bytes]:
    yield _event("Newchannel", call.caller("4"))
    yield _event("Newstate", call.caller("6"))
    yield _event("QueueCallerJoin", call.caller("6") + call.position(), "agent")
    yield _event("Newchannel", call.phone("0"))
    yield _event("AgentCalled", call.both() + call.offered(), "agent")
    yield _event("DialBegin", call.both() + lines({"DialString": f"{call.agent.extension}/sip:agent@10.20.30.40:5060"}))
    yield _event("Newstate", call.phone("5"))


def _until_it_is_over(call: TrafficCall) -> Iterator[bytes]:
    how = lines({"HoldTime": "4", "TalkTime": "90", "Reason": "caller"})
    cause = lines({"Cause": "16", "Cause-txt": "Normal Clearing"})
    yield _event("HangupRequest", call.caller("6") + lines({"Cause": "16"}))
    yield from _both_are("BridgeLeave", call)
    yield _event("AgentComplete", call.both() + call.offered() + how, "agent")
    yield _event("Hangup", call.phone("6") + cause)
    yield _event("Hangup", call.caller("6") + cause)


def _both_are(name: str, call: TrafficCall) -> Iterator[bytes]:
    bridge = {
        "BridgeUniqueid": f"6f2c41aa-5b9d-4c43-9f5e-{call.number:012x}",
        "BridgeType": "basic",
        "BridgeTechnology": "simple_bridge",
        "BridgeCreator": _NO_NAME,
        "BridgeName": _NO_NAME,
        "BridgeNumChannels": "2",
        "BridgeVideoSourceMode": "none",
    }
    yield _event(name, lines(bridge) + call.phone("6"))
    yield _event(name, lines(bridge) + call.caller("6"))


def _phone_is(call: TrafficCall, state: str) -> Iterator[bytes]:
    extension = call.agent.extension
    for queue in call.agent.queues:
        headers = {
            "Queue": queue,
            "MemberName": extension,
            "Interface": f"PJSIP/{extension}",
            "StateInterface": f"PJSIP/{extension}",
            "Membership": "dynamic",
            "Penalty": "0",
            "CallsTaken": str(call.number % 1000),
            "LastCall": "1790000000",
            "LastPause": "0",
            "LoginTime": "1789990000",
            "InCall": str(int(state == _IN_USE)),
            "Status": state,
            "Paused": "0",
            "PausedReason": "",
            "Ringinuse": "0",
            "Wrapuptime": "0",
        }
        yield _event("QueueMemberStatus", lines(headers), "agent")
