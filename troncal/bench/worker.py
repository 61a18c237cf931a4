"""A function in a process of its own, so that what makes the load is not what is measured."""

import asyncio
import logging
import multiprocessing
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from troncal.processes.service import keep_what_is_loaded

P = ParamSpec("P")
R = TypeVar("R")
END_SECONDS = 5.0
_PROCESSES = multiprocessing.get_context("spawn")


class WorkerFailed(Exception):
    """The function raised, or its process died; has its trace."""


class Worker(Generic[R]):
    """Runs `work(control, ...)`; `control` is a pipe to here. Enter it to start; at the end of the block it is dead.

    The function and its arguments must be picklable. What it sends is met by `word`, what it returns by `result`.
    """

    def __init__(self, work: Callable[Concatenate["Control", P], R], *arguments: P.args, **options: P.kwargs) -> None:
        self._ours, theirs = _PROCESSES.Pipe()
        self._theirs = theirs
        self._process = _PROCESSES.Process(target=_run, args=(theirs, work, arguments, options), daemon=True)

    async def __aenter__(self) -> Self:
        self._process.start()
        self._theirs.close()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.is_alive():
            self._process.terminate()
        await asyncio.to_thread(self._process.join, END_SECONDS)
        if self._process.is_alive():
            self._process.kill()
        self._ours.close()

    def send(self, what: object) -> None:
        """Send something to the function's pipe."""
        with suppress(OSError):
            self._ours.send(what)

    async def word(self, seconds: float) -> object:
        """The next thing that the function sends. Raises WorkerFailed, TimeoutError."""
        done, what = await self._next(seconds)
        if done:
            raise WorkerFailed("it ended too early")
        return what

    async def result(self, seconds: float) -> R:
        """What it returns; anything sent before that nobody read is dropped. Raises WorkerFailed, TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                done, what = await self._next(seconds)
                if done:
                    returned: R = what
                    return returned

    async def _next(self, seconds: float) -> tuple[bool, Any]:
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._ours.fileno(), readable.set)
        try:
            async with asyncio.timeout(seconds):
                await readable.wait()
            kind, what = self._ours.recv()
        except EOFError:
            raise WorkerFailed("its process died") from None
        finally:
            loop.remove_reader(self._ours.fileno())
        if kind == "failed":
            raise WorkerFailed(str(what))
        return kind == "done", what


class Control:
    """The function's end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def say(self, what: object) -> None:
        """Send something to the starter; it gets it from `Worker.word`."""
        self._pipe.send(("word", what))

    async def receive(self) -> object:
        """The next thing that the starter sends."""
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._pipe.fileno(), readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self._pipe.fileno())
        return self._pipe.recv()


def _run(pipe: Connection, work: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    logging.basicConfig(level=logging.ERROR)
    keep_what_is_loaded()  # as the services do when they start
    try:
        outcome = ("done", work(Control(pipe), *arguments, **options))
    except Exception:
        outcome = ("failed", traceback.format_exc())
    pipe.send(outcome)
