"""The browser that the pages are tried in: the host's Chromium, or Debian's without the parts that draw a window.

That one is the same Chromium, and a page in it takes a third of the processor. Where it cannot be installed (not as
root; no such package, as on Ubuntu) it is unpacked into a private folder, like the other machines.

`python -m troncal.machines.chromium` leaves one to be found. Only the tests need it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from troncal.machines.apt import Apt, MachinesUnavailable
from troncal.machines.debian import MACHINES, MachineRoot, unpack, work_folder

PACKAGE = "chromium-headless-shell"
NAMES = (PACKAGE, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
BASE = MACHINES.with_name("chromium")
# Chromium looks for what belongs to it beside the program that runs: that is the loader, so the loader is put there.
# It starts itself anew for each page: by this script too, since what it takes for itself is the loader.
_STARTER = """\
#!/bin/sh
here=$(dirname "$0")
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/{home}/loader" --library-path "{libraries}" "$here/{home}/{program}" \\
    --no-zygote --no-sandbox --browser-subprocess-path="$0" "$@"
"""
_FONTS = """\
<?xml version="1.0"?>
<fontconfig>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""
_HOME = "root/usr/lib/chromium"


class NoChromium(Exception):
    """There is no browser to try the pages in; the message says what a person must do."""


def found(base: Path = BASE) -> str | None:
    """The program's path, when there is one."""
    own = base / "chromium"
    return next((path for path in map(shutil.which, NAMES) if path), str(own) if own.exists() else None)


def ensure(base: Path = BASE) -> str:
    """The program's path; installed or, at `base`, unpacked where it lacks. Raises NoChromium."""
    path = found(base)
    if path is not None:
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say("installing Chromium, which the tests of the pages need")
        path = found(base) if _apt("update") and _apt("install", "--no-install-recommends", PACKAGE) else None
        if path is not None:
            return path
    try:
        return fetch(base)
    except (MachinesUnavailable, OSError) as error:
        raise NoChromium(
            f"the tests need Chromium; it is not here and cannot be fetched: {error}. Install {' or '.join(NAMES[:2])}."
        ) from error


def fetch(base: Path) -> str:
    """Debian's, unpacked into a folder of its own. Raises MachinesUnavailable, OSError."""
    with work_folder(base, _say) as folder:
        if found(base) is None:
            apt = Apt(folder, _say)
            packages = apt.needed(PACKAGE)
            _say(f"fetching Chromium for the tests ({sum(package.size for package in packages) / 1_000_000:.0f} MB)")
            root = unpack(apt.download(packages), folder / "root")
            shutil.rmtree(base / "root", ignore_errors=True)
            root.path.rename(base / "root")
            make_starter(MachineRoot(base / "root"), base)
    return str(base / "chromium")


def make_starter(root: MachineRoot, base: Path) -> None:
    """A script that runs the Chromium unpacked at `base`/root with the libraries that came with it."""
    shutil.copy(root.loader, base / _HOME / "loader")
    (base / "fonts.conf").write_text(_FONTS, encoding="utf-8")
    fresh = base / "chromium.fresh"
    fresh.write_text(_STARTER.format(home=_HOME, libraries=root.libraries, program=PACKAGE), encoding="utf-8")
    fresh.chmod(0o755)
    fresh.rename(base / "chromium")


def _apt(*words: str) -> bool:
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        _say(f"apt-get {words[0]}: {' '.join((done.stderr or done.stdout).splitlines()[-2:])}")
    return not done.returncode


def _say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def main() -> int:
    """Exit code 0 when it is there, 3 when a person must install it."""
    try:
        ensure()
    except NoChromium as error:
        print(f"tests stopped: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
