"""Where an installation's machines listen and how they are started: addresses, commands, secrets, in one object."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from callcenter.centre.model import Centre
from callcenter.centre.phone_secrets import phone_password
from callcenter.centre.phones import endpoints_of
from callcenter.messages.codec import TOPIC_RIGHTS
from callcenter.messages.envelope import Service
from callcenter.settings import Settings
from troncal.installation import programs
from troncal.installation.state_folder import Running
from troncal.machines.asterisk import EmbeddedAsterisk
from troncal.machines.asterisk_conf import Agi, Ami, NodeConf, Sip, Web
from troncal.machines.asterisk_needs import FLOOR_EVENTS
from troncal.machines.broker import BrokerUser
from troncal.machines.debian import MACHINES, MachineRoot, installed
from troncal.machines.ports import local_addresses, port_from

RTP_PORTS = (20000, 22000)
# Below the range from which the kernel gives ports to outgoing connections: a restarted child finds its own free.
SIP_FROM, AMI_FROM, BROKER_FROM, AGI_FROM, PHONES_FROM = 25060, 25038, 21883, 24573, 28088
ChoosePort = Callable[..., int]  # as `port_from`


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one start."""

    http: int
    sip: int
    ami: int
    broker: int
    agi: int
    phones: int


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that `troncal up` starts, before it is started."""

    settings: Settings
    centre: Centre
    fetched: MachineRoot | None
    ports: Ports

    @classmethod
    def found(cls, settings: Settings, centre: Centre, choose: ChoosePort = port_from) -> "Places":
        """Choose free ports and find the machines. Raises NoMachines, OSError."""
        fetched = installed(MACHINES)
        for program_of in (programs.asterisk_of, programs.mosquitto_of):
            program_of(settings, fetched)  # or say now what is missing, before anything is started
        ports = Ports(
            choose(settings.http_port, host=settings.http_host),
            settings.sip_port or choose(SIP_FROM, host=settings.sip_host, udp=True),
            settings.ami_port or choose(AMI_FROM),
            settings.broker_port or choose(BROKER_FROM),
            settings.agi_port or choose(AGI_FROM, host=settings.agi_host),
            settings.phone_ws_port or choose(PHONES_FROM, host=settings.phone_ws_host),
        )
        return cls(settings, centre, fetched, ports)

    @property
    def asterisk(self) -> EmbeddedAsterisk:
        """The embedded Asterisk."""
        return programs.asterisk_of(self.settings, self.fetched)

    @property
    def mosquitto(self) -> list[str]:
        """The broker's program."""
        return programs.mosquitto_of(self.settings, self.fetched)

    def node_conf(self, today: date, menus: str) -> NodeConf:
        """What Asterisk's configuration is rendered from; `menus` is the compiled menus' dialplan."""
        settings = self.settings
        ami = Ami(
            "127.0.0.1",
            self.ports.ami,
            settings.ami_events_user,
            settings.ami_events_secret.get_secret_value(),
            settings.ami_actions_user,
            settings.ami_actions_secret.get_secret_value(),
            only_events=FLOOR_EVENTS if (settings.feed, settings.ami_events) == ("ledger", "needed") else (),
        )
        endpoints = (name for agent in self.centre.agents for name in endpoints_of(agent.extension))
        secrets = {name: phone_password(settings, name) for name in endpoints}
        return NodeConf(
            settings.node,
            self.asterisk.folders,
            ami,
            self._sip(),
            Agi(settings.agi_host, self.ports.agi, settings.agi_secret.get_secret_value()),
            self.centre.rule_on(today),
            secrets,
            menus,
            own_recordings=settings.recordings_of(settings.node),
        )

    def _sip(self) -> Sip:
        settings = self.settings
        return Sip(
            *(settings.sip_host, self.ports.sip, *RTP_PORTS),
            web=Web(settings.phone_ws_host, self.ports.phones, str(settings.media_address), local_addresses()),
        )

    def broker_users(self) -> list[BrokerUser]:
        """Every service with its own password and rights."""
        return [
            BrokerUser(service.value, broker_password(self.settings, service), rights.at(self.settings.node))
            for service, rights in TOPIC_RIGHTS.items()
        ]

    def environment(self) -> dict[str, str]:
        """The settings of the services that run as children."""
        folders = self.asterisk.folders
        return {
            "TRONCAL_STATE": str(self.settings.state),
            "TRONCAL_CENTRE": str(self.settings.centre),
            "TRONCAL_AMI_PORT": str(self.ports.ami),
            "TRONCAL_BROKER_PORT": str(self.ports.broker),
            "TRONCAL_HTTP_PORT": str(self.ports.http),
            "TRONCAL_AGI_PORT": str(self.ports.agi),
            "TRONCAL_PHONE_WS_PORT": str(self.ports.phones),
            "TRONCAL_LEDGER": str(folders.ledger),
            "TRONCAL_QUEUE_LOG": str(folders.log / "queue_log"),
        }

    def running(self) -> Running:
        """What is written down for other commands to find this centre."""
        folders = self.asterisk.folders
        return Running(
            f"http://{self.settings.http_host}:{self.ports.http}",
            self.settings.sip_host,
            self.ports.sip,
            self.ports.ami,
            self.ports.broker,
            str(folders.ledger),
            str(folders.log / "queue_log"),
            str(folders.etc / "asterisk.conf"),
        )


def named_ports(settings: Settings) -> frozenset[int]:
    """The ports that the settings name: no others may be taken instead."""
    named = (settings.sip_port, settings.ami_port, settings.broker_port, settings.agi_port, settings.phone_ws_port)
    return frozenset(named) - {0}


def broker_password(settings: Settings, service: Service) -> str:
    """The service's own secret."""
    secret = getattr(settings, f"broker_secret_{service.value}").get_secret_value()
    return str(secret)


def log_folder(settings: Settings) -> Path:
    """Where the children's logs go."""
    folder = settings.state / "log"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
