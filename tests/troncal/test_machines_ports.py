"""Free ports: different ones, and never one that is taken."""

import socket
import tempfile
import threading
from pathlib import Path

import pytest

from troncal.machines.ports import choosing, free_ports, port_from


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


def test_a_second_centre_chooses_its_ports_only_when_the_first_has_bound_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other tests start centres at the same time
    told: list[str] = []
    waits = threading.Event()

    def second() -> None:
        with choosing(waits.set):
            told.append("second")

    with choosing(waits.set):
        assert not waits.is_set()
        other = threading.Thread(target=second)
        other.start()
        assert waits.wait(10)
        told.append("first")
    other.join(10)
    assert told == ["first", "second"]
