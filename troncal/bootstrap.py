"""Sets the project up with nothing but the system's python3: packages from the lock file, then the machines.

Runs before any dependency is there, so it imports the standard library only; it can be read by older Pythons, to
say that they are too old.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "troncal-set-up"
OLDEST = (3, 11)
PIP: "list[object]" = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]


class Stop(Exception):
    """The set-up cannot go on; the message says what a person must do."""


def main() -> int:
    """Exit code 0 when everything is there, 3 when something is missing that a person must provide."""
    try:
        if sys.version_info < OLDEST:
            raise Stop(
                f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed, this is {sys.version.split()[0]}; "
                "`make PYTHON=python3.12 ...` names another"
            )
        return set_up()
    except (Stop, OSError) as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


def set_up() -> int:
    """The machines need none of the packages, so both are fetched at once."""
    machines = subprocess.Popen([sys.executable, "-m", "troncal.machines", "fetch"], cwd=PROJECT)
    try:
        if wanted() != stamped():
            make_environment()
            install_packages()
            install_project()
            STAMP.write_text(wanted())
    finally:
        code = machines.wait()
    # What callers hear is made by the machines, from texts that the packages read.
    return (
        code
        or run([PYTHON, "-m", "troncal.installation.prompts"])
        or run([PYTHON, "-m", "troncal.installation.page_bundles"])
    )


def wanted() -> str:
    """What the environment should have been made from."""
    digest = hashlib.sha256(f"{sys.version}\n{PROJECT}\n".encode())
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((PROJECT / name).read_bytes())
    return digest.hexdigest()


def stamped() -> str:
    """What it was made from the last time."""
    return STAMP.read_text() if STAMP.exists() and PYTHON.exists() else ""


def make_environment() -> None:
    """`.venv`, with pip in it. One that came from another folder is made anew: its scripts name that folder."""
    if belongs_here() and run([PYTHON, "-m", "pip", "--version"], quiet=True) == 0:
        return
    say(f"making the Python environment .venv (Python {sys.version.split()[0]})")
    make: list[object] = [sys.executable, "-m", "venv", "--clear", VENV]
    if run(make, quiet=True) == 0:
        return
    install_venv()
    if run(make):
        raise Stop("the Python environment .venv could not be made (above is why)")


def belongs_here() -> bool:
    """Whether there is an environment that was made in this very folder."""
    configuration = VENV / "pyvenv.cfg"
    return PYTHON.exists() and configuration.exists() and str(VENV) in configuration.read_text()


def install_venv() -> None:
    """Debian and Ubuntu ship the module venv as a package of its own."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    by_hand = f"apt-get update && apt-get install -y {package}"
    if os.geteuid() != 0:
        raise Stop(f"this python3 cannot make environments; run as root: {by_hand}")
    say(f"installing {package}, which this python3 lacks")
    apt: list[object] = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    log = PROJECT / ".troncal" / "apt.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("w") as sink:
        failed = run([*apt, "update"], sink=sink) or run([*apt, "install", package], sink=sink)
    if failed:
        raise Stop(f"this python3 cannot make environments, and `{by_hand}` failed; see {log}")
    log.unlink()


def install_packages() -> None:
    """Every package at the version and hash of the lock file."""
    lock = PROJECT / "requirements.lock"
    count = sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith(" "))
    say(f"fetching and installing {count} Python packages")
    began = time.monotonic()
    if run([*PIP, "--require-hashes", "-r", lock]):
        raise Stop("the Python packages could not be installed (above is why); is a package index reachable?")
    say(f"Python packages are installed ({time.monotonic() - began:.0f} s)")


def install_project() -> None:
    """The project itself, editable: leaves `.venv/bin/troncal`."""
    if run([*PIP, "--no-deps", "--no-build-isolation", "--editable", PROJECT]):
        raise Stop("the project could not be installed into .venv (above is why)")


def run(command: "list[object]", *, quiet: bool = False, sink: "IO[str] | None" = None) -> int:
    """Run a command without input; its output is shown unless it is `quiet` or goes to the file `sink`."""
    output = subprocess.DEVNULL if quiet else sink
    words = [str(word) for word in command]
    return subprocess.call(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=str(PROJECT))


def say(text: str) -> None:
    """One line of progress."""
    print(f"set-up: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
