"""The embedded broker, a real one: who may come in, and what each may write and read."""

import asyncio
import os
import shlex
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import psutil
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from callcenter.messages.envelope import Rights
from callcenter.settings import PROJECT
from troncal.machines.broker import BrokerUser, answers, child, configure, hashed
from troncal.machines.child import PortTaken
from troncal.machines.debian import installed
from troncal.machines.ports import free_ports
from troncal.machines.supervisor import Supervisor

WRITER = BrokerUser(
    "bridge",
    "w" * 43,
    Rights(reads=("troncal/central/command/#",), writes=("troncal/+/queue/+", "troncal/central/secret/+")),
)
READER = BrokerUser("api", "r" * 200, Rights(reads=("troncal/+/queue/+",), writes=()))
NOT_AUTHORISED = 0x87
FINE = {0, 0x10}  # stored, or for nobody


def mosquitto() -> list[str]:
    """The command that runs mosquitto; without one the test is skipped."""
    root, own = installed(PROJECT / ".troncal" / "machines"), os.environ.get("TRONCAL_TEST_MOSQUITTO")
    if own is None and root is None:
        pytest.skip("no mosquitto")
    return shlex.split(own) if own is not None or root is None else root.command("mosquitto")


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """Of a running broker with two users."""
    port = free_ports(1)[0]
    async with Supervisor() as supervisor:
        await supervisor.start(child(mosquitto(), tmp_path / "broker", port, [WRITER, READER]))
        yield port


class Client:
    """One connection, its answers awaited."""

    def __init__(self, port: int, user: BrokerUser) -> None:
        self._loop = asyncio.get_running_loop()
        self.got: asyncio.Queue[str] = asyncio.Queue()
        self._answers: asyncio.Queue[ReasonCode] = asyncio.Queue()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.username_pw_set(user.name, user.password)
        self._client.on_connect = lambda _c, _u, _f, code, _p: self._tell(code)
        self._client.on_publish = lambda _c, _u, _m, code, _p: self._tell(code)
        self._client.on_subscribe = lambda _c, _u, _m, codes, _p: self._tell(codes[0])
        self._client.on_message = lambda _c, _u, message: self._later(self.got.put_nowait, message.topic)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    async def connected(self) -> "Client":
        assert (await self._answer()).value == 0
        return self

    async def publish(self, topic: str) -> ReasonCode:
        self._client.publish(topic, b"{}", qos=1)
        return await self._answer()

    async def publish_at_once(self, topic: str, count: int) -> list[ReasonCode]:
        for _ in range(count):
            self._client.publish(topic, b"{}", qos=1)
        return [await self._answer() for _ in range(count)]

    async def subscribe(self, topic: str) -> ReasonCode:
        self._client.subscribe(topic, qos=1)
        return await self._answer()

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    async def _answer(self) -> ReasonCode:
        async with asyncio.timeout(10):
            return await self._answers.get()

    def _tell(self, code: ReasonCode) -> None:
        self._later(self._answers.put_nowait, code)

    def _later(self, call: Callable[[Any], None], item: object) -> None:
        self._loop.call_soon_threadsafe(call, item)


@asynccontextmanager
async def connected(port: int, user: BrokerUser) -> AsyncIterator[Client]:
    """A client in the broker, out again at the end."""
    client = Client(port, user)
    try:
        yield await client.connected()
    finally:
        client.leave()


def test_the_files_with_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    configure(tmp_path / "broker", 1883, [WRITER])
    files = list((tmp_path / "broker").iterdir())
    assert {path.name for path in files} == {"mosquitto.conf", "passwords", "rights"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert WRITER.password not in "".join(path.read_text() for path in files)


def test_equal_passwords_are_not_seen_to_be_equal() -> None:
    assert hashed("the same") != hashed("the same")


@pytest.mark.broker
async def test_the_right_password_opens_and_a_wrong_one_does_not(port: int) -> None:
    assert await answers(port, WRITER.name, WRITER.password)
    assert await answers(port, READER.name, READER.password)
    assert not await answers(port, WRITER.name, READER.password)
    assert not await answers(port, "nobody", WRITER.password)


@pytest.mark.broker
async def test_nobody_comes_in_without_a_name(port: int) -> None:
    assert not await answers(port, "", "")
    bare = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x0a\x00\x00\x00"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(bare)
    async with asyncio.timeout(10):
        answer = await reader.readexactly(4)
    writer.close()
    assert (answer[0], answer[3]) == (0x20, NOT_AUTHORISED)


@pytest.mark.broker
async def test_a_service_may_not_write_where_it_has_no_right(port: int) -> None:
    async with connected(port, WRITER) as writer, connected(port, READER) as reader:
        assert (await writer.publish("troncal/central/command/pause")).value == NOT_AUTHORISED
        assert (await reader.publish("troncal/central/queue/soporte")).value == NOT_AUTHORISED


@pytest.mark.broker
async def test_what_a_service_may_not_read_never_reaches_it(port: int) -> None:
    async with connected(port, WRITER) as writer, connected(port, READER) as reader:
        await reader.subscribe("troncal/central/secret/#")  # granted: mosquitto looks at each message instead
        await reader.subscribe("troncal/+/queue/+")
        assert (await writer.publish("troncal/central/secret/one")).value == 0
        assert (await writer.publish("troncal/central/queue/soporte")).value == 0
        async with asyncio.timeout(10):
            assert await reader.got.get() == "troncal/central/queue/soporte"


@pytest.mark.broker
async def test_what_one_may_write_reaches_who_may_read_it(port: int) -> None:
    async with connected(port, WRITER) as writer, connected(port, READER) as reader:
        assert (await reader.subscribe("troncal/+/queue/+")).value == 1
        assert (await writer.publish("troncal/central/queue/soporte")).value == 0
        async with asyncio.timeout(10):
            assert await reader.got.get() == "troncal/central/queue/soporte"


@pytest.mark.broker
async def test_it_listens_on_loopback_only(port: int) -> None:
    own = [each for each in psutil.net_connections("tcp") if each.laddr and each.laddr.port == port]
    assert {each.laddr.ip for each in own if each.laddr and each.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


@pytest.mark.broker
async def test_a_taken_port_is_reported_with_who_has_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        broker = child(mosquitto(), tmp_path, taken.getsockname()[1], [WRITER])
        async with Supervisor() as supervisor:
            with pytest.raises(PortTaken, match=rf"did not get TCP port \d+ \(MQTT\): process {os.getpid()}, "):
                await supervisor.start(broker)


@pytest.mark.broker
async def test_a_client_that_has_many_messages_under_way_is_not_complained_about(port: int, tmp_path: Path) -> None:
    async with connected(port, WRITER) as writer:
        assert {code.value for code in await writer.publish_at_once("troncal/central/queue/soporte", 200)} <= FINE
    assert "receive-maximum" not in (tmp_path / "broker" / "mosquitto.log").read_text()
