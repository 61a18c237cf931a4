"""What a killed owner left running is known by its mark alone, and ended with all that it started."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import psutil
import pytest

from tests.troncal.machines.gone import is_gone
from tests.waiting import until
from troncal.machines import left_over

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program with a mark; killed afterwards."""
    with ExitStack() as held:

        def started(mark: str, *command: str) -> "subprocess.Popen[bytes]":
            env = {**os.environ, left_over.MARK: mark}
            process = held.enter_context(subprocess.Popen(command, env=env, start_new_session=True))
            held.callback(process.kill)
            return process

        yield started


def test_marked_programs_and_what_they_started_are_ended_and_no_others(start: Start) -> None:
    parent = start("ours", "sh", "-c", "sleep 1000 & wait")
    until(lambda: bool(psutil.Process(parent.pid).children()), 10, "the shell has its child")
    (child,) = psutil.Process(parent.pid).children()
    stranger = start("ours-too", "sleep", "1000")
    assert left_over.end("ours") == 2
    assert parent.wait(10) < 0 and is_gone(child.pid)
    assert stranger.poll() is None


def test_a_stopped_program_is_ended_too(start: Start) -> None:
    process = start("ours", "sleep", "1000")
    psutil.Process(process.pid).suspend()
    assert left_over.end("ours") == 1


@pytest.fixture
def few_descriptors() -> Iterator[int]:
    """How many more this process may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    room, ours = 20, [int(each.name) for each in Path("/proc/self/fd").iterdir()]
    limit = next(most for most in count(room) if most - sum(each < most for each in ours) == room)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    yield room
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_machine_may_have_more_processes_than_one_of_them_may_open(start: Start, few_descriptors: int) -> None:
    ours = start("ours", "sleep", "1000")
    for _ in range(few_descriptors + 1):
        start("strangers", "sleep", "1000")
    assert left_over.end("ours") == 1
    assert ours.wait(10) < 0


def test_nothing_left_is_nothing_to_do() -> None:
    assert left_over.end("nobody's") == 0
