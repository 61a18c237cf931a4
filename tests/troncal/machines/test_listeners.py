"""A child is ready when it has its port for itself: what somebody else answers there is not taken for it."""

import asyncio
import os
import shlex
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.waiting import eventually
from troncal.machines.child import Child, ChildFailed, ChildState, PortTaken
from troncal.machines.listeners import ListeningPort, holder, is_own
from troncal.machines.ports import free_ports
from troncal.machines.supervisor import Supervisor

SERVER = """
import shlex
import socket, sys, time
kind = socket.SOCK_DGRAM if sys.argv[2] == "udp" else socket.SOCK_STREAM
with socket.socket(socket.AF_INET, kind) as own:
    try:
        own.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        if sys.argv[3] == "ends":
            sys.exit("address in use")
    else:
        if sys.argv[2] == "tcp":
            own.listen()
    time.sleep(1000)
"""
BOTH = pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])


async def always() -> bool:
    """As a health check that a stranger answers."""
    return True


async def never() -> bool:
    """As a log-in that a stranger refuses."""
    return False


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    """One without hooks; stopped afterwards."""
    async with Supervisor() as made:
        yield made


@pytest.fixture
def stranger(udp: bool) -> Iterator[ListeningPort]:
    """Where somebody else listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        if not udp:
            taken.listen()
        yield ListeningPort(taken.getsockname()[1], "test", udp)


def server(folder: Path, where: ListeningPort, *, ends: bool, answers: bool) -> Child:
    """A program that wants to listen there. `ends`: without the port it does; else it goes on, as Asterisk does.
    `answers`: what is there, whosever it is, passes for ready.
    """
    words = (str(where.port), "udp" if where.udp else "tcp", "ends" if ends else "stays")
    command = [sys.executable, "-c", SERVER, *words]
    ready = always if answers else never
    return Child("server", command, folder / "log", ready, ready_seconds=2.0, listens=(where,))


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("ends", [True, False], ids=["which ends", "which goes on"])
@pytest.mark.parametrize("answers", [True, False], ids=["taken for ready", "never ready"])
async def test_a_child_whose_port_is_a_strangers_is_not_ready(
    supervisor: Supervisor, tmp_path: Path, stranger: ListeningPort, ends: bool, answers: bool
) -> None:
    with pytest.raises(PortTaken, match=f"process {os.getpid()}, ") as failure:
        await supervisor.start(server(tmp_path, stranger, ends=ends, answers=answers))
    assert failure.value.listener == stranger
    assert "\n" not in str(failure.value)


async def test_a_port_that_somebodys_outgoing_connection_has_is_a_strangers(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as far, socket.create_connection(far.getsockname()) as connection:
        where = ListeningPort(connection.getsockname()[1], "test")
        with pytest.raises(PortTaken, match=f"process {os.getpid()}, "):
            await supervisor.start(server(tmp_path, where, ends=True, answers=False))


@BOTH
async def test_a_child_that_has_its_port_is_ready(supervisor: Supervisor, tmp_path: Path, udp: bool) -> None:
    where = ListeningPort(free_ports(1, udp=udp)[0], "test", udp)

    async def listening() -> bool:
        return holder(where) is not None

    command = [sys.executable, "-c", SERVER, str(where.port), "udp" if udp else "tcp", "ends"]
    child = await supervisor.start(Child("server", command, tmp_path / "log", listening, listens=(where,)))
    assert child.pid is not None
    assert is_own(where, child.pid)


async def test_a_port_of_a_childs_child_is_its_own(supervisor: Supervisor, tmp_path: Path) -> None:
    where = ListeningPort(free_ports(1)[0], "test")

    async def listening() -> bool:
        return holder(where) is not None

    script = tmp_path / "server.py"
    script.write_text(SERVER)
    program = shlex.join([sys.executable, str(script), str(where.port), "tcp", "ends"])
    command = ["sh", "-c", f"{program} & wait"]
    await supervisor.start(Child("shell", command, tmp_path / "log", listening, listens=(where,)))


async def test_a_child_that_fails_for_another_reason_says_its_own(supervisor: Supervisor, tmp_path: Path) -> None:
    where = ListeningPort(free_ports(1)[0], "test")
    failing = Child("server", ["sh", "-c", "echo a bad file; exit 3"], tmp_path / "log", never, listens=(where,))
    with pytest.raises(ChildFailed, match=r"ended with code 3(.|\n)*a bad file") as failure:
        await supervisor.start(failing)
    assert not isinstance(failure.value, PortTaken)


async def test_a_port_that_nobody_has_is_no_childs(supervisor: Supervisor, tmp_path: Path) -> None:
    where = ListeningPort(free_ports(1)[0], "test")
    assert holder(where) is None
    with pytest.raises(PortTaken, match="in the instant of the start"):
        await supervisor.start(Child("idle", ["sleep", "1000"], tmp_path / "log", always, listens=(where,)))


@pytest.mark.slow
async def test_a_child_whose_port_was_taken_while_it_was_away_goes_on_and_has_it_again_when_it_is_free(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("troncal.machines.supervisor.PORT_POLL_SECONDS", 0.05)
    where, asked = ListeningPort(free_ports(1)[0], "test"), asyncio.Event()

    async def somebody_listens() -> bool:
        return holder(where) is not None

    async def end_when_idle() -> None:
        asked.set()

    wanted = server(tmp_path, where, ends=False, answers=True)
    wanted = replace(wanted, ready=somebody_listens, ready_seconds=20.0, end_when_idle=end_when_idle)
    child = await supervisor.start(wanted)
    child.kill()
    await eventually(lambda: child.state is ChildState.WAITING, 10, "its death is noticed")
    with socket.create_server(("127.0.0.1", where.port)):
        await eventually(lambda: child.state is ChildState.WITHOUT_PORT, 20, "it runs without its port")
        without = child.pid
        assert f"did not get {where}: process {os.getpid()}, " in caplog.text
        assert not asked.is_set()
    async with asyncio.timeout(10):
        await asked.wait()
    assert child.pid == without is not None  # when it ends is its own affair
    child.kill()
    await eventually(lambda: child.state is ChildState.RUNNING, 20, "it has its port again")
    assert child.pid is not None and is_own(where, child.pid)
