"""Callers' stays in queues as AMI tells them, until the reason of the exit is known. Pure.

The reason comes after the exit: in QUEUESTATUS, in the hang-up, or in what the channel does next. Until then the
exit is pending.
"""

from ami_bridge.feeds.file import clean
from ami_bridge.ledger.rows import NONE, Verb
from ami_bridge.transcript_belief import Belief
from ami_bridge.transcript_channels import Channel, Channels
from ami_bridge.transcript_reasons import KEYS, OUT_OF_ORDER, Stay, has_moved, hung_up, likeliest, place_of
from ami_bridge.transcript_refusals import REFUSALS, Refusals
from ami_bridge.transcript_writer import RowWriter, number_in
from ami_bridge.wire.items import AmiEvent
from callcenter.calls import AnomalyKind
from callcenter.clock import MICROSECONDS
from callcenter.moments import Moment

DECIDED_AFTER_US = 5 * MICROSECONDS
DECIDED_AFTER_EVENTS = 2_000
_SAME_EXIT_US = MICROSECONDS // 50
_VACATED_FOR_US = 600 * MICROSECONDS
_EXITS = {
    "TIMEOUT": Verb.EXITWITHTIMEOUT,
    "LEAVEEMPTY": Verb.EXITEMPTY,
    "LEAVEUNAVAIL": Verb.EXITEMPTY,
    "WITHDRAW": Verb.WITHDRAW,
}


class Stays:
    """The callers who wait, and those whose exit is pending."""

    def __init__(self, writer: RowWriter, channels: Channels, queues: frozenset[str] | None) -> None:
        self._writer, self._channels = writer, channels
        self.belief = Belief(writer, channels, queues)
        self.refusals = Refusals(writer, channels)
        self._stays: dict[str, Stay] = {}
        self._pending: dict[str, Stay] = {}
        self._unseen_answers: list[Stay] = []
        self.reasons_are_told = False

    def __len__(self) -> int:
        return len(self._stays)

    def of(self, uniqueid: str) -> Stay | None:
        """The stay of a channel."""
        return self._stays.get(uniqueid)

    # -- joining -----------------------------------------------------------------------------------

    def join(self, event: AmiEvent) -> None:
        """QueueCallerJoin."""
        uniqueid, queue = event.get("Uniqueid"), event.get("Queue")
        if not uniqueid or not self.belief.is_believed(event):
            return
        former = self._stays.get(uniqueid)
        again = former is not None and not former.is_over and former.queue == queue
        if again and former is not None and former.joined == self._writer.now:
            return self._writer.odd(AnomalyKind.DUPLICATE, event)
        if former is not None and not self._came_late(former, event):
            self._decide(former, rejoined=True)
            former = None
        self._stays[uniqueid] = former or Stay(queue, uniqueid, self._writer.now, place_of(event))
        self.refusals.note_joining(event)
        channel = self._channels.learn(uniqueid)
        channel.queue, channel.next_queue = queue, ""
        data = ("", number_in(event), event.get("Position") or "0")
        self._writer.row(uniqueid, queue, NONE, Verb.ENTERQUEUE, data)
        return None

    def _came_late(self, stay: Stay, event: AmiEvent) -> bool:
        """Whether this is the joining of a stay whose end was told before it."""
        told = stay.abandoned.timestamp_us if stay.abandoned is not None else None
        own = event.timestamp_us
        return stay.joined is None and stay.queue == event.get("Queue") and bool(told and own and own <= told)

    def heard_of(self, uniqueid: str) -> None:
        """A channel is known now: a joining that was doubted before is believed after all."""
        event = self.belief.no_longer_doubted(uniqueid)
        if event is not None:
            now = self._writer.now
            if event.timestamp_us is not None:
                self._writer.now = Moment.exact(event.timestamp_us)
            self.join(event)
            self._writer.now = now

    def begun_before(self, event: AmiEvent) -> None:
        """A caller who joined before the source began: what is known is the number."""
        number = number_in(event)
        if number and event.get("Uniqueid") not in self._stays:
            self._writer.row(event.get("Uniqueid"), event.get("Queue"), NONE, Verb.CALLER, (number,))

    # -- leaving -----------------------------------------------------------------------------------

    def abandon(self, event: AmiEvent) -> None:
        """QueueCallerAbandon: one of five reasons."""
        uniqueid = event.get("Uniqueid")
        stay = self._stays.get(uniqueid) or self._from_before(event)
        if stay is not None and stay.queue == event.get("Queue"):
            stay.abandoned = stay.abandoned or event
            stay.moved = stay.moved or has_moved(stay, event)
            self._after_the_exit(stay)

    def _from_before(self, event: AmiEvent) -> Stay | None:
        """The stay of a caller whose joining is not in the source; none where this is the end of the last one."""
        uniqueid, queue = event.get("Uniqueid"), event.get("Queue")
        channel = self._channels.get(uniqueid)
        if self._is_told(channel, queue) or not uniqueid or not self.belief.is_believed(event):
            return None
        waiting = [s for s in self._stays.values() if s.queue == queue and (s.vacated or not s.is_over)]
        if channel.talked and len(waiting) == 1:
            # The transfer that put this channel in the place of the waiting one was not told.
            self.take_over(waiting[0].uniqueid, uniqueid, number_in(event))
            return waiting[0]
        self.begun_before(event)
        if channel.last_queue == queue:
            self._entered_unseen(event, channel)
        stay = self._stays[uniqueid] = Stay(queue, uniqueid, None, place_of(event))
        if event.name == "QueueCallerLeave" and event.get("Exten") in KEYS:
            stay.moved, stay.exit_key = True, event.get("Exten")
        return stay

    def _is_told(self, channel: Channel, queue: str) -> bool:
        """Whether the channel's last exit was from this queue, and just now."""
        if channel.last_queue != queue or self._writer.position - channel.last_exit > OUT_OF_ORDER:
            return False
        now, at = self._writer.now, channel.last_exit_at
        return now is None or at is None or now.earliest_us - at.latest_us < _SAME_EXIT_US

    def _entered_unseen(self, event: AmiEvent, channel: Channel) -> None:
        """The channel was in this queue before: its second joining lies between that exit and now."""
        now, since = self._writer.now, channel.last_exit_at
        between = Moment(min(since.earliest_us, now.latest_us), now.latest_us) if now and since else now
        data = ("", number_in(event), "0")
        self._writer.row(event.get("Uniqueid"), channel.last_queue, NONE, Verb.ENTERQUEUE, data, between)

    def leave(self, event: AmiEvent) -> None:
        """QueueCallerLeave: the caller is out, answered or not."""
        stay = self._stays.get(event.get("Uniqueid")) or self._from_before(event)
        if stay is None or stay.queue != event.get("Queue"):
            return
        self._note_move(stay, event)
        self._over(stay)
        self._after_the_exit(stay)

    def _note_move(self, stay: Stay, event: AmiEvent) -> None:
        stay.moved = stay.moved or has_moved(stay, event)
        if stay.moved and event.get("Exten") in KEYS:
            stay.exit_key = event.get("Exten")

    def _over(self, stay: Stay) -> None:
        stay.left, stay.left_position = stay.left or self._writer.now, stay.left_position or self._writer.position
        self._pending[stay.uniqueid] = stay

    def _after_the_exit(self, stay: Stay) -> None:
        """With the hang-up or the redirect known there is nothing to wait for."""
        if (
            stay.is_over
            and stay.abandoned is not None
            and (stay.moved or hung_up(stay, self._channels.get(stay.uniqueid)))
        ):
            self._decide(stay)

    def status(self, event: AmiEvent) -> None:
        """VarSet QUEUESTATUS: the reason, where the source tells it."""
        status, uniqueid = event.get("Value"), event.get("Uniqueid")
        stay = self._stays.get(uniqueid)
        if status in _EXITS and stay is not None:
            self._exit(stay, _EXITS[status])
        elif status in REFUSALS:
            if stay is not None and not stay.is_over:
                return self._writer.odd(AnomalyKind.CONTRADICTION, event)
            if stay is not None:
                self._decide(stay, rejoined=True)
            self.refusals.refused(event)
        return None

    def asked_to_end(self, uniqueid: str) -> None:
        """HangupRequest: the far end hung up."""
        stay = self._stays.get(uniqueid)
        if stay is not None:
            self._after_the_exit(stay)

    def stepped(self, uniqueid: str) -> None:
        """The channel went on in the dialplan: a caller who left without a reason left by a key."""
        stay = self._pending.get(uniqueid)
        if stay is not None and stay.abandoned is None:
            self._decide(stay)

    def hung_up(self, event: AmiEvent) -> None:
        """Hangup: the channel is gone."""
        uniqueid = event.get("Uniqueid")
        self.refusals.queue_is_known(uniqueid, "")
        stay = self._stays.get(uniqueid)
        if stay is not None:
            if not stay.is_over:
                self._note_move(stay, event)
                self._over(stay)
                asked = self._channels.get(uniqueid).asked_to_end
                stay.vacated = not (stay.exit_key or stay.abandoned or asked)
            if not stay.vacated:
                self._decide(stay)

    def answered(self, uniqueid: str, queue: str) -> Stay | None:
        """AgentConnect: the stay ended well."""
        stay = self._stays.get(uniqueid)
        if stay is not None and stay.queue != queue:
            self._decide(stay, rejoined=True)
            stay = None
        if stay is not None:
            self._drop(stay)
        return stay

    def exit_abandoned(self, stay: Stay, at: Moment) -> None:
        """The caller was gone before the answer."""
        stay.left = at
        self._exit(stay, Verb.ABANDON)

    def take_over(self, waiting: str, caller: str, number: str) -> str | None:
        """An attended transfer put `caller` in the place of `waiting`; the queue, None where nobody waits."""
        stay = self._stays.get(waiting)
        if stay is None or (stay.is_over and not stay.vacated):
            there = self._stays.get(caller)
            return there.queue if there is not None else None
        self._writer.row(waiting, stay.queue, NONE, Verb.IDENTITY, (caller, number))
        del self._stays[waiting]
        self._pending.pop(waiting, None)
        stay.uniqueid, stay.vacated, stay.left, stay.left_position = caller, False, None, 0
        self._stays[caller] = stay
        self._channels.learn(caller).queue = stay.queue
        return stay.queue

    # -- deciding ----------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Decide what has been pending for long enough."""
        if not self._pending:
            return
        for stay in [stay for stay in self._pending.values() if self._is_overdue(stay)]:
            self._decide(stay)

    def _is_overdue(self, stay: Stay) -> bool:
        if self._writer.position - stay.left_position > DECIDED_AFTER_EVENTS:
            return True
        now, left = self._writer.now, stay.left
        limit_us = _VACATED_FOR_US if stay.vacated else DECIDED_AFTER_US
        return now is not None and left is not None and now.earliest_us - left.latest_us > limit_us

    def take_unseen_answers(self) -> list[Stay]:
        """Stays that must have ended with an answer, though AgentConnect was not told."""
        unseen, self._unseen_answers = self._unseen_answers, []
        return unseen

    def close(self) -> None:
        """Nothing more will tell."""
        self.refusals.close()
        for stay in list(self._stays.values()):
            if stay.is_over or stay.abandoned is not None:
                self._decide(stay)

    def forget(self) -> None:
        """Asterisk stopped: pending exits are decided, who waits is cut off."""
        self.close()
        self._stays.clear()
        self._pending.clear()
        self.belief.forget()

    def _decide(self, stay: Stay, *, rejoined: bool = False) -> None:
        verb = likeliest(
            stay,
            self._channels.get(stay.uniqueid),
            rejoined=rejoined,
            reasons_are_told=self.reasons_are_told,
            ends_are_told=self._channels.ends_are_told,
        )
        if verb is None:
            self._drop(stay)
            self._unseen_answers += [stay] if stay.picked_up and stay.is_over else []
        else:
            self._exit(stay, verb)

    def _drop(self, stay: Stay) -> None:
        self._stays.pop(stay.uniqueid, None)
        self._pending.pop(stay.uniqueid, None)
        if self._channels.knows(stay.uniqueid):
            channel = self._channels.learn(stay.uniqueid)
            channel.last_queue, channel.last_exit = stay.queue, self._writer.position
            channel.last_exit_at = stay.left or self._writer.now

    def _exit(self, stay: Stay, verb: Verb) -> None:
        self._drop(stay)
        told = stay.abandoned
        places = (told.get("Position"), told.get("OriginalPosition"), told.get("HoldTime")) if told else ()
        data = (clean(stay.exit_key), *(places or ("", ""))) if verb is Verb.EXITWITHKEY else (places or ("",))
        at = told.timestamp_us if told else None
        self._writer.row(stay.uniqueid, stay.queue, NONE, verb, data, Moment.exact(at) if at else stay.left)
