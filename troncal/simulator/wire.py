"""The simulator's own datagrams: whether a SIP server answers, that a caller hears an agent, and silence as sound."""

import asyncio
import socket
import struct
from dataclasses import dataclass

from troncal.simulator.legs import CallerLeg

PCMA = 8
SILENCE = b"\xd5" * 160
PROBE_TRIES, PROBE_SECONDS = 6, 0.5


def options_request(target: tuple[str, int], own: tuple[str, int]) -> bytes:
    """A SIP OPTIONS, which every SIP server answers in some way."""
    here = f"{own[0]}:{own[1]}"
    lines = (
        f"OPTIONS sip:{target[0]}:{target[1]} SIP/2.0",
        f"Via: SIP/2.0/UDP {here};branch=z9hG4bKprobe{own[1]}",
        f"From: <sip:probe@{here}>;tag=probe",
        f"To: <sip:{target[0]}:{target[1]}>",
        f"Call-ID: probe-{own[1]}@{own[0]}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:probe@{here}>",
        "Max-Forwards: 70",
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", "")).encode()


def heard_agent(leg: CallerLeg) -> bytes:
    """A signal to a caller's telephone that the caller now hears an agent."""
    lines = (
        f"INFO sip:{leg.caller}@simulator SIP/2.0",
        f"Via: SIP/2.0/UDP simulator;branch=z9hG4bKheard{leg.call_id}",
        f"From: <sip:{leg.line}@simulator>;tag=agent",
        f"To: <sip:{leg.caller}@simulator>",
        f"Call-ID: {leg.call_id}",
        "CSeq: 900 INFO",
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", "")).encode()


async def is_answering(target: tuple[str, int], own_host: str) -> bool:
    """Whether a SIP server answers there, asked several times over three seconds."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.setblocking(False)
        asker.bind((own_host, 0))
        asker.connect(target)
        for _ in range(PROBE_TRIES):
            try:
                asker.send(options_request(target, asker.getsockname()))
                async with asyncio.timeout(PROBE_SECONDS):
                    await loop.sock_recv(asker, 2048)
                return True
            except ConnectionRefusedError:
                await asyncio.sleep(PROBE_SECONDS)
            except TimeoutError:
                continue
    return False


@dataclass(slots=True)
class SilenceSender:
    """The telephones' ends of all conversations, at one address: sends a packet of silence to each now and then.

    Asterisk ends a call that has been mute for its rtp_timeout (30 s); what it sends here is not read.
    """

    host: str
    _socket: socket.socket
    _count: int = 0

    @classmethod
    def open(cls, host: str) -> "SilenceSender":
        """On a port that the system gives."""
        endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        endpoint.setblocking(False)
        endpoint.bind((host, 0))
        return cls(host, endpoint)

    @property
    def port(self) -> int:
        """The UDP port for the telephones' session descriptions."""
        port: int = self._socket.getsockname()[1]
        return port

    def send_silence(self, peers: list[tuple[str, int]]) -> None:
        """One packet to each."""
        self._count += 1
        for peer in peers:
            header = struct.pack("!BBHII", 0x80, PCMA, self._count & 0xFFFF, self._count * 160, peer[1])
            self._send(header + SILENCE, peer)

    def _send(self, packet: bytes, peer: tuple[str, int]) -> None:
        try:
            self._socket.sendto(packet, peer)
        except (BlockingIOError, ConnectionRefusedError):
            # Silence lost on the way is still silence; the next packet follows.
            return

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
