"""`python -m troncal.machines fetch|pin`: set the machines up, or pin their packages anew."""

import os
import sys

from troncal.machines.apt import MachinesUnavailable
from troncal.machines.asterisk_needs import OLDEST_ASTERISK
from troncal.machines.debian import MACHINES, ensure, pin
from troncal.machines.manifest import dotted

OWN = ("TRONCAL_ASTERISK_BINARY", "TRONCAL_MOSQUITTO_BINARY")
INSTEAD = (
    f"Install Asterisk {dotted(OLDEST_ASTERISK)} or later and mosquitto by hand and set {' and '.join(OWN)}, "
    "or point TRONCAL_AMI_HOST/PORT and TRONCAL_BROKER_HOST/PORT at running ones."
)


def main(arguments: list[str]) -> int:
    """Exit code 0 when done, 2 for a wrong word, 3 when it cannot be done here."""
    try:
        return _obey(arguments)
    except (MachinesUnavailable, OSError) as error:
        print(f"set-up stopped: {error}. {INSTEAD}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("set-up stopped: interrupted", file=sys.stderr)
        return 130


def _obey(arguments: list[str]) -> int:
    match arguments:
        case ["fetch"]:
            _fetch()
        case ["pin"]:
            pin(MACHINES, _say)
        case _:
            print("usage: python -m troncal.machines fetch|pin", file=sys.stderr)
            return 2
    return 0


def _fetch() -> None:
    """What the centre runs and speaks with. Where Asterisk and the broker are the host's, it can do without."""
    try:
        ensure(MACHINES, _say)
    except MachinesUnavailable as missing:
        if not all(os.environ.get(name) for name in OWN):
            raise
        _say(f"{missing}")
        _say("going on with the programs of this host; espeak-ng, sox, SIPp and Spanish sounds must be its own too")


def _say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
