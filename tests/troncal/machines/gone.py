"""When a process is gone."""

import psutil

from tests.waiting import eventually


async def gone(pid: int) -> None:
    """Return when no such process lives; a zombie does not."""
    await eventually(lambda: is_gone(pid), 10, f"process {pid} is gone")


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
