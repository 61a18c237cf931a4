"""A service that hangs is ended and started again; one that gave no signs of life yet is left alone."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from callcenter.settings import PROJECT
from tests.waiting import eventually
from troncal.machines import heartbeat
from troncal.machines.child import Child
from troncal.machines.heartbeat import ADDRESS, BEAT, SILENT_BEATS, Heartbeat, SignsOfLife
from troncal.machines.supervised import Supervised
from troncal.machines.supervisor import Supervisor

BEAT_SECONDS = 0.1  # of these tests
# Gives signs of life, and says by a file that the first is on its way.
SERVICE = f"""
import asyncio, pathlib, sys
from troncal.machines import heartbeat
heartbeat.BEAT_SECONDS = {BEAT_SECONDS}
async def main():
    signs = asyncio.create_task(heartbeat.give_signs_of_life())
    await asyncio.sleep(0)
    pathlib.Path(sys.argv[1]).touch()
    await signs
asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs and turns each tenth of a second."""
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", BEAT_SECONDS)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Supervised]:
    """One that has given its first sign."""
    mark = tmp_path / "ready"

    async def ready() -> bool:
        return mark.exists()

    command = [sys.executable, "-c", SERVICE, str(mark)]
    child = Child("service", command, tmp_path / "log", ready, cwd=PROJECT, heartbeat=True)
    async with Supervisor() as supervisor:
        yield await supervisor.start(child)


def turns_until_silence(signs: SignsOfLife) -> int:
    return next(turn for turn in range(1, 1000) if signs.turn())


def test_silence_is_so_many_turns_in_a_row() -> None:
    signs = SignsOfLife()
    signs.heard()
    assert [signs.turn() for _ in range(SILENT_BEATS - 1)] == [False] * (SILENT_BEATS - 1)
    signs.heard()
    assert turns_until_silence(signs) == SILENT_BEATS


def test_before_the_first_sign_nothing_is_silence() -> None:
    signs = SignsOfLife()
    assert not any(signs.turn() for _ in range(10 * SILENT_BEATS))


def test_silence_is_noticed_within_ten_seconds() -> None:
    assert (SILENT_BEATS + 1) * 1.0 < 10


@pytest.mark.slow
async def test_a_service_that_is_stopped_is_started_again(
    service: Supervised, caplog: pytest.LogCaptureFixture
) -> None:
    hung = psutil.Process(service.pid)
    hung.suspend()
    await eventually(lambda: service.pid not in (None, hung.pid), 20, "another process of the service")
    assert not hung.is_running()
    assert "service hangs" in caplog.text


async def test_silence_is_said_once_and_only_of_the_process_that_is_expected() -> None:
    said = list[str]()
    own, others = Heartbeat(lambda: said.append("own")), Heartbeat(lambda: said.append("others"))
    own.expect(os.getpid())
    others.expect(1)
    with closing(own), closing(others):
        for each in (others, own):
            send(each)
        await eventually(lambda: bool(said), 20, "the silence")
    assert said == ["own"]


async def test_a_service_that_nobody_asks_gives_no_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS, raising=False)
    async with asyncio.timeout(10):
        await heartbeat.give_signs_of_life()


async def test_a_supervisor_that_is_gone_harms_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heartbeat(list[str]().clear)
    monkeypatch.setenv(ADDRESS, heard.environment[ADDRESS])
    heard.close()
    signs = asyncio.create_task(heartbeat.give_signs_of_life())
    await asyncio.wait([signs], timeout=3 * BEAT_SECONDS)
    assert not signs.done()
    signs.cancel()


def send(heard: Heartbeat) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.sendto(BEAT, "\0" + heard.environment[ADDRESS][1:])
