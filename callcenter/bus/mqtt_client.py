"""One connection to an MQTT 5 broker: aiomqtt's client, mended where it loses hold of its socket.

aiomqtt runs paho on our loop. Its way has three holes:
- whatever paho wants to read or write, it asks the loop to watch the socket's number, in a later turn of the loop. By
  then the connection may be closed and its number nobody's, or another's (uvloop looks at the network in between);
- a connection that was given up before the broker answered stays open. A broker that hung answers when it goes on,
  and keeps that connection, with its will, for as long as both live;
- whoever is cancelled in the instant of a reply goes on (Python 3.11's `wait_for`), or leaves a future that is
  cancelled, and paho's callback raises.

And it keeps what has arrived in a queue without an end, from which each message is taken by a task of its own:
`arrivals` has an end, and wakes one task for all.
"""

import asyncio
import logging
import math
import socket
import ssl
import threading
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import aiomqtt
from aiomqtt.types import PahoSocket
from paho.mqtt.client import MQTTMessage
from paho.mqtt.enums import MessageType
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from callcenter.bus.arrivals import Arrivals
from callcenter.bus.wire import Parcel, WireCut

log = logging.getLogger(__name__)
T = TypeVar("T")

REFUSED = 0x80
_KEEPALIVE_SECONDS = 10
_CONNECT_SECONDS = 5.0
# Commands sent and not yet acknowledged.
_IN_FLIGHT = 50


@dataclass(frozen=True, slots=True)
class MqttAddress:
    """Where the broker is and who we are to it.

    A service with a will needs an `identifier` that stays the same across its restarts: then the broker ends
    a connection that hangs, and publishes its will, before the new one begins and not long after. A broker that has
    not accepted us after `connect_seconds` is away.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    identifier: str | None = None
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    connect_seconds: float = _CONNECT_SECONDS


class Client(aiomqtt.Client):
    """One connection: enter it once."""

    def __init__(self, address: MqttAddress, will: Parcel | None) -> None:
        super().__init__(
            address.host,
            address.port,
            username=address.username,
            password=address.password,
            identifier=address.identifier,
            tls_context=address.tls,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=None if will is None else aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
            clean_start=True,
            keepalive=_KEEPALIVE_SECONDS,
            timeout=address.connect_seconds,
            max_inflight_messages=_IN_FLIGHT,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
        self.arrivals = Arrivals()
        self.pending_calls_threshold = 1000
        self._loop_thread = threading.get_ident()
        self._given_up = False

    async def __aenter__(self) -> Self:
        """Connect. Raises MqttError; then, as when it is cancelled, nothing of the connection stays."""
        try:
            entered = await super().__aenter__()
            self._disconnected.add_done_callback(self._ended)
            return entered
        except BaseException:
            self._given_up = True
            self._client.disconnect()
            raise

    async def _wait_for(self, fut: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109
        """As aiomqtt's, but a cancellation that comes together with the reply is not lost."""
        seconds = self.timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(None if seconds == math.inf else seconds):
                return await fut
        except TimeoutError:
            raise aiomqtt.MqttError("Operation timed out") from None

    def hand_over(self, packets: bytes) -> None:
        """MQTT packets to be written now, in one go, whether or not they arrive.

        paho's `publish` writes each by itself and runs a callback for each (what that costs: `callcenter.bus.packets`).
        paho takes these bytes for a packet of a quality of service above 0, for which it runs no callback.
        """
        self._client._packet_queue(MessageType.PUBLISH, packets, 0, 1)
        self._write(self._client.socket())

    def _client_connect(self) -> None:
        """In a thread of its own, which goes on when nobody waits for it any more."""
        super()._client_connect()
        if self._given_up:
            self._loop.call_soon_threadsafe(self._client.disconnect)

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:  # noqa: ARG002
        self.arrivals.put(_parcel(message))

    def _ended(self, disconnected: "asyncio.Future[None]") -> None:
        reason = "cancelled" if disconnected.cancelled() else disconnected.exception() or "disconnected"
        self.arrivals.end(WireCut(f"the connection ended ({reason})"))

    def _on_publish(
        self, client: Any, userdata: Any, mid: int, reason_code: ReasonCode, properties: Properties
    ) -> None:
        """Says aloud what aiomqtt passes over: a publication that the broker's rights forbid."""
        if reason_code.value >= REFUSED:
            log.error("the broker refused a publication of %s: %s", self.identifier, reason_code)
        super()._on_publish(client, userdata, mid, reason_code, properties)

    def _on_socket_open(self, client: Any, userdata: Any, sock: PahoSocket) -> None:  # noqa: ARG002
        """paho has connected, in a thread of its own."""
        self._loop.call_soon_threadsafe(self._begin_reading, sock)

    def _begin_reading(self, sock: PahoSocket) -> None:
        """Read whenever something comes; nothing, if paho has closed the connection since."""
        if self._is_open(sock):
            self._loop.add_reader(sock.fileno(), self._read, sock)
            self._misc_task = self._loop.create_task(self._misc_loop())

    def _read(self, sock: PahoSocket) -> None:
        try:
            self._client.loop_read()
            while self._is_open(sock) and isinstance(sock, ssl.SSLSocket) and sock.pending():
                self._client.loop_read()
        except Exception as error:
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def _on_disconnect(
        self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Properties | None = None
    ) -> None:
        """Of a connection that was given up before the broker let it in, nobody waits for the end."""
        if not self._connected.cancelled():
            super()._on_disconnect(client, userdata, flags, reason_code, properties)

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: PahoSocket) -> None:  # noqa: ARG002
        """paho has something to write. The first time it asks from the thread that connects."""
        if threading.get_ident() == self._loop_thread:
            self._loop.call_soon(self._write, sock)
        else:
            self._loop.call_soon_threadsafe(self._write, sock)

    def _write(self, sock: PahoSocket) -> None:
        """Write at once, and ask for a call only when there is no room; nothing, if paho has closed it since."""
        if not self._is_open(sock):
            return
        try:
            self._client.loop_write()
        except Exception as error:
            if not self._disconnected.done():
                self._disconnected.set_exception(error)
        if self._is_open(sock) and self._client.want_write():
            self._loop.add_writer(sock.fileno(), self._write, sock)

    def _is_open(self, sock: PahoSocket) -> bool:
        """Whether it is still the socket of this connection; paho may have closed it before it asked (None)."""
        return sock is not None and self._client.socket() is sock


def _parcel(message: MQTTMessage) -> Parcel:
    properties = message.properties
    return Parcel(
        message.topic,
        bytes(message.payload),
        message.qos,
        message.retain,
        reply_to=getattr(properties, "ResponseTopic", None),
        correlation=getattr(properties, "CorrelationData", None),
        expires_seconds=getattr(properties, "MessageExpiryInterval", None),
    )
