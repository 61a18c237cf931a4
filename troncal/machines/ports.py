"""Free ports on a loopback address, and the machine's own addresses."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

HIGHEST = 65535


def free_ports(count: int, *, host: str = "127.0.0.1", udp: bool = False) -> list[int]:
    """So many different ports that nobody uses now. Ask for all at once: the next call may give the same again."""
    kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket(socket.AF_INET, kind)) for _ in range(count)]
        for each in sockets:
            each.bind((host, 0))
        return [each.getsockname()[1] for each in sockets]


def port_from(wished: int, *, host: str = "127.0.0.1", udp: bool = False, tries: int = 50) -> int:
    """The first free port at or after the wished one. Raises OSError when there is none among `tries`.

    For what is restarted on the same port: a port of the system's own choice (`free_ports`) may be taken by
    somebody's outgoing connection meanwhile, one below that range may not.
    """
    for port in range(wished, min(wished + tries, HIGHEST + 1)):
        if _is_free(host, port, udp):
            return port
    raise OSError(f"no free port between {wished} and {wished + tries - 1} on {host}")


@contextmanager
def choosing(on_wait: Callable[[], None]) -> Iterator[None]:
    """While ports are chosen and not all bound yet: other centres of this user on this machine wait for their turn."""
    path = Path(tempfile.gettempdir()) / f"troncal-{os.geteuid()}-ports.lock"
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def local_addresses() -> tuple[str, ...]:
    """This machine's IPv4 addresses but those of 127.0.0.0/8, in order."""
    every = (
        each.address
        for addresses in psutil.net_if_addrs().values()
        for each in addresses
        if each.family is socket.AF_INET
    )
    return tuple(sorted({address for address in every if not address.startswith("127.")}))


def _is_free(host: str, port: int, udp: bool) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as probe:
        if not udp:  # a TCP port stays bound for a minute after its last connection; a server may use it all the same
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
