"""`python -m troncal.machines fetch|pin`: set the machines up, or pin their packages anew."""

import sys
from pathlib import Path

from troncal.machines.debian import MachinesUnavailable, ensure, pin

BASE = Path(__file__).resolve().parents[2] / ".troncal" / "machines"


def main(arguments: list[str]) -> int:
    """Exit code 0 when done, 2 for a wrong word, 3 when it cannot be done here."""
    try:
        match arguments:
            case ["fetch"]:
                ensure(BASE, _say)
            case ["pin"]:
                pin(BASE, _say)
            case _:
                print("usage: python -m troncal.machines fetch|pin", file=sys.stderr)
                return 2
    except MachinesUnavailable as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
        return 3
    return 0


def _say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
