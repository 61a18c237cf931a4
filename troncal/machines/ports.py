"""Free ports on a loopback address."""

import socket
from contextlib import ExitStack


def free_ports(count: int, *, host: str = "127.0.0.1", udp: bool = False) -> list[int]:
    """So many different ports that nobody listens on now."""
    kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket(socket.AF_INET, kind)) for _ in range(count)]
        for each in sockets:
            each.bind((host, 0))
        return [each.getsockname()[1] for each in sockets]


def port_from(wished: int, *, host: str = "127.0.0.1", tries: int = 50) -> int:
    """The first free TCP port at or after the wished one. Raises OSError when there is none among `tries`."""
    for port in range(wished, wished + tries):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {wished} and {wished + tries - 1} on {host}")
