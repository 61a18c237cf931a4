"""Follows SIPp's traces: signals to callers that an agent answered, and keeps conversations from being mute."""

import asyncio
import socket
from dataclasses import dataclass, field
from pathlib import Path

from callcenter.clock import now_us
from troncal.simulator.legs import Legs, PhoneLeg
from troncal.simulator.trace import TracedMessage, TraceReader
from troncal.simulator.wire import SilenceSender, heard_agent

LISTEN_SECONDS = 0.01
SILENCE_SECONDS = 5.0


@dataclass(slots=True)
class TraceTail:
    """A trace that is still being written."""

    path: Path
    _reader: TraceReader = field(default_factory=TraceReader)
    _position: int = 0

    def news(self) -> list[TracedMessage]:
        """The messages since the last time."""
        with self.path.open("rb") as trace:
            trace.seek(self._position)
            piece = trace.read()
        self._position += len(piece)
        return self._reader.feed(piece)


@dataclass(slots=True)
class TraceListener:
    """Both traces, and what is to be done about them. `callers_address` is where the callers' SIPp listens.

    A telephone sends sound as soon as it is connected, and Asterisk's Answer() waits for that up to half a second
    before the caller joins the queue: so the first silence goes out at once.
    """

    callers: TraceTail
    phones: TraceTail
    callers_address: tuple[str, int]
    callers_sound: SilenceSender
    phones_sound: SilenceSender
    legs: Legs = field(default_factory=Legs)
    _signalled: set[str] = field(default_factory=set)
    _rest: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Until cancelled."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as signals:
            while True:
                self.catch_up(signals)
                await asyncio.sleep(LISTEN_SECONDS)

    def catch_up(self, signals: socket.socket | None = None) -> None:
        """Take in what the traces have; with a socket, signal to callers that an agent has answered."""
        for message in self.callers.news():
            caller = self.legs.hear_caller(message)
            if caller is not None and caller.sound and caller.is_mute:
                caller.spoke_us = now_us()
                self.callers_sound.send_silence([caller.sound])
        for message in self.phones.news():
            phone = self.legs.hear_phone(message)
            if phone is not None and signals is not None:
                self._signal(phone, signals)
        if all(leg.is_over for leg in self.legs.phones.values()):
            self._rest.set()
        else:
            self._rest.clear()

    def _signal(self, phone: PhoneLeg, signals: socket.socket) -> None:
        if phone.answered_us is None or phone.call_id in self._signalled:
            return
        self._signalled.add(phone.call_id)
        caller = self.legs.caller_leg(phone.caller)
        if caller is not None:
            signals.sendto(heard_agent(caller), self.callers_address)

    async def keep_sound(self) -> None:
        """Until cancelled: silence to every conversation that goes on."""
        while True:
            callers = [leg for leg in self.legs.callers.values() if leg.ended_us is None]
            phones = [leg for leg in self.legs.phones.values() if not leg.is_over]
            self.callers_sound.send_silence([leg.sound for leg in callers if leg.sound])
            self.phones_sound.send_silence([leg.sound for leg in phones if leg.sound])
            await asyncio.sleep(SILENCE_SECONDS)

    async def until_phones_rest(self) -> None:
        """Until no phone rings or is connected any more; `listen` has to run meanwhile."""
        await self._rest.wait()
