"""The FastAGI server: what a script can count on, and what no client can do to the others."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvloop

from ivr.agi import session as agi_session
from ivr.agi.server import AgiServer, Script
from ivr.agi.session import AgiCall, CallerGone
from tests.ivr.agi.fake_peer import SECRET, UNIQUEID, call, head

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LOOPBACK = "127.0.0.1"


async def hello(agi: AgiCall) -> None:
    """A script with a little of everything."""
    await agi.play("troncal/despedida")
    await agi.set("TRONCAL_RESULT", "end")


async def broken(agi: AgiCall) -> None:
    raise KeyError("a defect")


async def unanswered(agi: AgiCall) -> None:
    """As long as the caller stays."""
    while True:
        await agi.ask(("troncal/despedida",))


class Gone:
    """Remembers that its caller went."""

    def __init__(self) -> None:
        self.seen = asyncio.Event()

    async def __call__(self, agi: AgiCall) -> None:
        try:
            await unanswered(agi)
        except CallerGone:
            self.seen.set()
            raise


async def late(agi: AgiCall) -> None:
    await asyncio.get_running_loop().create_future()


@pytest.fixture
def gone() -> Gone:
    return Gone()


@pytest.fixture
async def server(gone: Gone) -> AsyncIterator[AgiServer]:
    scripts: dict[str, Script] = {"hello": hello, "broken": broken, "gone": gone}
    async with asyncio.timeout(20), AgiServer(LOOPBACK, 0, scripts, SECRET, most=3, head_seconds=0.3) as listening:
        yield listening


async def connect(server: AgiServer, said: bytes = b"") -> Connection:
    reader, writer = await asyncio.open_connection(LOOPBACK, server.port)
    writer.write(said)
    return reader, writer


async def inside(server: AgiServer, script: str) -> Connection:
    """A call whose script waits for the answer to its first command."""
    reader, writer = await connect(server, head(script))
    await reader.readline()
    writer.write(b"200 result=1\n")
    await reader.readline()
    return reader, writer


async def closed(connection: Connection) -> bytes:
    """What comes until the other side closes."""
    try:
        return await connection[0].read()
    except ConnectionResetError:
        return b""
    finally:
        connection[1].close()


async def no_calls(server: AgiServer) -> None:
    """Until nobody is left."""
    async with asyncio.timeout(5):
        while server.calls:
            await asyncio.sleep(0)


async def test_the_first_command_takes_over_the_time_limit_of_the_dialplan(server: AgiServer) -> None:
    heard = await call(server.port, "hello")
    assert heard.commands[0] == 'SET VARIABLE TIMEOUT(absolute) "8.0"'
    assert (heard.sounds, heard.variables) == (["despedida"], {"TRONCAL_RESULT": "end"})


def test_it_runs_on_the_loop_of_the_service() -> None:
    async def one_call() -> list[str]:
        async with AgiServer(LOOPBACK, 0, {"hello": hello}, SECRET) as server:
            return (await call(server.port, "hello")).sounds

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(one_call()) == ["despedida"]


async def test_each_sound_lengthens_the_time_limit_and_its_end_shortens_it(server: AgiServer) -> None:
    heard = await call(server.port, "hello")
    assert heard.limits == ["8.0", "20.0", "8.0"]


async def test_a_client_that_connects_and_closes_harms_nobody(
    server: AgiServer, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        _, writer = await connect(server)
        writer.close()
        await no_calls(server)
    assert (await call(server.port, "hello")).sounds == ["despedida"]
    assert caplog.records == []


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\n\n",
        b"\x16\x03\x01\x02\x00\x01\n\n",
        b"agi_network_script: hello\n\n",
        b"agi_uniqueid: 1.2\n\n",
        b"agi_uniqueid: ${SHELL(x)}\nagi_network_script: hello\n\n",
        b"agi_" + b"x" * 20_000,
        b"agi_x: 1\n" * 5_000,
        head("no such script"),
        head("hello") + b"200 result=0\n",
    ],
)
async def test_what_is_no_call_is_closed_without_a_word(server: AgiServer, said: bytes) -> None:
    assert await closed(await connect(server, said)) == b""
    assert (await call(server.port, "hello")).sounds == ["despedida"]


@pytest.mark.parametrize("said", [b"", b"agi_network: yes\n", head("hello")[:-1]])
async def test_a_client_that_says_nothing_more_is_closed_in_time(server: AgiServer, said: bytes) -> None:
    assert await closed(await connect(server, said)) == b""


async def test_a_head_may_come_in_pieces_and_with_carriage_returns(server: AgiServer) -> None:
    text = head("hello").replace(b"\n", b"\r\n")
    reader, writer = await connect(server)
    for at in range(len(text)):
        writer.write(text[at : at + 1])
        await writer.drain()
    assert (await reader.readline()).startswith(b"SET VARIABLE TIMEOUT(absolute)")
    writer.close()


async def test_beyond_the_limit_a_call_is_sent_on_at_once_and_the_others_go_on(server: AgiServer, gone: Gone) -> None:
    calls = [await inside(server, "gone") for _ in range(3)]
    assert await closed(await connect(server, head("hello"))) == b""
    calls[0][1].close()
    await gone.seen.wait()
    await no_more_than(server, 2)
    assert (await call(server.port, "hello")).sounds == ["despedida"]
    for _, writer in calls[1:]:
        writer.close()


async def no_more_than(server: AgiServer, calls: int) -> None:
    while server.calls > calls:
        await asyncio.sleep(0)


def reported(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def unsigned(script: str) -> bytes:
    return re.sub(rb"\?[0-9a-f]+\n", b"\n", head(script))


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(unsigned("hello"), id="none"),
        pytest.param(head("hello", secret="another centre's"), id="another secret"),
        pytest.param(head("gone").replace(b"script: gone", b"script: hello"), id="another script's"),
        pytest.param(head("hello").replace(UNIQUEID.encode(), b"1790000000.8"), id="another call's"),
        pytest.param(head("hello").replace(b"70700001", b"70700002"), id="another number's"),
        pytest.param(head("hello", args=["101"]).replace(b"arg_1: 101", b"arg_1: 102"), id="another argument's"),
        pytest.param(re.sub(rb"\?[0-9a-f]+", "?ñ".encode(), head("hello")), id="not ASCII"),
    ],
)
async def test_a_request_without_asterisks_proof_is_closed_without_a_word(
    server: AgiServer, said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert await closed(await connect(server, said)) == b""
    assert [line for line in reported(caplog) if "without Asterisk's proof" in line] == reported(caplog) != []


async def test_strangers_fill_no_log_and_do_not_learn_the_secret_from_it(
    server: AgiServer, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        await closed(await connect(server, unsigned("hello")))
    (line,) = reported(caplog)
    assert line.startswith("1 requests without Asterisk's proof are refused, the last for script 'hello'")
    assert SECRET not in line


async def test_only_the_peers_may_connect() -> None:
    async with AgiServer(LOOPBACK, 0, {"hello": hello}, SECRET, peers=("127.0.0.9",)) as server:
        assert await closed(await connect(server, head("hello"))) == b""


async def test_a_script_with_a_defect_is_logged_once_with_its_trace_and_leaves_no_result(
    server: AgiServer, caplog: pytest.LogCaptureFixture
) -> None:
    heard = await call(server.port, "broken")
    assert heard.variables == {}
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None and record.exc_info[0] is KeyError


Leaving = Callable[[Connection], Awaitable[None]]


async def _closes(connection: Connection) -> None:
    connection[1].close()


async def _says_hangup(connection: Connection) -> None:
    connection[1].write(b"HANGUP\n")


async def _says_dead(connection: Connection) -> None:
    connection[1].write(b"511 Command Not Permitted on a dead channel or intercept routine\n")


async def _says_failed(connection: Connection) -> None:
    connection[1].write(b"200 result=-1\n")


async def _says_too_much(connection: Connection) -> None:
    connection[1].write(b"x" * 20_000)


async def _answers_twice(connection: Connection) -> None:
    connection[1].write(b"200 result=0\n" * 2)


LEAVINGS: list[Leaving] = [_closes, _says_hangup, _says_dead, _says_failed, _says_too_much, _answers_twice]


@pytest.mark.parametrize("leave", LEAVINGS)
async def test_a_script_ends_quietly_when_its_caller_is_gone(
    server: AgiServer, gone: Gone, leave: Leaving, caplog: pytest.LogCaptureFixture
) -> None:
    connection = await inside(server, "gone")
    await leave(connection)
    async with asyncio.timeout(5):
        await gone.seen.wait()
    await no_calls(server)
    assert caplog.records == []
    connection[1].close()


@pytest.mark.parametrize(
    "answer",
    [
        b"510 Invalid or unknown command\n",
        b"520-Invalid command syntax.  Proper usage follows:\nUsage: EXEC\n520 End of proper usage.\n",
        b"200 result=-2\n",
    ],
)
async def test_what_asterisk_does_not_know_is_a_defect_and_logged(
    server: AgiServer, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    connection = await connect(server, head("hello"))
    await connection[0].readline()
    connection[1].write(answer)
    await closed(connection)
    await no_calls(server)
    assert ["script hello failed" in record.getMessage() for record in caplog.records] == [True]


async def test_a_call_that_never_ends_is_sent_on(caplog: pytest.LogCaptureFixture) -> None:
    async with AgiServer(LOOPBACK, 0, {"late": late}, SECRET, longest_seconds=0.1) as server:
        await call(server.port, "late")
        await no_calls(server)
    assert ["took longer" in record.getMessage() for record in caplog.records] == [True]


async def test_a_client_that_answers_no_more_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agi_session, "GRACE_SECONDS", -agi_session.LEASE_SECONDS + 0.05)
    monkeypatch.setattr(agi_session, "LOOK_SECONDS", 0.05)
    async with asyncio.timeout(5), AgiServer(LOOPBACK, 0, {"hello": hello}, SECRET) as server:
        connection = await connect(server, head("hello"))
        assert (await closed(connection)).count(b"\n") == 1


async def test_a_caller_who_hangs_up_while_the_script_does_something_else_does_not_break_it_off() -> None:
    begun, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def register(agi: AgiCall) -> None:
        begun.set()
        await go_on.wait()
        ended.set()
        await agi.play("troncal/despedida")

    async with asyncio.timeout(5), AgiServer(LOOPBACK, 0, {"it": register}, SECRET) as server:
        connection = await connect(server, head("it"))
        await connection[0].readline()
        connection[1].write(b"200 result=0\n")
        await begun.wait()
        connection[1].close()
        go_on.set()
        await ended.wait()
        await no_calls(server)


async def test_the_server_closes_with_calls_inside_and_lets_go_of_all() -> None:
    async with asyncio.timeout(5), AgiServer(LOOPBACK, 0, {"gone": unanswered}, SECRET) as server:
        calls = [await inside(server, "gone") for _ in range(3)]
    assert [await closed(connection) for connection in calls] == [b"", b"", b""]
    assert server.calls == 0
