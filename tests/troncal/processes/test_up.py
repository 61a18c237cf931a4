"""`troncal up` as a whole: one owner of a state folder, what a killed one leaves, and children that hang."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.telephony.phones.duty import caller
from tests.telephony.running_centre import RunningCentre, centre_open
from tests.troncal.machines.gone import is_gone
from tests.waiting import eventually, until
from troncal.installation.ownership import OWNER_FILE

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def centre() -> Iterator[RunningCentre]:
    """A centre of the test's own: it is killed and stopped in parts."""
    with centre_open() as running:
        yield running


def up_log(centre: RunningCentre) -> str:
    return (centre.state / "up.log").read_text()


def notes(state: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in state.glob("*.json")} | {
        "secrets.env": (state / "secrets.env").read_bytes()
    }


def test_a_second_one_says_who_was_first_and_touches_nothing(centre: RunningCentre) -> None:
    assert centre.process is not None
    before, children = notes(centre.state), {each.pid for each in centre.children()}
    done = centre.troncal("up")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (3, "", 1), done.stderr
    assert f"is owned by process {centre.process.pid} on " in done.stderr
    assert notes(centre.state) == before and {each.pid for each in centre.children()} == children
    doctor = centre.troncal("doctor")
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr


def test_after_a_kill_the_next_one_starts_and_nothing_of_the_first_is_left(centre: RunningCentre) -> None:
    assert centre.process is not None
    first = centre.children()
    mark = json.loads((centre.state / OWNER_FILE).read_text())["mark"]
    centre.process.kill()
    centre.process.wait()
    assert centre.where is None
    assert centre.troncal("call").returncode == 3
    centre.start()
    assert [each for each in first if not is_gone(each.pid)] == []
    assert json.loads((centre.state / OWNER_FILE).read_text())["mark"] != mark
    assert {each.environ()["TRONCAL_OWNER"] for each in centre.children()} != {mark}
    doctor = centre.troncal("doctor")
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr


def test_services_that_hang_are_started_again(centre: RunningCentre) -> None:
    hung = {service: centre.child("troncal.cli", service) for service in ("bridge", "api", "agi", "dialer", "reports")}
    for process in hung.values():
        process.suspend()
    for service, process in hung.items():
        until(partial(is_gone, process.pid), 12, f"the {service} that hangs is ended")
        assert f"{service} hangs: no sign of life" in up_log(centre)
    until(lambda: centre.troncal("doctor").returncode == 0 and services(centre) == set(hung), 30, "all are back")


def services(centre: RunningCentre) -> set[str]:
    """Those of ours that run."""
    lines = [words(each) for each in centre.children()]
    return {line[-1] for line in lines if "troncal.cli" in line}


def words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # a zombie too
        return []


def test_an_asterisk_that_hangs_is_shown_and_left_alone(centre: RunningCentre) -> None:
    asterisk = centre.asterisk()
    asterisk.suspend()
    done = centre.troncal("doctor")
    asterisk.resume()
    assert done.returncode == 1 and "says nothing" in " ".join(done.stdout.split())
    assert centre.asterisk().pid == asterisk.pid


async def test_an_asterisk_whose_port_was_taken_while_it_was_away_is_not_ended_with_its_calls(
    centre: RunningCentre,
) -> None:
    assert centre.where is not None
    port = centre.where.ami_port
    centre.asterisk().kill()
    with taken(port):
        await eventually(lambda: "asterisk goes on without it" in up_log(centre), 60, "it is up without its port")
        assert f"did not get TCP port {port} (AMI)" in up_log(centre)
        without = centre.asterisk()
        phone = await caller(centre, "70700001")
        leg = await phone.call("102")
        await leg.until(leg.answered)
    await eventually(lambda: "as soon as it serves nobody" in up_log(centre), 20, "the port is known to be free")
    assert not is_gone(without.pid) and not leg.ended.is_set()
    await leg.hang_up()
    await phone.close()
    await eventually(lambda: is_gone(without.pid), 30, "it ended, nobody being served")
    await eventually(lambda: has_its_port(centre, port), 60, "the next one has the port")


@contextmanager
def taken(port: int) -> Iterator[None]:
    """A stranger's from the instant in which it is free until the end of the block."""
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def has_it() -> bool:
            try:
                stranger.bind(("127.0.0.1", port))
            except OSError:
                return False
            stranger.listen()
            return True

        until(has_it, 10, "the port is free")
        yield


def has_its_port(centre: RunningCentre, port: int) -> bool:
    return any(listens_at(child, port) for child in centre.children())


def listens_at(process: psutil.Process, port: int) -> bool:
    """No for one that has ended meanwhile: it is started anew."""
    try:
        every = process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    return any(each.laddr.port == port and each.status == psutil.CONN_LISTEN for each in every)
