"""A centre beside strangers: what listens on a port that it wishes, or takes one in the instant of its start."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from callcenter.centre.file import load
from callcenter.settings import PROJECT, Settings
from troncal.installation import state_folder
from troncal.installation.ownership import Owner, owned
from troncal.installation.places import AMI_FROM
from troncal.machines.ports import PortClaims, free_ports
from troncal.processes.up import NamedPortTaken, centre_up

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(300)]
CENTRE = load(PROJECT / "centre.yaml")
Coming = tuple[int, Callable[[int], None]]


class Healthy(BaseHTTPRequestHandler):
    """Another program's health check, as good as ours."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Strangers:
    """Programs that are not ours, until the end of the block."""

    def __init__(self, held: ExitStack) -> None:
        self._held = held

    def listen(self, port: int) -> None:
        """Take connections and say nothing."""
        self._held.enter_context(socket.create_server(("127.0.0.1", port)))

    def serve_http(self, port: int) -> None:
        """Answer every request with 200."""
        server = self._held.enter_context(HTTPServer(("127.0.0.1", port), Healthy))
        Thread(target=server.serve_forever, daemon=True).start()
        self._held.callback(server.shutdown)


class OvertakenClaims(PortClaims):
    """Chooses as ever, but of the first wish of `coming` a stranger takes what was chosen: one at each start."""

    def __init__(self, coming: list[Coming], taken: list[int]) -> None:
        super().__init__()
        self._coming, self._taken = coming[:1], taken
        del coming[:1]

    def port_from(self, wished: int, *, host: str = "127.0.0.1", udp: bool = False) -> int:
        port = super().port_from(wished, host=host, udp=udp)
        for first_wished, take in self._coming:
            if first_wished == wished:
                take(port)
                self._taken.append(port)
        return port


@pytest.fixture
def strangers() -> Iterator[Strangers]:
    """None of them there yet."""
    with ExitStack() as held:
        yield Strangers(held)


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    """This process, of a state folder."""
    with owned(tmp_path) as own:
        yield own


def settings_in(folder: Path, **named: int) -> Settings:
    state_folder.make_secrets(folder)
    return Settings(_env_file=folder / state_folder.SECRETS_FILE, state=folder, **named)  # type: ignore[arg-type]


async def test_strangers_are_passed_over_who_was_there_before_and_who_comes_in_the_instant_of_the_start(
    tmp_path: Path, owner: Owner, strangers: Strangers
) -> None:
    settings, said, taken = settings_in(tmp_path, http_port=free_ports(1)[0]), list[str](), list[int]()
    strangers.serve_http(settings.http_port)
    coming: list[Coming] = [(AMI_FROM, strangers.listen)]
    async with centre_up(
        owner, settings, CENTRE, said.append, claiming=lambda: OvertakenClaims(coming, taken)
    ) as running:
        ports = running.places.ports
        assert ports.http != settings.http_port and ports.ami != taken[0]
        listening = {each.child.name: [at.port for at in each.child.listens] for each in running.supervisor.children()}
    again = [line.split(":")[0] for line in said if line.endswith("starting again on another port")]
    assert again == [f"asterisk did not get TCP port {taken[0]} (AMI)"]
    assert listening == {
        **{"mosquitto": [ports.broker], "asterisk": [ports.ami, ports.sip, ports.phones]},
        **{"bridge": [], "api": [ports.http], "agi": [ports.agi], "dialer": [], "reports": []},
    }


async def test_a_port_that_the_settings_name_is_not_exchanged(
    tmp_path: Path, owner: Owner, strangers: Strangers
) -> None:
    (named,) = free_ports(1)
    strangers.listen(named)
    with pytest.raises(NamedPortTaken, match=rf"port {named} \(MQTT\).*The settings name this port"):
        async with centre_up(owner, settings_in(tmp_path, broker_port=named), CENTRE, list[str]().append):
            pass


async def test_a_port_that_is_named_for_two_centres_is_the_firsts(tmp_path: Path, owner: Owner) -> None:
    (named,) = free_ports(1)
    with PortClaims() as first, pytest.raises(NamedPortTaken, match="another centre's"):
        assert first.claim(named)
        async with centre_up(owner, settings_in(tmp_path, ami_port=named), CENTRE, list[str]().append):
            pass
