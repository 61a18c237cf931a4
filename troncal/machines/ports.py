"""Free ports on a loopback address, who may use them, and the machine's own addresses."""

import errno
import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

import psutil

HIGHEST = 65535
TRIES = 50


def free_ports(count: int, *, host: str = "127.0.0.1", udp: bool = False) -> list[int]:
    """So many different ports that nobody uses now. Ask for all at once: the next call may give the same again."""
    kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket(socket.AF_INET, kind)) for _ in range(count)]
        for each in sockets:
            each.bind((host, 0))
        return [each.getsockname()[1] for each in sockets]


def port_from(wished: int, *, host: str = "127.0.0.1", udp: bool = False) -> int:
    """The first free port at or after the wished one. Raises OSError when there is none among TRIES.

    For what is restarted on the same port: a port of the system's own choice (`free_ports`) may be taken by
    somebody's outgoing connection meanwhile, one below that range may not.
    """
    return _first(wished, host, lambda port: _is_free(host, port, udp))


class PortClaims:
    """Ports that are this process's until it ends, also while nothing listens there: a child that died and is started
    again finds its own free. Every other centre on this machine passes them over.

    A claim is an abstract Unix socket with the port's number in its name: such names are the kernel's, one list for
    each network namespace as the ports themselves, whatever folders a centre uses, and end with their process. A
    number is claimed for TCP and UDP and every address at once: addresses overlap.
    """

    def __init__(self) -> None:
        self._held = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def port_from(self, wished: int, *, host: str = "127.0.0.1", udp: bool = False) -> int:
        """As the function of that name; the port is claimed. Raises OSError."""
        return _first(wished, host, lambda port: self._has_claimed(host, port, udp))

    def claim(self, port: int) -> bool:
        """Claim a port whether it is free or not; False when it is claimed already. Raises OSError."""
        claim = _claim(port)
        if claim is not None:
            self._held.enter_context(claim)
        return claim is not None

    def _has_claimed(self, host: str, port: int, udp: bool) -> bool:
        with ExitStack() as claimed:
            claim = _claim(port)
            if claim is None:
                return False
            claimed.enter_context(claim)
            if not _is_free(host, port, udp):
                return False
            self._held.enter_context(claimed.pop_all())
        return True


def local_addresses() -> tuple[str, ...]:
    """This machine's IPv4 addresses but those of 127.0.0.0/8, in order."""
    every = (
        each.address
        for addresses in psutil.net_if_addrs().values()
        for each in addresses
        if each.family is socket.AF_INET
    )
    return tuple(sorted({address for address in every if not address.startswith("127.")}))


def _first(wished: int, host: str, is_right: Callable[[int], bool]) -> int:
    for port in range(wished, min(wished + TRIES, HIGHEST + 1)):
        if is_right(port):
            return port
    raise OSError(f"no free port between {wished} and {wished + TRIES - 1} on {host}")


def _claim(port: int) -> socket.socket | None:
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)  # no child inherits it
    try:
        claim.bind(f"\0troncal/port/{port}")
    except OSError as error:
        claim.close()
        if error.errno != errno.EADDRINUSE:
            raise
        return None
    return claim


def _is_free(host: str, port: int, udp: bool) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as probe:
        if not udp:  # a TCP port stays bound for a minute after its last connection; a server may use it all the same
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
