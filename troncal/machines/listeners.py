"""Whose a listening port is: a child's own, or somebody else's."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from psutil._ntuples import pconn, sconn


@dataclass(frozen=True, slots=True)
class ListeningPort:
    """A port on which a program is to listen; `use` says for what, in an operator's words."""

    port: int
    use: str
    udp: bool = False

    def __str__(self) -> str:
        return f"{'UDP' if self.udp else 'TCP'} port {self.port} ({self.use})"


def is_own(wanted: ListeningPort, pid: int) -> bool:
    """Whether this process or a descendant of it listens there. Where we may not look, it is believed."""
    try:
        return any(_is(wanted, each) for process in _family(pid) for each in process.net_connections("inet"))
    except psutil.AccessDenied:  # a program with rights of its own, as one with file capabilities
        return True
    except psutil.NoSuchProcess:
        return False


def holder(wanted: ListeningPort) -> str | None:
    """Who has that port, as an operator knows it: who listens there, else whose outgoing connection came by it.

    None: nobody has it. The system gives outgoing connections any free port of its own range.
    """
    found = psutil.net_connections("inet")
    listening = [each for each in found if _is(wanted, each)]
    outgoing = [each for each in found if _comes_from(wanted, each)]
    return next((_named(each.pid) for each in (*listening, *outgoing)), None)


def _family(pid: int) -> Iterator[psutil.Process]:
    process = psutil.Process(pid)
    yield process
    yield from process.children(recursive=True)


def _is(wanted: ListeningPort, found: "pconn | sconn") -> bool:
    if not found.laddr or found.laddr.port != wanted.port:
        return False
    return found.type is socket.SOCK_DGRAM if wanted.udp else found.status == psutil.CONN_LISTEN


def _comes_from(wanted: ListeningPort, found: "sconn") -> bool:
    """A connection at that port; what a process that has ended left behind has no process."""
    if wanted.udp or not found.laddr or found.laddr.port != wanted.port or found.pid is None:
        return False
    return found.status == psutil.CONN_ESTABLISHED


def _named(pid: int | None) -> str:
    try:
        return f"process {pid}, {psutil.Process(pid).name()}" if pid is not None else "another user's process"
    except psutil.NoSuchProcess:
        return "a process that has just ended"
