"""Real child processes: restarted, stopped in order, and never left behind."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import islice
from pathlib import Path

import pytest

from tests.troncal.machines.gone import gone
from troncal.machines.child import Child, ChildFailed, ChildState
from troncal.machines.supervised import Supervised
from troncal.machines.supervisor import Supervisor, restart_pauses

# Says that it is ready by a file, and writes its own name down when it is asked to end.
PROGRAM = """
import pathlib, signal, sys, time
name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
def end(*_):
    with (folder / "ends").open("a") as ends:
        ends.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
(folder / (name + ".ready")).touch()
while True:
    time.sleep(60)
"""

PARENT = """
import asyncio, pathlib, signal, sys
sys.path.insert(0, sys.argv[1])
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it is ignored
from troncal.machines.child import Child
from troncal.machines.supervisor import Supervisor
folder = pathlib.Path(sys.argv[2])
async def main():
    async def ready():
        return True
    async with Supervisor() as supervisor:
        child = await supervisor.start(Child("sleeper", ["sleep", "1000"], folder / "log", ready))
        print(child.pid, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


def program(name: str, folder: Path) -> Child:
    mark = folder / f"{name}.ready"

    async def ready() -> bool:
        return mark.exists()

    command = [sys.executable, "-c", PROGRAM, name, str(folder)]
    return Child(name, command, folder / f"{name}.log", ready, prepare=lambda: mark.unlink(missing_ok=True))


def shell(script: str, folder: Path, ready: Callable[[], Awaitable[bool]], ready_seconds: float = 10.0) -> Child:
    return Child("shell", ["sh", "-c", script], folder / "shell.log", ready, ready_seconds)


async def always() -> bool:
    return True


async def never() -> bool:
    return False


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    """One without hooks; stopped afterwards."""
    async with Supervisor() as made:
        yield made


async def test_a_killed_child_is_started_again_and_its_restart_is_reported(tmp_path: Path) -> None:
    restarted = asyncio.Queue[str]()
    async with Supervisor(restarted.put_nowait) as supervisor:
        child = await supervisor.start(program("broker", tmp_path))
        first = child.pid
        child.kill()
        async with asyncio.timeout(10):
            assert await restarted.get() == "broker"
        assert child.state is ChildState.RUNNING
        assert (child.restarts, child.pid is None, child.pid == first) == (1, False, False)


def test_a_child_that_dies_again_and_again_is_away_for_five_seconds_at_most() -> None:
    assert list(islice(restart_pauses(), 6)) == [0.5, 1, 2, 4, 5, 5]


async def test_children_are_stopped_in_reverse_order(tmp_path: Path) -> None:
    async with Supervisor() as supervisor:
        for name in ("broker", "asterisk", "bridge"):
            await supervisor.start(program(name, tmp_path))
    assert (tmp_path / "ends").read_text().split() == ["bridge", "asterisk", "broker"]


async def test_every_change_of_state_is_reported(tmp_path: Path) -> None:
    seen: list[ChildState] = []

    def note(child: Supervised) -> None:
        seen.append(child.state)

    async with Supervisor(on_state=note) as supervisor:
        await supervisor.start(program("broker", tmp_path))
    assert seen == [ChildState.STARTING, ChildState.RUNNING, ChildState.STOPPING, ChildState.STOPPED]


async def test_a_child_that_never_gets_ready_is_reported_with_the_end_of_its_log(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    child = shell("echo bind: address in use; exec sleep 1000", tmp_path, never, ready_seconds=0.5)
    with pytest.raises(ChildFailed, match=r"not ready after 0\.5 s(.|\n)*bind: address in use"):
        await supervisor.start(child)


async def test_a_child_that_ends_at_once_is_reported_before_its_time_is_up(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    with pytest.raises(ChildFailed, match="ended with code 7"):
        await supervisor.start(shell("exit 7", tmp_path, never, ready_seconds=60))


async def test_the_log_of_an_earlier_start_is_not_blamed(supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "shell.log").write_text("an old misery\n")
    with pytest.raises(ChildFailed) as failure:
        await supervisor.start(shell("echo a new one; exit 1", tmp_path, never))
    assert "a new one" in str(failure.value)
    assert "an old misery" not in str(failure.value)


async def test_a_missing_program_is_named(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="/nowhere/asterisk: No such file"):
        await supervisor.start(Child("asterisk", ["/nowhere/asterisk"], tmp_path / "log", never))


@pytest.mark.slow
async def test_a_start_that_fails_is_tried_again(tmp_path: Path) -> None:
    restarted = asyncio.Queue[str]()

    async def ready() -> bool:
        if (tmp_path / "fail").exists():
            (tmp_path / "fail").unlink()
            raise ValueError("a bad answer")
        return True

    async with Supervisor(restarted.put_nowait) as supervisor:
        child = await supervisor.start(shell("exec sleep 1000", tmp_path, ready))
        (tmp_path / "fail").touch()
        child.kill()
        async with asyncio.timeout(15):
            await restarted.get()
        assert child.restarts == 2


async def test_a_child_deaf_to_polite_words_and_sigterm_is_killed(tmp_path: Path) -> None:
    async def refuse() -> None:
        raise ConnectionRefusedError

    ready = tmp_path / "deaf"

    async def is_deaf() -> bool:
        return ready.exists()

    command = ["sh", "-c", f"trap '' TERM; touch {ready}; while :; do sleep 1000; done"]
    child = Child("deaf", command, tmp_path / "log", is_deaf, stop_seconds=0.2)
    async with Supervisor() as supervisor:
        pid = (await supervisor.start(child)).pid
        assert pid is not None
    await gone(pid)


async def test_children_die_even_where_the_stop_is_cut_short(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def linger() -> None:
        asked.set()
        await asyncio.Event().wait()

    supervisor = Supervisor()
    first = (await supervisor.start(program("broker", tmp_path))).pid
    child = Child("asterisk", ["sleep", "1000"], tmp_path / "log", always, stop=linger)
    second = (await supervisor.start(child)).pid
    stop = asyncio.create_task(supervisor.stop())
    await asked.wait()
    stop.cancel()
    assert first is not None and second is not None
    await gone(first)
    await gone(second)


async def test_what_a_child_leaves_in_its_group_ends_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "grandchild"

    async def ready() -> bool:
        return note.exists() and note.read_text().endswith("\n")

    child = await supervisor.start(shell(f"sleep 1000 & echo $! > {note}; wait", tmp_path, ready))
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    await gone(int(note.read_text()))


async def test_a_terminals_interrupt_does_not_reach_a_child(supervisor: Supervisor, tmp_path: Path) -> None:
    child = await supervisor.start(program("broker", tmp_path))
    assert child.pid is not None
    assert os.getpgid(child.pid) == os.getsid(child.pid) == child.pid


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
async def test_nothing_is_left_when_the_supervisor_is(number: signal.Signals, tmp_path: Path) -> None:
    project = str(Path(__file__).parents[3])
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, project, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(15):
        child = int(await parent.stdout.readline())
    parent.send_signal(number)
    await parent.wait()
    await gone(child)
