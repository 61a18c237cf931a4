"""A hundred callers in the menus at once: does the sound come in time, and how soon after a key."""

import asyncio
import socket
import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import uvloop

from callcenter.centre.file import load
from callcenter.clock import now_us
from callcenter.instants import MICROSECONDS
from troncal.bench.calls import STATE, own_settings
from troncal.bench.figures import Figure, Target, median, percentile
from troncal.bench.worker import Control, Worker
from troncal.installation import programs
from troncal.installation.ownership import owned
from troncal.processes.up import RunningCentre, centre_up
from troncal.simulator.sipp import Sipp, SippRole, free_port

CALLERS, LINE, TRUNK = 100, "104", "127.0.0.2"
CALLS_A_SECOND = 25
LISTEN_SECONDS, QUICK_SECONDS = 45.0, 20.0
SILENT_US = 500_000
# Asterisk sends a packet each 20 ms; what comes more than this after its time is heard as a gap.
LATE_MS = 100.0
PACKET_MS = 20
ANSWERS_WITHIN, LATE_SHARE = Target(300, "ms"), Target(0.1, "%")
_HEAD = struct.Struct("!BBHII")
_HASH, _EVENT, _SOUND = 11, 101, 8
_SILENCE = b"\xd5" * 160


async def measure(*, quick: bool) -> list[Figure]:
    """Lateness of the prompts' packets, and the time from a key to the first packet of what it leads to."""
    seconds = QUICK_SECONDS if quick else LISTEN_SECONDS
    with (
        tempfile.TemporaryDirectory(prefix="troncal-bench-", ignore_cleanup_errors=True) as folder,
        owned(Path(folder) / STATE) as owner,
    ):
        settings = own_settings(Path(folder))
        async with (
            centre_up(owner, settings, load(settings.centre), lambda _text: None, demo_data=True) as running,
            Worker(listen, TRUNK, seconds) as hearing,
        ):
            port = await hearing.word(20)
            callers = await _call(running, Path(folder), int(str(port)), seconds)
            lateness, answers, streams = await hearing.result(seconds + 60)
            await callers.finish()
    if streams < CALLERS:
        raise RuntimeError(f"only {streams} of {CALLERS} callers heard anything")
    return _figures(lateness, answers)


def _figures(lateness: list[float], answers: list[float]) -> list[Figure]:
    who = f"{CALLERS} callers in the menus"
    late = 100 * sum(each > LATE_MS for each in lateness) / len(lateness)
    return [
        Figure(f"{who}: key to the first sound of what follows, median of {len(answers)}", median(answers), "ms"),
        Figure(f"{who}: the same, p99", percentile(answers, 0.99), "ms", target=ANSWERS_WITHIN),
        Figure(f"{who}: sound after its time, p99.9 of {len(lateness):,} packets", percentile(lateness, 0.999), "ms"),
        Figure(f"{who}: packets more than {LATE_MS:.0f} ms late", late, "%", target=LATE_SHARE),
    ]


async def _call(running: RunningCentre, folder: Path, sound_port: int, seconds: float) -> Sipp:
    where = running.places.running()
    rows = [f"{70_000_000 + number};{LINE};{int(seconds * 1000)}" for number in range(CALLERS)]
    (folder / "listeners.csv").write_text("\n".join(["SEQUENTIAL", *rows, ""]), encoding="utf-8")
    options = ("-inf", "listeners.csv", "-m", str(CALLERS), "-l", str(CALLERS), "-r", str(CALLS_A_SECOND))
    role = SippRole("listeners", TRUNK, free_port(TRUNK), options, {"sound_port": str(sound_port)})
    target = f"{where.sip_host}:{where.sip_port}"
    return await Sipp.start(programs.sipp(), target, role, folder)


# -- the callers' side, in a process of their own ------------------------------------------------------


def listen(control: Control, host: str, seconds: float) -> tuple[list[float], list[float], int]:
    """Listen for all callers at one port: lateness of each packet and answers to keys in ms, and how many streams."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_listen(control, host, seconds))


async def _listen(control: Control, host: str, seconds: float) -> tuple[list[float], list[float], int]:
    listener = MenuListener()
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    endpoint.bind((host, 0))
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: listener, sock=endpoint)
    control.say(endpoint.getsockname()[1])
    try:
        async with asyncio.timeout(seconds + CALLERS / CALLS_A_SECOND):
            await listener.press_keys()
    except TimeoutError:
        pass
    finally:
        transport.close()
    return listener.lateness, listener.answers, len(listener.streams)


@dataclass(slots=True)
class Stream:
    """What one caller hears. `base_us`: when a packet of time stamp 0 of this burst of sound would have come."""

    heard_us: int
    base_us: int
    key_us: int = 0
    sequence: int = 0


@dataclass(slots=True)
class MenuListener(asyncio.DatagramProtocol):
    """Every caller's stream by the port it comes from. In silence, presses # to hear the menu again."""

    lateness: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    streams: dict[tuple[str, int], Stream] = field(default_factory=dict)
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The port is open."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One packet of sound: 20 ms."""
        at_us = now_us()
        if len(data) < _HEAD.size:
            return
        _, kind, _, stamp, _ = _HEAD.unpack_from(data)
        expected_us = stamp * (MICROSECONDS // 8000)
        stream = self.streams.get(addr)
        if stream is None or kind & 0x80 or at_us - stream.heard_us > SILENT_US:
            self._begins(addr, stream, at_us, expected_us)
        else:
            # The earliest packet of a burst is the measure of the others.
            stream.base_us = min(stream.base_us, at_us - expected_us)
            self.lateness.append((at_us - expected_us - stream.base_us) / 1000)
            stream.heard_us = at_us

    def _begins(self, addr: tuple[str, int], stream: Stream | None, at_us: int, expected_us: int) -> None:
        if stream is None:
            self.streams[addr] = Stream(at_us, at_us - expected_us)
            return
        if stream.key_us:
            self.answers.append((at_us - stream.key_us) / 1000)
        stream.heard_us, stream.base_us, stream.key_us = at_us, at_us - expected_us, 0

    async def press_keys(self) -> None:
        """For ever: a caller who has heard nothing for half a second presses #."""
        async with asyncio.TaskGroup() as keys:
            while True:
                for addr, stream in self.streams.items():
                    if not stream.key_us and now_us() - stream.heard_us > SILENT_US:
                        stream.key_us = now_us()
                        keys.create_task(self._press(addr, stream))
                await asyncio.sleep(PACKET_MS / 1000)

    async def _press(self, addr: tuple[str, int], stream: Stream) -> None:
        stamp = stream.sequence * 160
        for step in range(1, 9):
            ends = step > 5
            event = struct.pack("!BBH", _HASH, (0x80 if ends else 0) | 10, min(step, 6) * 160)
            self._send(addr, stream, _EVENT | (0x80 if step == 1 else 0), stamp, event)
            if step == 6:
                stream.key_us = now_us()
            await asyncio.sleep(PACKET_MS / 1000)
        stream.sequence += 8
        self._send(addr, stream, _SOUND, stream.sequence * 160, _SILENCE)

    def _send(self, addr: tuple[str, int], stream: Stream, kind: int, stamp: int, payload: bytes) -> None:
        stream.sequence += 1
        if self.transport is not None:
            head = _HEAD.pack(0x80, kind, stream.sequence & 0xFFFF, stamp & 0xFFFFFFFF, addr[1])
            self.transport.sendto(head + payload, addr)
