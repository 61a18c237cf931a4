"""The embedded Asterisk, a real one: it starts without a complaint, keeps the ledger, and ends when asked."""

import asyncio
import os
import socket
import sqlite3
import stat
import tempfile
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import psutil
import pytest

from callcenter.centre.file import load
from callcenter.settings import PROJECT
from tests.waiting import eventually
from troncal.machines.asterisk import AsteriskFault, EmbeddedAsterisk, UnusableAsterisk, node_folders
from troncal.machines.asterisk_conf import Agi, Ami, NodeConf, Sip
from troncal.machines.child import Child, ChildState, PortTaken
from troncal.machines.debian import MachineRoot, installed
from troncal.machines.ports import free_ports
from troncal.machines.supervisor import Supervisor

CENTRE = load(PROJECT / "centre.yaml")


@dataclass(frozen=True, slots=True)
class Lab:
    """An Asterisk in a folder of its own."""

    asterisk: EmbeddedAsterisk
    conf: NodeConf

    @property
    def child(self) -> Child:
        return self.asterisk.child(CENTRE, self.conf)

    async def has_in_its_ledger(self, *verbs: str) -> None:
        """Return when it has these; a thread of Asterisk's writes the first a moment after it is ready."""
        await eventually(lambda: self._ledger() == list(verbs), 5, f"{verbs} are in the ledger")

    def complaints(self) -> list[str]:
        """Warnings and errors in its log."""
        lines = (self.conf.folders.log / "messages.log").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if "] WARNING[" in line or "] ERROR[" in line]

    def _ledger(self) -> list[str]:
        with closing(sqlite3.connect(f"{self.conf.folders.ledger.as_uri()}?mode=ro", uri=True)) as connection:
            return [event for (event,) in connection.execute("SELECT event FROM queue_log ORDER BY id")]


def machine_root() -> MachineRoot:
    """The unpacked packages; without them the test is skipped."""
    root = installed(PROJECT / ".troncal" / "machines")
    if root is None:
        pytest.skip("the machines are not set up")
    return root


def lab_in(folder: Path) -> Lab:
    root = machine_root()
    where = node_folders(folder, root.asterisk_modules, root.music)
    ami = Ami("127.0.0.1", free_ports(1)[0], "events", "e" * 32, "actions", "a" * 32)
    sip = Sip("127.0.0.1", free_ports(1, udp=True)[0], 20000, 20999)
    secrets = {agent.extension: "p" * 32 for agent in CENTRE.agents}
    rule = CENTRE.rule_on(date(2026, 11, 1))
    conf = NodeConf("central", where, ami, sip, Agi("127.0.0.1", 9, "s" * 32), rule, secrets)
    data = root.asterisk_data
    return Lab(EmbeddedAsterisk(root.command("asterisk"), where, data, data / "sounds"), conf)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Not started yet."""
    return lab_in(tmp_path)


@pytest.fixture
async def running(lab: Lab) -> AsyncIterator[Lab]:
    """Started and ready; stopped afterwards."""
    async with Supervisor() as supervisor:
        await supervisor.start(lab.child)
        yield lab


@pytest.mark.telephony
async def test_it_starts_without_a_warning_or_an_error(running: Lab) -> None:
    assert running.complaints() == []


@pytest.mark.telephony
async def test_its_start_is_in_the_ledger(running: Lab) -> None:
    await running.has_in_its_ledger("QUEUESTART")


@pytest.mark.telephony
async def test_when_it_is_ready_it_knows_the_queues_of_the_centre(running: Lab) -> None:
    answer = await running.asterisk.console("queue show")
    assert all(f"{queue.name} has 0 calls" in answer for queue in CENTRE.queues)


@pytest.mark.telephony
async def test_after_a_kill_it_comes_back_with_its_ledger(lab: Lab) -> None:
    restarted = asyncio.Queue[str]()
    async with Supervisor(restarted.put_nowait) as supervisor:
        child = await supervisor.start(lab.child)
        await lab.has_in_its_ledger("QUEUESTART")  # killed sooner it may lose even this row
        child.kill()
        async with asyncio.timeout(30):
            await restarted.get()
        await lab.has_in_its_ledger("QUEUESTART", "QUEUESTART")
        assert lab.complaints() == []


@pytest.mark.telephony
async def test_it_ends_when_asked_and_not_by_a_signal(lab: Lab) -> None:
    supervisor = Supervisor()
    child = await supervisor.start(lab.child)
    watch = asyncio.create_task(child.ended())
    await supervisor.stop()
    assert (await watch, child.state) == (0, ChildState.STOPPED)


@pytest.mark.telephony
async def test_a_frozen_asterisk_is_stopped_all_the_same(lab: Lab) -> None:
    async with Supervisor() as supervisor:
        child = await supervisor.start(replace(lab.child, stop_seconds=0.5))
        assert child.pid is not None
        process = psutil.Process(child.pid)
        process.suspend()
    assert not process.is_running()


@pytest.mark.telephony
async def test_the_console_of_an_asterisk_that_does_not_run_says_so(running: Lab, tmp_path: Path) -> None:
    stranger = node_folders(tmp_path / "other", running.conf.folders.modules, running.conf.folders.music)
    with pytest.raises(AsteriskFault):
        await replace(running.asterisk, folders=stranger).console("core show version")


@pytest.mark.telephony
async def test_a_deep_state_folder_does_not_keep_it_from_starting(tmp_path: Path) -> None:
    lab = lab_in(tmp_path / ("deep" * 30))
    async with Supervisor() as supervisor:
        await supervisor.start(lab.child)
        assert "Asterisk 22" in await lab.asterisk.console("core show version")
    assert lab.conf.folders.run.is_relative_to(tempfile.gettempdir())
    lab.conf.folders.run.rmdir()  # stopped, it leaves nothing there


@pytest.mark.telephony
async def test_an_asterisk_without_its_port_for_telephones_is_not_ready(lab: Lab) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((lab.conf.sip.host, lab.conf.sip.port))
        async with Supervisor() as supervisor:
            with pytest.raises(PortTaken, match=rf"UDP port {lab.conf.sip.port} \(SIP\): process {os.getpid()}, "):
                await supervisor.start(lab.child)


@pytest.mark.telephony
async def test_its_folders_are_its_owners_only(running: Lab) -> None:
    where = running.conf.folders
    for folder in (where.etc, where.var, where.log, where.run):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(where.ledger.stat().st_mode) == 0o600


async def test_an_asterisk_that_is_too_old_or_cannot_be_run_is_refused_with_what_to_do(tmp_path: Path) -> None:
    old = tmp_path / "asterisk"
    old.write_text("#!/bin/sh\necho Asterisk 18.10.0~dfsg-2\n")
    old.chmod(0o700)
    nowhere = node_folders(tmp_path, None, tmp_path)
    with pytest.raises(UnusableAsterisk, match=r"is Asterisk 18\.10\.0~dfsg-2: install Asterisk 20 or later"):
        await EmbeddedAsterisk([str(old)], nowhere, tmp_path, tmp_path).require_supported()
    with pytest.raises(UnusableAsterisk, match="mend TRONCAL_ASTERISK_BINARY"):
        await EmbeddedAsterisk([str(tmp_path / "none")], nowhere, tmp_path, tmp_path).require_supported()


def test_what_asterisk_complained_of_before_this_start_is_not_said_again(tmp_path: Path) -> None:
    asterisk = EmbeddedAsterisk(["asterisk"], node_folders(tmp_path, None, tmp_path), tmp_path, tmp_path)
    assert asterisk.problems() == []
    asterisk.messages.parent.mkdir(parents=True)
    before = "[2026-11-30 06:49:45.250] WARNING[1] loader.c: before\n"
    asterisk.messages.write_text(before + "[x] NOTICE[1] loader.c: fine\n[x] ERROR[1] config.c: 'digest' is unknown\n")
    assert asterisk.problems(len(before)) == ["[x] ERROR[1] config.c: 'digest' is unknown"]
    assert len(asterisk.problems(10_000)) == 2
