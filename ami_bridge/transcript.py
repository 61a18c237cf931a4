"""AMI events written down as rows of the queue log, so that one fold serves both feeds. Pure.

AMI tells less plainly than the log why a caller left: QueueCallerAbandon is the same for a hang-up, a time-out,
an empty queue and a withdrawal, a key exit has only QueueCallerLeave, and a refusal has no queue event at all.
The reason comes after it, in QUEUESTATUS, in the hang-up, or in what the channel does next; until then the
exit is pending.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from ami_bridge.queue_log_file import clean
from ami_bridge.rows import NONE, Row, Verb
from ami_bridge.wire import AmiEvent
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.clock import MICROSECONDS
from callcenter.moments import Moment

REMEMBERED_CHANNELS = 20_000
_REFUSALS = {"FULL": Verb.FULL, "JOINEMPTY": Verb.JOINEMPTY, "JOINUNAVAIL": Verb.JOINEMPTY}
_EXITS = {
    "TIMEOUT": Verb.EXITWITHTIMEOUT,
    "LEAVEEMPTY": Verb.EXITEMPTY,
    "LEAVEUNAVAIL": Verb.EXITEMPTY,
    "WITHDRAW": Verb.WITHDRAW,
}
_COMPLETED = {"caller": Verb.COMPLETECALLER, "agent": Verb.COMPLETEAGENT}


@dataclass(slots=True)
class _Channel:
    queue: str = ""
    exten: str = ""
    caller: str = ""
    hung_up: Moment | None = None


@dataclass(slots=True)
class _Stay:
    """One caller in one queue, until the reason of the exit is known."""

    queue: str
    uniqueid: str
    position: str
    left: Moment | None = None
    gone: bool = False
    abandoned: AmiEvent | None = None


@dataclass(slots=True)
class _Talk:
    queue: str
    uniqueid: str
    member: str
    channel: str


class Transcript:
    """Turns events into rows. `apply` each event; `close` when no more will come."""

    def __init__(self, queues: frozenset[str] | None = None) -> None:
        self._queues = queues
        self._channels: OrderedDict[str, _Channel] = OrderedDict()
        self._stays: dict[str, _Stay] = {}
        self._talks: dict[str, _Talk] = {}
        self._answers: OrderedDict[str, Moment | None] = OrderedDict()
        self._transfers: OrderedDict[str, tuple[Verb, tuple[str, ...]]] = OrderedDict()
        self._out: list[Row | Anomaly] = []
        self._position = 0
        self._now: Moment | None = None
        self._calls_are_told = False
        self._reasons_are_told = False
        self._booted: tuple[int, int] | None = None
        self._handlers = self._table()

    def apply(self, event: AmiEvent, position: int) -> list[Row | Anomaly]:
        """The rows that this event, the `position`-th of its source, completes."""
        handler = self._handlers.get(event.name)
        if event.timestamp_us is not None:
            self._now = Moment.exact(event.timestamp_us)
        self._position = position
        if handler is not None:
            handler(event)
        elif event.get("Uniqueid"):
            self._channel(event)
        out, self._out = self._out, []
        return out

    def close(self) -> list[Row | Anomaly]:
        """What is still pending, decided as well as can be."""
        for stay in [stay for stay in self._stays.values() if stay.left is not None or stay.gone]:
            self._decide(stay)
        out, self._out = self._out, []
        return out

    def _table(self) -> dict[str, Callable[[AmiEvent], None]]:
        return {
            "Newchannel": self._new_channel,
            "Newexten": self._step,
            "VarSet": self._variable,
            "HangupRequest": self._hangup_requested,
            "Hangup": self._hangup,
            "QueueCallerJoin": self._join,
            "QueueCallerAbandon": self._abandon,
            "QueueCallerLeave": self._leave,
            "AgentCalled": self._called,
            "AgentRingNoAnswer": self._no_answer,
            "AgentDump": self._dump,
            "DialEnd": self._dial_end,
            "AgentConnect": self._connect,
            "AgentComplete": self._complete,
            "BlindTransfer": self._blind_transfer,
            "AttendedTransfer": self._attended_transfer,
            "QueueMemberAdded": lambda event: self._member(event, Verb.ADDMEMBER),
            "QueueMemberRemoved": lambda event: self._member(event, Verb.REMOVEMEMBER),
            "QueueMemberPause": self._pause,
            "QueueMemberPaused": self._pause,
            "FullyBooted": self._fully_booted,
            "Shutdown": self._shut_down,
        }

    # -- channels ----------------------------------------------------------------------------------

    def _channel(self, event: AmiEvent) -> _Channel:
        uniqueid = event.get("Uniqueid")
        channel = self._channels.get(uniqueid)
        if channel is None:
            channel = self._channels[uniqueid] = _Channel()
            if len(self._channels) > REMEMBERED_CHANNELS:
                self._channels.popitem(last=False)
        return channel

    def _new_channel(self, event: AmiEvent) -> None:
        self._calls_are_told = True
        self._channel(event)

    def _step(self, event: AmiEvent) -> None:
        """A step of the dialplan: which queue a channel is about to enter, which key led it out of one."""
        channel = self._channel(event)
        channel.exten = event.get("Extension") or event.get("Exten")
        if event.get("Application") == "Queue":
            channel.queue = clean(event.get("AppData").split(",")[0])
        stay = self._stays.get(event.get("Uniqueid"))
        if stay is not None and stay.gone and stay.abandoned is None:
            self._decide(stay)

    def _variable(self, event: AmiEvent) -> None:
        channel = self._channel(event)
        if event.get("Variable") != "QUEUESTATUS" or not event.get("Value"):
            return
        self._reasons_are_told = True
        status, uniqueid = event.get("Value"), event.get("Uniqueid")
        stay = self._stays.get(uniqueid)
        if status in _REFUSALS and stay is None:
            number = clean(event.get("CallerIDNum"))
            self._row(uniqueid, channel.queue, NONE, _REFUSALS[status], (number,))
        elif status in _EXITS and stay is not None:
            self._exit(stay, _EXITS[status])

    def _hangup_requested(self, event: AmiEvent) -> None:
        self._channel(event).hung_up = self._now or Moment(0, 0)

    def _hangup(self, event: AmiEvent) -> None:
        uniqueid = event.get("Uniqueid")
        stay = self._stays.get(uniqueid)
        if stay is not None:
            stay.gone, stay.left = True, stay.left or self._now
            self._channel(event).hung_up = self._now or Moment(0, 0)
            self._decide(stay)
        talk = self._talks.pop(uniqueid, None)
        if talk is not None:
            self._row(talk.uniqueid, talk.queue, talk.member, Verb.RELEASED, (uniqueid,))

    # -- the stay in the queue ---------------------------------------------------------------------

    def _join(self, event: AmiEvent) -> None:
        uniqueid, queue = event.get("Uniqueid"), event.get("Queue")
        if not self._believed(event):
            return
        former = self._stays.get(uniqueid)
        if former is not None:
            if not former.gone and former.queue == queue:
                return self._odd(AnomalyKind.DUPLICATE, event)
            self._decide(former)
        self._stays[uniqueid] = _Stay(queue, uniqueid, event.get("Position"))
        self._channel(event).queue = queue
        data = ("", clean(event.get("CallerIDNum")), event.get("Position") or "0")
        self._row(uniqueid, queue, NONE, Verb.ENTERQUEUE, data)
        return None

    def _believed(self, event: AmiEvent) -> bool:
        """A queue event counts only for a queue that exists and a channel that was heard of."""
        if self._queues is not None and event.get("Queue") not in self._queues:
            self._odd(AnomalyKind.UNKNOWN_QUEUE, event)
            return False
        uniqueid = event.get("Uniqueid")
        if self._calls_are_told and uniqueid not in self._channels and self._is_younger(uniqueid):
            self._odd(AnomalyKind.UNKNOWN_CHANNEL, event)
            return False
        return True

    def _is_younger(self, uniqueid: str) -> bool:
        """Whether the channel began after this source did, so that its beginning should be in it."""
        if not self._channels:
            return False
        first = next(iter(self._channels))
        return _age(uniqueid) > _age(first)

    def _abandon(self, event: AmiEvent) -> None:
        stay = self._stays.get(event.get("Uniqueid"))
        if stay is not None and stay.queue == event.get("Queue"):
            stay.abandoned = stay.abandoned or event
        elif stay is None and event.get("Uniqueid") not in self._channels and self._believed(event):
            # It joined before the source began.
            self._stays[event.get("Uniqueid")] = _Stay(
                event.get("Queue"), event.get("Uniqueid"), event.get("Position"), abandoned=event
            )

    def _leave(self, event: AmiEvent) -> None:
        stay = self._stays.get(event.get("Uniqueid"))
        if stay is None or stay.queue != event.get("Queue"):
            return
        stay.left, stay.gone = stay.left or self._now, True
        channel = self._channels.get(stay.uniqueid)
        if stay.abandoned is not None and channel is not None and channel.hung_up is not None:
            self._decide(stay)

    def _decide(self, stay: _Stay) -> None:
        """Why the caller left, when nothing more will tell."""
        if not stay.gone and stay.abandoned is None:
            self._stays.pop(stay.uniqueid, None)
            return
        channel = self._channels.get(stay.uniqueid, _Channel())
        if stay.abandoned is None and channel.hung_up is None:
            self._exit(stay, Verb.EXITWITHKEY)
        elif channel.hung_up is not None or self._reasons_are_told or stay.abandoned is None:
            self._exit(stay, Verb.ABANDON)
        else:
            self._exit(stay, Verb.EXITWITHTIMEOUT)

    def _exit(self, stay: _Stay, verb: Verb) -> None:
        self._stays.pop(stay.uniqueid, None)
        told = stay.abandoned
        places = (told.get("Position"), told.get("OriginalPosition"), told.get("HoldTime")) if told else ()
        key = self._channels.get(stay.uniqueid, _Channel()).exten[:1]
        data = (key, *(places or ("", ""))) if verb is Verb.EXITWITHKEY else (places or ("",))
        at = told.timestamp_us if told else None
        self._row(stay.uniqueid, stay.queue, NONE, verb, data, Moment.exact(at) if at else stay.left)

    # -- offers and talks --------------------------------------------------------------------------

    def _called(self, event: AmiEvent) -> None:
        if event.get("Uniqueid") in self._stays:
            self._about(event, Verb.OFFERED, (event.get("DestUniqueid"),))

    def _no_answer(self, event: AmiEvent) -> None:
        self._about(event, Verb.RINGNOANSWER, (event.get("RingTime") or "0",))

    def _dump(self, event: AmiEvent) -> None:
        self._answers.pop(event.get("DestUniqueid"), None)
        self._about(event, Verb.AGENTDUMP, ())

    def _dial_end(self, event: AmiEvent) -> None:
        if event.get("DialStatus") == "ANSWER" and event.get("Uniqueid") in self._stays:
            self._answers[event.get("DestUniqueid")] = self._now
            if len(self._answers) > REMEMBERED_CHANNELS:
                self._answers.popitem(last=False)

    def _connect(self, event: AmiEvent) -> None:
        uniqueid, phone = event.get("Uniqueid"), event.get("DestUniqueid")
        if phone in self._talks or not self._believed(event):
            return self._odd(AnomalyKind.DUPLICATE, event)
        at = self._answers.pop(phone, None) or self._now
        stay = self._stays.pop(uniqueid, None)
        channel = self._channels.get(uniqueid)
        if stay is not None and channel is not None and channel.hung_up is not None:
            # Asterisk goes on with the member's subroutine after the caller is gone: no answer.
            stay.left, stay.gone = channel.hung_up, True
            return self._exit(stay, Verb.ABANDON)
        self._talks[phone] = _Talk(event.get("Queue"), uniqueid, event.get("MemberName"), phone)
        data = (event.get("HoldTime"), phone, event.get("RingTime"))
        return self._about(event, Verb.CONNECT, data, at)

    def _complete(self, event: AmiEvent) -> None:
        talk = self._talk_of(event)
        uniqueid = event.get("Uniqueid") or (talk.uniqueid if talk else "")
        if not uniqueid:
            return self._odd(AnomalyKind.ORPHAN, event)
        hold, length, reason = event.get("HoldTime"), event.get("TalkTime"), event.get("Reason")
        verb = _COMPLETED.get(reason, Verb.COMPLETECALLER)
        data: tuple[str, ...] = (hold, length, "")
        if reason == "transfer":
            verb, target = self._transfers.pop(uniqueid, (Verb.BLINDTRANSFER, ("", "")))
            data = (*target, hold, length, "")
        self._row(uniqueid, event.get("Queue"), event.get("MemberName"), verb, data)
        return None

    def _talk_of(self, event: AmiEvent) -> _Talk | None:
        """AgentComplete may come without the agent's channel, or after its hang-up."""
        queue, member = event.get("Queue"), event.get("MemberName")
        for talk in self._talks.values():
            if talk.queue == queue and talk.member == member:
                return talk
        return None

    # -- transfers ---------------------------------------------------------------------------------

    def _blind_transfer(self, event: AmiEvent) -> None:
        if event.get("Result", "Success") == "Success":
            target = (clean(event.get("Extension")), clean(event.get("Context")))
            self._note_transfer(event.get("TransfereeUniqueid"), Verb.BLINDTRANSFER, target)

    def _attended_transfer(self, event: AmiEvent) -> None:
        if event.get("Result", "Success") != "Success":
            return
        waiting, caller = event.get("SecondTransfererUniqueid"), event.get("TransfereeUniqueid")
        kind = event.get("DestType").upper()
        where = event.get("DestApp") or event.get("DestBridgeUniqueid")
        self._note_transfer(caller, Verb.ATTENDEDTRANSFER, (kind, clean(where)))
        stay = self._stays.get(waiting)
        if kind == "APP" and event.get("DestApp") == "Queue" and stay is not None and caller:
            self._row(waiting, stay.queue, NONE, Verb.IDENTITY, (caller,))
            del self._stays[waiting]
            stay.uniqueid = caller
            self._stays[caller] = stay

    def _note_transfer(self, uniqueid: str, verb: Verb, target: tuple[str, ...]) -> None:
        self._transfers[uniqueid] = (verb, target)
        if len(self._transfers) > REMEMBERED_CHANNELS:
            self._transfers.popitem(last=False)

    # -- members and boots -------------------------------------------------------------------------

    def _member(self, event: AmiEvent, verb: Verb) -> None:
        self._row("NONE", event.get("Queue"), event.get("MemberName"), verb, ())

    def _pause(self, event: AmiEvent) -> None:
        verb = Verb.PAUSE if event.get("Paused") == "1" else Verb.UNPAUSE
        reason = event.get("PausedReason") or event.get("Reason")
        self._row("NONE", event.get("Queue"), event.get("MemberName"), verb, (clean(reason),))

    def _fully_booted(self, event: AmiEvent) -> None:
        """Each log-in tells the uptime: less of it than time passed means another boot."""
        uptime = event.get("Uptime")
        if self._now is None or not uptime.isdigit():
            return
        now_us = self._now.latest_us
        booted_us = now_us - int(uptime) * MICROSECONDS
        if self._booted is not None and booted_us > self._booted[0] + 2 * MICROSECONDS:
            self._row(NONE, NONE, NONE, Verb.QUEUESTART, ())
        self._booted = (booted_us, now_us)

    def _shut_down(self, event: AmiEvent) -> None:
        del event
        self.close_pending()
        self._row(NONE, NONE, NONE, Verb.QUEUESTART, ())

    def close_pending(self) -> None:
        """Decide every exit that waits for its reason."""
        for stay in [stay for stay in self._stays.values() if stay.gone]:
            self._decide(stay)
        self._stays.clear()

    # -- rows --------------------------------------------------------------------------------------

    def _about(self, event: AmiEvent, verb: Verb, data: tuple[str, ...], at: Moment | None = None) -> None:
        if self._queues is None or event.get("Queue") in self._queues:
            self._row(event.get("Uniqueid"), event.get("Queue"), event.get("MemberName"), verb, data, at)

    def _row(
        self, callid: str, queue: str, agent: str, verb: Verb, data: tuple[str, ...], at: Moment | None = None
    ) -> None:
        self._out.append(Row(self._position, at or self._now, callid, queue, clean(agent), verb, data))

    def _odd(self, kind: AnomalyKind, event: AmiEvent) -> None:
        told = "|".join(
            (
                event.name,
                event.get("Queue"),
                event.get("Uniqueid"),
                event.get("MemberName"),
                event.get("CallerIDNum"),
            )
        )
        self._out.append(Anomaly(kind, self._position, self._now, clean(told)))


def _age(uniqueid: str) -> tuple[int, int]:
    """The second and the counter in `[system-]second.counter`; (0, 0) for a name of another form."""
    second, _, counter = uniqueid.rpartition("-")[2].partition(".")
    if second.isdigit() and counter.isdigit():
        return int(second), int(counter)
    return 0, 0
