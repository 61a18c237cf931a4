"""A disk of its own for a test, to be filled: a tmpfs, which takes rights to mount one."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A folder on a disk of that size (`8m`), until the end of the block. Skips the test where nobody may mount."""
    with tempfile.TemporaryDirectory(prefix="troncal-disk-") as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False)
        if os.geteuid() or mounted.returncode:
            pytest.skip("only who may mount a disk can fill one")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=False)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Nothing fits on the disk of that folder any more, until the end of the block."""
    filler = disk / "filler"
    try:
        with filler.open("wb", buffering=0) as stream:
            _fill(stream.fileno())
        yield
    finally:
        filler.unlink()


def _fill(file: int) -> None:
    try:
        while True:
            os.write(file, bytes(4096))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
