"""Calls that come in and calls that the centre makes, as the rows of one Asterisk. For tests of tail and ledger.

Of each kind of outgoing call it is declared here what its row must say afterwards, apart from the ledger's own code.
"""

from collections.abc import Iterator
from typing import Any

from callcenter.outgoing_calls import OutgoingPurpose, OutgoingResult

# Seconds after the row before it, and the row.
Rows = Iterator[tuple[float, str]]
QUEUE = "101"
QUEUE_START = "NONE|NONE|NONE|QUEUESTART"
MESSAGE = "campana-mensaje"
_AT_ONCE = 3

INCOMING = ("answered", "abandoned", "stayed", "second agent")
_UNANSWERED = {
    "busy": (17, OutgoingResult.BUSY),
    "no_answer": (19, OutgoingResult.NO_ANSWER),
    "wrong_number": (1, OutgoingResult.WRONG_NUMBER),
    "rejected": (21, OutgoingResult.REJECTED),
    "congestion": (34, OutgoingResult.CONGESTION),
    "cancelled": (16, OutgoingResult.CANCELLED),
    "failed": (58, OutgoingResult.FAILED),
}
# Those of which app_queue has an entry: what its row of `outgoing_calls` says beside that it was handed.
_QUEUED: dict[str, dict[str, Any]] = {
    "taken": {},
    "abandoned": {},
    "left_alone": {"told": "campana-sin-agente"},
    "asked_for_agent": {"answered_by": "person", "told": MESSAGE, "pressed": "1"},
    "asked_in_vain": {"answered_by": "person", "told": "campana-sin-agente", "pressed": "1"},
}
_HEARD: dict[str, dict[str, Any]] = {
    "machine": {"answered_by": "machine"},
    "where_to_pay": {"answered_by": "person", "told": MESSAGE, "pressed": "2"},
    "never_again": {"answered_by": "person", "told": MESSAGE, "pressed": "9"},
    "silent": {"answered_by": "person", "told": MESSAGE},
}
_IN_VAIN = ("left_alone", "asked_in_vain")
_ENDED_BY_US = (*_IN_VAIN, "machine", "silent")
_BY_PURPOSE = {
    OutgoingPurpose.CALLBACK: ("taken", "abandoned", "unplaced"),
    OutgoingPurpose.CAMPAIGN: (*_QUEUED, *_HEARD, "unplaced"),
    OutgoingPurpose.RECALL: ("talked", "unplaced"),
    OutgoingPurpose.AGENT: ("talked", "unplaced"),
    OutgoingPurpose.TRANSFER: ("talked",),
}
OUTGOING = tuple(f"{purpose} {end}" for purpose, ends in _BY_PURPOSE.items() for end in (*ends, *_UNANSWERED))


def wanted(kind: str) -> dict[str, Any]:
    """What the row of a call of that kind says, when it was not cut off; moments and names apart."""
    purpose, end = kind.split()
    said = {"purpose": purpose, "answered_by": None, "told": None, "pressed": None, "handed_to": None}
    if end == "unplaced":
        return {**said, "result": "unplaced", "cause": None, "rang": False, "ended_by_customer": None}
    if end in _UNANSWERED:
        cause, result = _UNANSWERED[end]
        return {**said, "result": result.value, "cause": cause, "rang": end != "congestion", "ended_by_customer": None}
    handed = {"handed_to": QUEUE} if end in _QUEUED else {}
    ended = {"result": "answered", "cause": 16, "rang": True, "ended_by_customer": end not in _ENDED_BY_US}
    return {**said, **_QUEUED.get(end, {}), **_HEARD.get(end, {}), **handed, **ended}


def channel_of(number: int, kind: str) -> str:
    """By which channel the call is known."""
    return f"17900{number:05d}.{number + 2000 * kind.endswith(' unplaced')}"


def reference_of(number: int, kind: str) -> str:
    """The attempt of a call that somebody asked for."""
    purpose = kind.split()[0]
    return "" if purpose in ("agent", "transfer") else f"{purpose}-{number}-1"


class History(Iterator[tuple[float, str]]):
    """The rows of these calls, three at once, each with the seconds since the one before it; `restart` cuts them off.

    `begun`: the kinds of the calls that had a row, by their number; `whole`: the numbers of those that ended.
    """

    def __init__(self, kinds: list[str]) -> None:
        self.begun: dict[int, str] = {}
        self.whole: set[int] = set()
        self._coming = list(enumerate(kinds, start=1))
        self._kinds = dict(self._coming)
        self._going: dict[int, Rows] = {}
        self._turns: list[int] = []
        self._is_to_start = True

    def __next__(self) -> tuple[float, str]:
        if self._is_to_start:
            self._is_to_start = False
            return 0.0, QUEUE_START
        while self._turns or self._begin():
            number = self._turns.pop(0)
            row = next(self._going[number], None)
            if row is not None:
                self.begun[number] = self._kinds[number]
                return row
            del self._going[number]
            self.whole.add(number)
        raise StopIteration

    def restart(self) -> None:
        """Asterisk is killed with the calls that go on; its next row is that of its start."""
        self._going.clear()
        self._turns.clear()
        self._is_to_start = True

    def _begin(self) -> bool:
        """A round of all that go on, as many as there may be; whether there are any."""
        while self._coming and len(self._going) < _AT_ONCE:
            number, kind = self._coming.pop(0)
            self._going[number] = (rows_of_outgoing if kind in OUTGOING else rows_of_call)(number, kind)
        self._turns = list(self._going)
        return bool(self._turns)


def is_of_outgoing(history: History, callid: str) -> bool:
    """Whether a row is of a call that the centre made."""
    return any(callid == channel_of(number, kind) for number, kind in history.begun.items() if kind in OUTGOING)


def rows_of_call(number: int, kind: str) -> Rows:
    """Seconds after the one before, and the row. One call of that kind."""
    call, channel, queue = f"17900{number:05d}.{number}", f"17900{number:05d}.{number + 1000}", QUEUE
    caller, place = f"70{number:06d}", number % 4 + 1
    yield 0.0, f"{call}|NONE|NONE|ARRIVED|102|{caller}|{call}"
    yield 1.0, f"{call}|{queue}|NONE|ENTERQUEUE||{caller}|{place}"
    if kind == "abandoned":
        yield 12.0, f"{call}|{queue}|NONE|ABANDON|1|{place}|{{wait}}"
        yield 0.01, f"{call}|NONE|NONE|DEPARTED|16|by:PJSIP/trunk-1"
        return
    if kind == "stayed":
        yield 5.0, f"{call}|{queue}|NONE|EXITWITHKEY|1|{place}|{place}|{{wait}}"
        yield 2.0, f"{call}|{queue}|NONE|STAYED"
        yield 0.01, f"{call}|{queue}|NONE|ENTERQUEUE||{caller}|1"
    yield 2.0, f"{call}|{queue}|1001|OFFERED|{channel}"
    if kind == "second agent":
        yield 15.0, f"{call}|{queue}|1001|RINGNOANSWER|15000"
        yield 0.01, f"{call}|{queue}|1001|RELEASED|{channel}|19|by:"
        channel += "9"
        yield 1.0, f"{call}|{queue}|1001|OFFERED|{channel}"
    yield 4.0, f"{call}|{queue}|1001|CONNECT|{{wait}}|{channel}|4"
    yield 30.0, f"{call}|{queue}|1001|COMPLETECALLER|5|{{talk}}|1"
    yield 0.01, f"{call}|{queue}|1001|RELEASED|{channel}|16|by:PJSIP/trunk-1"
    yield 0.01, f"{call}|NONE|NONE|DEPARTED|16|by:PJSIP/trunk-1"


def rows_of_outgoing(number: int, kind: str) -> Rows:
    """One call of that kind, as the dialplan writes it."""
    (purpose, end), channel = kind.split(), channel_of(number, kind)
    made = f"60{number:06d}|{purpose}|{reference_of(number, kind)}"
    agent = "1001" if purpose in ("recall", "agent") else "NONE"
    if end == "unplaced":
        yield 0.0, f"{channel}|NONE|{agent}|OUTGOING|unplaced|{made}"
        return
    yield 0.0, f"{channel}|NONE|{agent}|OUTGOING|dialled|{made}"
    if end in _UNANSWERED:
        state = "Down" if end == "congestion" else "Ringing"
        yield 8.0, f"{channel}|NONE|NONE|OUTGOING|ended|{_UNANSWERED[end][0]}|by:|{state}"
        if purpose in (OutgoingPurpose.CALLBACK, OutgoingPurpose.CAMPAIGN) and end == "failed":
            yield 0.01, f"17900{number:05d}.{number + 2000}|NONE|NONE|OUTGOING|unplaced|{made}"
        return
    yield 6.0, f"{channel}|NONE|NONE|OUTGOING|answered"
    yield from _conversation(number, channel, purpose, end)
    by = "dialplan/builtin" if end in _ENDED_BY_US else "PJSIP/trunk-1"
    if end != "talked":
        yield 0.01, f"{channel}|NONE|NONE|DEPARTED|16|by:{by}"
    yield 0.01 if end != "talked" else 40.0, f"{channel}|NONE|NONE|OUTGOING|ended|16|by:{by}|Up"


def _conversation(number: int, channel: str, purpose: str, end: str) -> Rows:
    """From the answer to the end."""
    said = wanted(f"{purpose} {end}")
    if said["answered_by"] is not None:
        yield 2.0, f"{channel}|NONE|NONE|OUTGOING|taken_by|{said['answered_by']}"
    if said["told"] == MESSAGE or said["pressed"] is not None:
        yield 14.0, f"{channel}|NONE|NONE|OUTGOING|told|{MESSAGE}"
    if said["pressed"] is not None:
        yield 3.0, f"{channel}|NONE|NONE|OUTGOING|pressed|{said['pressed']}"
    if end in _QUEUED:
        if purpose == OutgoingPurpose.CALLBACK:
            yield 4.0, f"{channel}|{QUEUE}|NONE|CALLBACK|returned|{number}"
        yield 0.5, f"{channel}|NONE|NONE|OUTGOING|handed|{QUEUE}"
        yield from _in_queue(number, channel, end)


def _in_queue(number: int, channel: str, end: str) -> Rows:
    """In the queue that the call was handed to."""
    phone = f"17900{number:05d}.{number + 1000}"
    yield 0.01, f"{channel}|{QUEUE}|NONE|ENTERQUEUE||60{number:06d}|1"
    if end == "abandoned":
        yield 1.0, f"{channel}|{QUEUE}|NONE|ABANDON|1|1|{{wait}}"
        return
    yield 0.2, f"{channel}|{QUEUE}|1002|OFFERED|{phone}"
    if end in _IN_VAIN:
        yield 1.9, f"{channel}|{QUEUE}|NONE|EXITWITHTIMEOUT|1|1|{{wait}}"
        yield 0.01, f"{channel}|{QUEUE}|1002|RELEASED|{phone}|26|by:"
        yield 0.01, f"{channel}|{QUEUE}|NONE|RETURNED|TIMEOUT"
        yield 6.0, f"{channel}|NONE|NONE|OUTGOING|told|campana-sin-agente"
        return
    yield 1.0, f"{channel}|{QUEUE}|1002|CONNECT|{{wait}}|{phone}|1"
    yield 30.0, f"{channel}|{QUEUE}|1002|COMPLETECALLER|1|{{talk}}|1"
    yield 0.01, f"{channel}|{QUEUE}|1002|RELEASED|{phone}|16|by:PJSIP/trunk-1"
