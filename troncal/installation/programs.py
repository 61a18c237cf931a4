"""Which programs an installation runs: those of its settings, else those that set-up fetched, else the host's."""

import shutil
from functools import partial
from pathlib import Path

from callcenter.operator_problem import OperatorProblem
from callcenter.settings import Settings
from troncal.machines.asterisk import EmbeddedAsterisk, node_folders
from troncal.machines.debian import MACHINES, MachineRoot, installed
from troncal.simulator.sipp import SippCommand

HOST = Path("/")
# Where an Asterisk that the host has keeps its data: Debian's, one that was built there, one of /usr/local.
HOST_DATA = ("usr/share/asterisk", "var/lib/asterisk", "usr/local/share/asterisk")
# Without it an Asterisk says at each start that it has no documentation.
_DOCUMENTATION = "documentation/core-en_US.xml"
_SET_UP = "run `make setup`"


class NoMachines(OperatorProblem):
    """A program that the centre is made of is not here; the message says what to do."""


def asterisk_of(settings: Settings, fetched: MachineRoot | None, host: Path = HOST) -> EmbeddedAsterisk:
    """The Asterisk to run. One of the settings' has its own modules and documentation; voice and music are those that
    set-up fetched, if it did: a host rarely has Spanish ones. Raises NoMachines.
    """
    own = settings.asterisk_binary
    if own is not None:
        data = host_data(host)
        voice = fetched.asterisk_data if fetched else data
        return EmbeddedAsterisk([str(own)], node_folders(settings.state, None, voice / "moh"), data, voice / "sounds")
    if fetched is None:
        raise NoMachines(f"Asterisk is not set up; {_SET_UP}, or set TRONCAL_ASTERISK_BINARY")
    data = fetched.asterisk_data
    where = node_folders(settings.state, fetched.asterisk_modules, fetched.music)
    return EmbeddedAsterisk(fetched.command("asterisk"), where, data, data / "sounds")


def host_data(host: Path = HOST) -> Path:
    """Where the host's own Asterisk has its data."""
    folders = [host / each for each in HOST_DATA]
    return next((each for each in folders if (each / _DOCUMENTATION).exists()), folders[0])


def mosquitto_of(settings: Settings, fetched: MachineRoot | None) -> list[str]:
    """The command line of the broker. Raises NoMachines."""
    if settings.mosquitto_binary is not None:
        return [str(settings.mosquitto_binary)]
    if fetched is None:
        raise NoMachines(f"mosquitto is not set up; {_SET_UP}, or set TRONCAL_MOSQUITTO_BINARY")
    return fetched.command("mosquitto")


def sipp() -> SippCommand:
    """What gives SIPp's command line for its arguments. Raises NoMachines."""
    root = installed(MACHINES)
    if root is not None:
        return partial(root.command, "sipp")
    own = shutil.which("sipp")
    if own is None:
        raise NoMachines(f"SIPp is not here; {_SET_UP}, or install it (Debian's package sip-tester)")
    return lambda *arguments: [own, *arguments]
