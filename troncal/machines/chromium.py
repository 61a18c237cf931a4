"""The browser that the pages are tried in: the host's Chromium, or Debian's without the parts that draw a window.

That one is the same Chromium, and a page in it takes a third of the processor.

`python -m troncal.machines.chromium` leaves one on the PATH. Only the tests need it.
"""

import os
import shutil
import subprocess
import sys

PACKAGE = "chromium-headless-shell"
NAMES = (PACKAGE, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
BY_HAND = f"apt-get install -y --no-install-recommends {PACKAGE}"


class NoChromium(Exception):
    """There is no browser to try the pages in; the message says what a person must do."""


def found() -> str | None:
    """The program's path, when there is one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def ensure() -> str:
    """The program's path; as root it is installed where it lacks. Raises NoChromium."""
    path = found()
    if path is not None:
        return path
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NoChromium(f"the tests need Chromium and it is not here; run as root: {BY_HAND}")
    print("set-up: installing Chromium, which the tests of the pages need", flush=True)
    _apt("update")
    _apt("install", "--no-install-recommends", PACKAGE)
    path = found()
    if path is None:
        raise NoChromium(f"`{BY_HAND}` left no Chromium on the PATH")
    return path


def _apt(*words: str) -> None:
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        why = " ".join((done.stderr or done.stdout).splitlines()[-2:])
        raise NoChromium(f"Chromium could not be installed ({BY_HAND}): {why}")


def main() -> int:
    """Exit code 0 when it is there, 3 when a person must install it."""
    try:
        ensure()
    except (NoChromium, OSError) as error:
        print(f"tests stopped: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
