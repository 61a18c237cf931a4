"""The bus over an MQTT 5 broker. This file and `mqtt_client` are the only ones that use aiomqtt."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from callcenter.bus.mqtt_client import REFUSED, Client, MqttAddress
from callcenter.bus.packets import publication
from callcenter.bus.topic_bus import TopicBus
from callcenter.bus.wire import Parcel, Wire, WireCut
from callcenter.clock import now_us
from callcenter.messages.envelope import Service
from callcenter.messages.facts import Fact

log = logging.getLogger(__name__)
F = TypeVar("F", bound=Fact)

_CALL_SECONDS, _FOR_EVER = 5.0, math.inf
# Of unacknowledged parcels one in so many is waited for until it is written: each wait takes some turns of a busy
# loop. Without any, a slow broker would fill the memory; with it, states give way to newer ones meanwhile.
_UNWATCHED = 1000


class MqttBus(TopicBus):
    """The bus over an MQTT 5 broker."""

    def __init__(
        self,
        address: MqttAddress,
        service: Service,
        node: str,
        *,
        will: Fact | None = None,
        clock: Callable[[], int] = now_us,
    ) -> None:
        self._address = address
        super().__init__(service, node, self._connect, will=will, clock=clock)

    @asynccontextmanager
    async def _connect(self, will: Parcel | None) -> AsyncIterator[Wire]:
        try:
            async with Client(self._address, will) as client:
                yield _MqttWire(client)
        except aiomqtt.MqttError as error:
            raise WireCut(str(error)) from error


class _MqttWire:
    """Calls end at once when the connection does, and when they are cancelled.

    aiomqtt lets a call that was under way at a disconnect wait for its time-out, and with its own time-out (Python
    3.11's `wait_for`) a cancellation that comes together with the broker's reply is lost. Hence _FOR_EVER and `_call`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._open_calls: set[asyncio.Timeout] = set()
        self._gone = False
        self._packed: list[bytes] = []
        self._unwatched = 0

    async def send(self, parcel: Parcel) -> None:
        if self.post(parcel):
            return
        self._hand_over()
        self._unwatched = 0
        async with self._call():
            await self._client.publish(
                parcel.topic, parcel.payload, parcel.qos, parcel.retain, _properties(parcel), timeout=_FOR_EVER
            )

    def post(self, parcel: Parcel) -> bool:
        """To be written with whatever else is sent in this turn of the loop."""
        if self._gone or parcel.qos or self._unwatched >= _UNWATCHED:
            return False
        if not self._packed:
            asyncio.get_running_loop().call_soon(self._hand_over)
        self._packed.append(publication(parcel))
        self._unwatched += 1
        return True

    def _hand_over(self) -> None:
        packed, self._packed = self._packed, []
        if packed and not self._gone:
            self._client.hand_over(b"".join(packed))

    async def subscribe(self, filters: Iterable[str]) -> None:
        async with self._call():
            for each in filters:
                codes = await self._client.subscribe(each, qos=1, timeout=_FOR_EVER)
                if any(isinstance(code, ReasonCode) and code.value >= REFUSED for code in codes):
                    log.error("the broker refused the subscription to %s: %s", each, codes)

    async def unsubscribe(self, filters: Iterable[str]) -> None:
        async with self._call():
            for each in filters:
                await self._client.unsubscribe(each, timeout=_FOR_EVER)

    async def parcels(self) -> AsyncIterator[Parcel]:
        try:
            async for parcel in self._client.arrivals.all():
                yield parcel
        finally:
            self._end_calls()

    @asynccontextmanager
    async def _call(self) -> AsyncIterator[None]:
        self._require()
        try:
            async with asyncio.timeout(_CALL_SECONDS) as call:
                self._open_calls.add(call)
                try:
                    yield
                finally:
                    self._open_calls.discard(call)
        except (aiomqtt.MqttError, TimeoutError) as error:
            raise WireCut(str(error) or "the connection ended") from error

    def _require(self) -> None:
        if self._gone:
            raise WireCut("the connection ended")

    def _end_calls(self) -> None:
        self._gone = True
        for call in self._open_calls:
            call.reschedule(asyncio.get_running_loop().time())


def _properties(parcel: Parcel) -> Properties | None:
    if not parcel.has_properties:
        return None
    wanted = {
        "ResponseTopic": parcel.reply_to,
        "CorrelationData": parcel.correlation,
        "MessageExpiryInterval": parcel.expires_seconds,
    }
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    for name, value in wanted.items():
        if value is not None:
            setattr(properties, name, value)
    return properties
