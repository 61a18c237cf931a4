"""Free ports: different ones, never one that is taken, and a centre's own until it ends."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from troncal.machines.ports import PortClaims, free_ports, port_from

WISHED = 18_500 + os.getpid() % 1000


def test_ports_asked_for_at_once_are_all_different() -> None:
    assert len(set(free_ports(200))) == len(set(free_ports(200, udp=True))) == 200


@pytest.mark.parametrize("udp", [False, True])
def test_a_taken_port_is_passed_over(udp: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        if not udp:
            taken.listen()
        assert port_from(taken.getsockname()[1], udp=udp) > taken.getsockname()[1]


def test_there_is_no_port_after_the_last() -> None:
    with pytest.raises(OSError, match="no free port"):
        port_from(65536)


@pytest.mark.parametrize("udp", [False, True])
def test_a_claimed_port_is_nobody_elses_until_its_holder_ends(udp: bool) -> None:
    with PortClaims() as first, PortClaims() as second:
        port = first.port_from(WISHED, udp=udp)  # nothing listens there, as when a child is started again
        assert second.port_from(port, udp=udp) > port
        assert first.port_from(port, udp=udp) > port
    with PortClaims() as third:
        assert third.port_from(port, udp=udp) == port


def test_a_taken_port_is_not_claimed() -> None:
    with socket.socket() as taken, PortClaims() as claims:
        taken.bind(("127.0.0.1", claims.port_from(WISHED)))
        taken.listen()
        with PortClaims() as others:
            assert others.port_from(taken.getsockname()[1]) > taken.getsockname()[1]


def test_a_claim_is_for_tcp_and_udp_and_every_address() -> None:
    with PortClaims() as first, PortClaims() as second:
        port = first.port_from(WISHED, host="127.0.0.2")
        assert second.port_from(port, udp=True) > port
        assert second.port_from(port, host="0.0.0.0") > port


def test_a_port_that_is_in_use_may_be_claimed_and_only_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, PortClaims() as first, PortClaims() as second:
        port = taken.getsockname()[1]
        assert (first.claim(port), second.claim(port)) == (True, False)


def test_a_claim_holds_whatever_folders_a_process_uses_and_ends_with_it(tmp_path: Path) -> None:
    claim = f"claims = PortClaims(); print(claims.port_from({WISHED}), flush=True); input()"
    program = f"from troncal.machines.ports import PortClaims; {claim}"
    pipe, elsewhere = subprocess.PIPE, {**os.environ, "TMPDIR": str(tmp_path)}
    holder = subprocess.Popen([sys.executable, "-c", program], env=elsewhere, stdin=pipe, stdout=pipe, text=True)
    assert holder.stdout is not None
    port = int(holder.stdout.readline())
    with PortClaims() as others:
        assert others.port_from(port) > port
    holder.kill()
    holder.wait(10)
    with PortClaims() as others:
        assert others.port_from(port) == port
