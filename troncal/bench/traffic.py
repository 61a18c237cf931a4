"""AMI text as a busy call centre's Asterisk writes it: the events of whole calls, interleaved. Pure.

A call is what it is with app_queue and PJSIP: a caller, one agent's phone, a conversation. Each change of the
phone's state is told once for every queue that the agent serves, so a large part of all events are QueueMemberStatus.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count, cycle, islice

STAMP = b"\x00stamp\x00"
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
CALLS_AT_ONCE = 150
_STATES = {"0": "Down", "4": "Ring", "5": "Ringing", "6": "Up"}


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent's phone and the queues it serves."""

    extension: str
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneCall:
    """One call to be: its number in the recording, the queue it waits in, and the phone that takes it."""

    number: int
    queue: str
    seat: Seat

    @property
    def caller_id(self) -> str:
        """The caller's channel as Asterisk numbers it."""
        return f"1790000000.{2 * self.number}"

    @property
    def phone_id(self) -> str:
        """The agent's channel."""
        return f"1790000000.{2 * self.number + 1}"


def seats(count_: int, queues: tuple[str, ...], queues_each: int) -> tuple[Seat, ...]:
    """So many agents, each with so many of the queues, all queues served alike."""
    turn = cycle(queues)
    return tuple(Seat(str(20_000 + index), tuple(islice(turn, queues_each))) for index in range(count_))


def calls(at: tuple[Seat, ...]) -> Iterator[OneCall]:
    """Calls without end, each to the seat that has been free for longest."""
    for number, seat in zip(count(1), cycle(at)):  # noqa: B905 - neither ends
        yield OneCall(number, seat.queues[number % len(seat.queues)], seat)


def events(at: tuple[Seat, ...], calls_at_once: int = CALLS_AT_ONCE) -> Iterator[bytes]:
    """Events without end: so many calls go on at the same time, each gives one event in turn.

    The value of every Timestamp is STAMP.
    """
    waiting = calls(at)
    live = [iter(())] * calls_at_once
    begun = 0
    while True:
        # Calls begin one after another, or all would be at the same step.
        begun = min(calls_at_once, begun + 1)
        for index in range(begun):
            event = next(live[index], None)
            if event is None:
                live[index] = iter(life(next(waiting)))
                event = next(live[index])
            yield event


def life(call: OneCall) -> Iterable[bytes]:
    """All events of one call, in order."""
    caller, phone = _caller(call), _phone(call)
    both = _block(caller("6", call.queue)) + _block(phone("5"), "Dest")
    asked = _block({"Queue": call.queue, "Interface": f"PJSIP/{call.seat.extension}", "MemberName": call.seat.extension})
    place = _block({"Queue": call.queue, "Position": "1", "Count": "1"})
    return chain(
        [
            _event("Newchannel", _block(caller("4", call.queue))),
            _event("Newstate", _block(caller("6", call.queue))),
            _event("QueueCallerJoin", _block(caller("6", call.queue)) + place, "agent"),
            _event("Newchannel", _block(phone("0"))),
            _event("NewConnectedLine", _block(phone("0"))),
            _event("AgentCalled", both + asked, "agent"),
            _event("DialBegin", both + _block({"DialString": f"{call.seat.extension}/sip:{call.seat.extension}@10.0.0.7"})),
            _event("Newstate", _block(phone("5"))),
        ],
        _device(call, "6"),
        [
            _event("DialState", both + _block({"DialStatus": "RINGING"})),
            _event("Newstate", _block(phone("6"))),
            _event("DialEnd", both + _block({"DialStatus": "ANSWER"})),
            _event("QueueCallerLeave", _block(caller("6", call.queue)) + place, "agent"),
            _event("AgentConnect", both + asked + _block({"RingTime": "3", "HoldTime": "4"}), "agent"),
            _event("NewConnectedLine", _block(caller("6", call.queue))),
        ],
        _device(call, "2"),
        [
            _event("HangupRequest", _block(caller("6", call.queue)) + _block({"Cause": "16"})),
            _event("AgentComplete", both + asked + _block({"HoldTime": "4", "TalkTime": "90", "Reason": "caller"}), "agent"),
            _event("Hangup", _block(phone("6")) + _ENDED),
            _event("Hangup", _block(caller("6", call.queue)) + _ENDED),
        ],
        _device(call, "1"),
    )


def snapshot(at: tuple[Seat, ...], action_id: str) -> bytes:
    """The answer to QueueStatus: every agent in every queue, nobody waiting."""
    mine = {"ActionID": action_id}
    head = _text({"Response": "Success", **mine, "EventList": "start", "Message": "Queue status will follow"})
    members = [
        _text({"Event": "QueueMember", **mine, "Queue": queue, "Name": seat.extension, **_snapshot_member(seat)})
        for seat in at
        for queue in seat.queues
    ]
    return head + b"".join(members) + _text({"Event": "QueueStatusComplete", **mine, "EventList": "Complete"})


def stamped(text: bytes, now_us: int) -> bytes:
    """The events as if Asterisk wrote them now."""
    seconds, micros = divmod(now_us, 1_000_000)
    return text.replace(STAMP, b"%d.%06d" % (seconds, micros))


def _snapshot_member(seat: Seat) -> dict[str, str]:
    return {"Location": f"PJSIP/{seat.extension}", "Membership": "dynamic", "Penalty": "0", "Status": "1", "Paused": "0"}


_ENDED = b"Cause: 16\r\nCause-txt: Normal Clearing\r\n"
_NO_NAME = "<unknown>"


def _caller(call: OneCall):  # type: ignore[no-untyped-def]
    raise NotImplementedError
