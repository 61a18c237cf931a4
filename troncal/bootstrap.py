"""Sets the project up with nothing but the system's python3: packages from the lock file, then the machines.

Runs before any dependency is there, so it imports the standard library only.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "troncal-set-up"
OLDEST = (3, 11)


def main() -> int:
    """Exit code 0 when everything is there, 3 when something is missing that a person must provide."""
    if sys.version_info < OLDEST:
        return missing(f"Python {OLDEST[0]}.{OLDEST[1]} or later is needed, this is {sys.version.split()[0]}")
    if current() != stamped():
        for step in (make_environment, install_packages, install_project):
            code = step()
            if code:
                return code
        STAMP.write_text(current())
    return subprocess.call([PYTHON, "-m", "troncal.machines", "fetch"], cwd=PROJECT)


def current() -> str:
    """What the environment should have been made from."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((PROJECT / name).read_bytes())
    digest.update(str(PROJECT).encode())
    return digest.hexdigest()


def stamped() -> str:
    """What it was made from the last time."""
    return STAMP.read_text() if STAMP.exists() and PYTHON.exists() else ""


def make_environment() -> int:
    """`.venv`, with pip in it."""
    if PYTHON.exists() and run([PYTHON, "-m", "pip", "--version"], quiet=True) == 0:
        return 0
    say("making the Python environment .venv")
    if run([sys.executable, "-m", "venv", "--clear", VENV], quiet=True) == 0:
        return 0
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() != 0:
        return missing(f"python3 cannot make environments; run: sudo apt-get install {package}")
    say(f"installing {package}")
    apt = ["apt-get", "-qq", "-y"]
    if run([*apt, "update"]) or run([*apt, "install", package]):
        return missing(f"{package} could not be installed; run: apt-get install {package}")
    return run([sys.executable, "-m", "venv", "--clear", VENV])


def install_packages() -> int:
    """Every package at the version and hash of the lock file."""
    count = sum(1 for line in (PROJECT / "requirements.lock").read_text().splitlines() if "==" in line)
    say(f"fetching and installing {count} Python packages")
    began = time.monotonic()
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    code = run([*pip, "--require-hashes", "-r", PROJECT / "requirements.lock"])
    if code:
        return missing("the Python packages could not be installed (above is why); is a package index reachable?")
    say(f"Python packages are installed ({time.monotonic() - began:.0f} s)")
    return 0


def install_project() -> int:
    """The project itself, editable: leaves `.venv/bin/troncal`."""
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    code = run([*pip, "--no-build-isolation", "--editable", PROJECT])
    return missing("the project could not be installed into .venv (above is why)") if code else 0


def run(command: list[object], *, quiet: bool = False) -> int:
    """Run a command without input; its output is shown unless `quiet`."""
    sink = subprocess.DEVNULL if quiet else None
    return subprocess.call(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd=PROJECT
    )


def say(text: str) -> None:
    """One line of progress."""
    print(f"set-up: {text}", flush=True)


def missing(text: str) -> int:
    """Say what a person must do."""
    print(f"set-up stopped: {text}", file=sys.stderr)
    return 3


if __name__ == "__main__":
    sys.exit(main())
