"""What each telephone saw of each call, gathered from the traces while they grow. Pure.

A leg is one SIP dialog: the caller's with the centre, or the centre's with an agent's phone. The first message of a
kind counts; whatever is sent again is the same message.
"""

from dataclasses import dataclass, field

from callcenter.instants import MICROSECONDS
from troncal.simulator.trace import TracedMessage

# Asterisk's Answer() waits for the telephone's first sound, but not longer.
ANSWER_WAITS_US = MICROSECONDS // 2


@dataclass(slots=True)
class CallerLeg:
    """The caller's telephone. `refused_status` is the SIP status of a call that was not let in."""

    call_id: str
    caller: str
    line: str
    sent_us: int
    connected_us: int | None = None
    spoke_us: int | None = None
    refused_status: int = 0
    ended_us: int | None = None
    hung_up: bool = False
    sound: tuple[str, int] | None = None

    def hear(self, message: TracedMessage) -> None:
        """Take in one message of this call."""
        if message.method == "INVITE" and message.status >= 300:
            self.refused_status = self.refused_status or message.status
        elif message.method == "INVITE" and message.status >= 200 and self.connected_us is None:
            self.connected_us, self.sound = message.at_us, message.sound
        elif message.method == "BYE" and message.is_request and self.ended_us is None:
            self.ended_us, self.hung_up = message.at_us, message.sent

    @property
    def is_mute(self) -> bool:
        """No sound has gone out yet, and the call goes on."""
        return self.spoke_us is None and self.ended_us is None

    @property
    def entered_us(self) -> int | None:
        """When the centre went on with the call: a telephone's sound may be late on a busy machine."""
        if self.connected_us is None or self.spoke_us is None:
            return self.connected_us
        return min(self.spoke_us, self.connected_us + ANSWER_WAITS_US)


@dataclass(slots=True)
class PhoneLeg:
    """An agent's phone. `reply` is the final SIP status it sent, 0 as long as it rings."""

    call_id: str
    extension: str
    caller: str
    rang_us: int
    reply: int = 0
    replied_us: int | None = None
    cancelled_us: int | None = None
    refers_us: int | None = None
    refers_to: str = ""
    transferred: bool = False
    ended_us: int | None = None
    hung_up: bool = False
    sound: tuple[str, int] | None = None

    def hear(self, message: TracedMessage) -> None:
        """Take in one message of this call."""
        if message.is_request:
            self._hear_request(message)
        elif message.method == "INVITE" and message.sent and message.status >= 200 and not self.reply:
            self.reply, self.replied_us = message.status, message.at_us
        elif message.method == "REFER" and message.status // 100 == 2:
            self.transferred = True

    def _hear_request(self, message: TracedMessage) -> None:
        if message.method == "CANCEL" and self.cancelled_us is None:
            self.cancelled_us = message.at_us
        elif message.method == "REFER" and self.refers_us is None:
            self.refers_us, self.refers_to = message.at_us, message.refer_to
        elif message.method == "BYE" and self.ended_us is None:
            self.ended_us, self.hung_up = message.at_us, message.sent

    @property
    def answered_us(self) -> int | None:
        """When the agent answered; None when the caller or the centre had cancelled, even if it crossed."""
        return self.replied_us if self.reply == 200 and self.cancelled_us is None else None

    @property
    def is_over(self) -> bool:
        """Nothing more is to come of this leg."""
        return self.ended_us is not None or self.cancelled_us is not None or self.reply >= 300


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the simulation is, in calls. `ended` counts every call that is over, answered or not."""

    planned: int
    begun: int
    answered: int
    abandoned: int
    ended: int


@dataclass(slots=True)
class Legs:
    """All legs so far, by Call-ID."""

    callers: dict[str, CallerLeg] = field(default_factory=dict)
    phones: dict[str, PhoneLeg] = field(default_factory=dict)

    def hear_caller(self, message: TracedMessage) -> CallerLeg | None:
        """Take in a message of the callers' trace; gives the leg it belongs to."""
        if message.call_id not in self.callers and message.method == "INVITE" and message.is_request:
            leg = CallerLeg(message.call_id, message.caller, message.dialled, message.at_us)
            self.callers[message.call_id] = leg
        leg_of = self.callers.get(message.call_id)
        if leg_of is not None:
            leg_of.hear(message)
        return leg_of

    def hear_phone(self, message: TracedMessage) -> PhoneLeg | None:
        """Take in a message of the agents' trace; gives the leg it belongs to."""
        if message.call_id not in self.phones and message.method == "INVITE" and message.is_request:
            leg = PhoneLeg(message.call_id, message.dialled, message.caller, message.at_us)
            leg.sound = message.sound
            self.phones[message.call_id] = leg
        leg_of = self.phones.get(message.call_id)
        if leg_of is not None:
            leg_of.hear(message)
        return leg_of

    def caller_leg(self, caller: str) -> CallerLeg | None:
        """The leg of the caller with this number."""
        return next((leg for leg in self.callers.values() if leg.caller == caller), None)

    def progress(self, planned: int) -> Progress:
        """Counts for a screen."""
        answered = {leg.caller for leg in self.phones.values() if leg.answered_us is not None}
        ended = [leg for leg in self.callers.values() if leg.ended_us is not None or leg.refused_status]
        abandoned = sum(1 for leg in ended if leg.hung_up and leg.caller not in answered)
        return Progress(planned, len(self.callers), len(answered), abandoned, len(ended))
