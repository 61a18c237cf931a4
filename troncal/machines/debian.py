"""Debian packages unpacked into a private folder, without root: Asterisk 22, mosquitto, SIPp, espeak-ng, sox
and the sounds.

They are newer than the host's own libraries, so they bring all of theirs and are started through their own
dynamic loader. Nothing of the host is changed.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from troncal.machines import manifest
from troncal.machines.apt import Apt, MachinesUnavailable, Say
from troncal.machines.manifest import Package

_UNNEEDED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/icons")


# What set-up fetches, of this folder's project. (The settings are read by nothing that a second set-up runs.)
MACHINES = Path(__file__).resolve().parents[2] / ".troncal" / "machines"


@dataclass(frozen=True, slots=True)
class MachineRoot:
    """An unpacked set of packages."""

    path: Path

    @property
    def library_folder(self) -> Path:
        """Where the shared libraries are."""
        return next(iter(sorted((self.path / "usr/lib").glob("*-linux-gnu*"))))

    @property
    def loader(self) -> Path:
        """The dynamic loader of the packages' own libc."""
        places = [*(self.path / "usr/lib64").glob("ld-linux*"), *(self.path / "usr/lib").glob("ld-linux*")]
        return sorted(places or self.library_folder.glob("ld-linux*"))[0]

    @property
    def libraries(self) -> str:
        """Where the loader is to look for libraries."""
        return f"{self.library_folder}:{self.library_folder / 'pulseaudio'}"

    @property
    def asterisk_modules(self) -> Path:
        """Asterisk's loadable modules."""
        return self.library_folder / "asterisk/modules"

    @property
    def asterisk_data(self) -> Path:
        """Asterisk's sounds and documentation."""
        return self.path / "usr/share/asterisk"

    @property
    def music(self) -> Path:
        """Music on hold."""
        return self.asterisk_data / "moh"

    @property
    def speech(self) -> list[str]:
        """The command line that runs espeak-ng with the voices of the packages. Raises FileNotFoundError."""
        return self.command("espeak-ng", f"--path={self.library_folder}")

    def command(self, binary: str, *args: str) -> list[str]:
        """The command line that runs a program of the packages. Raises FileNotFoundError."""
        for folder in ("usr/sbin", "usr/bin"):
            program = self.path / folder / binary
            if program.exists():
                return [str(self.loader), "--library-path", self.libraries, str(program), *args]
        raise FileNotFoundError(f"{binary} is not among the machines' packages")


def installed(base: Path) -> MachineRoot | None:
    """The root that the manifest asks for, when it is there already."""
    path = base / manifest.digest(manifest.load()) / "root"
    return MachineRoot(path) if path.is_dir() else None


def ensure(base: Path, say: Say) -> MachineRoot:
    """The root that the manifest asks for, fetched where it is not there. Raises MachinesUnavailable."""
    found = installed(base)
    if found is not None:
        return found
    with work_folder(base, say) as folder:
        return installed(base) or _fetch(base, folder, say)


def pin(base: Path, say: Say) -> list[Package]:
    """Write the manifest anew from what the mirror offers now. Raises MachinesUnavailable."""
    with work_folder(base, say) as folder:
        packages = Apt(folder, say).offered(list(manifest.WANTED))
    manifest.save(packages)
    say(f"pinned {len(packages)} packages")
    return packages


def _fetch(base: Path, folder: Path, say: Say) -> MachineRoot:
    began = time.monotonic()
    pinned = manifest.load()
    apt = Apt(folder, say)
    packages = apt.offered(list(manifest.WANTED))
    _compare(pinned, packages, say)
    megabytes = sum(package.size for package in packages) / 1_000_000
    what = "Asterisk, mosquitto, SIPp, espeak-ng, sox and their libraries"
    say(f"fetching {len(packages)} packages ({megabytes:.0f} MB): {what}")
    files = apt.download(packages)
    say(f"unpacking (fetched in {time.monotonic() - began:.0f} s)")
    root = unpack(files, folder / "root")
    name_voices(root)
    final = base / manifest.digest(pinned)
    shutil.rmtree(final, ignore_errors=True)
    final.mkdir()
    root.path.rename(final / "root")
    say(f"the machines are ready ({time.monotonic() - began:.0f} s)")
    return MachineRoot(final / "root")


def _compare(pinned: list[Package], offered: list[Package], say: Say) -> None:
    """A newer version is said and taken; the pinned version with other contents is refused."""
    forged = manifest.altered(pinned, offered)
    if forged:
        raise MachinesUnavailable(f"not the contents that were pinned: {', '.join(forged)}")
    moved = manifest.moved(pinned, offered)
    if moved:
        say(f"{len(moved)} packages are no longer as pinned: {', '.join(moved)}")


def unpack(files: list[Path], folder: Path) -> MachineRoot:
    """Unpack packages into a folder that is not there yet. Raises MachinesUnavailable."""
    # Packages still carry files under /lib and /bin, which are links into /usr.
    for name in ("bin", "sbin", "lib", "lib64"):
        (folder / "usr" / name).mkdir(parents=True)
        (folder / name).symlink_to(f"usr/{name}")
    for file in files:
        _unpack_one(file, folder)
    for name in _UNNEEDED:
        shutil.rmtree(folder / name, ignore_errors=True)
    root = MachineRoot(folder)
    _run([_ldconfig(), "-n", str(root.library_folder)], "ldconfig")
    return root


def _unpack_one(file: Path, folder: Path) -> None:
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE) as archive:
        tar = ["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", str(folder)]
        _run(tar, f"unpacking {file.name}", archive.stdout)
    if archive.returncode:
        raise MachinesUnavailable(f"{file.name} could not be unpacked")


def _run(command: list[str], what: str, source: IO[bytes] | None = None) -> None:
    done = subprocess.run(command, stdin=source or subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise MachinesUnavailable(f"{what} failed: {' '.join(done.stderr.splitlines()[:2])}")


def _ldconfig() -> str:
    """Some packages count on ldconfig to make the links of their libraries."""
    found = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/sbin:/usr/sbin")
    if found is None:
        raise MachinesUnavailable("there is no ldconfig on this machine (package libc-bin)")
    return found


def name_voices(root: MachineRoot) -> None:
    """The language `es` is the package's Mexican voice; SayNumber(100) asks it for a sound it names otherwise."""
    for voice in sorted((root.asterisk_data / "sounds").glob("*_*_*")):
        short = voice.with_name(voice.name.split("_", 1)[0])
        if not short.exists():
            short.symlink_to(voice.name)
        hundred = voice / "digits/hundred.wav"
        if voice.name.startswith("es") and hundred.exists():
            shutil.copy(hundred, hundred.with_name("100.wav"))


@contextmanager
def work_folder(base: Path, say: Say) -> Iterator[Path]:
    """A folder to fetch into. Two set-ups at once: the second waits. What a killed one left goes first."""
    base.mkdir(parents=True, exist_ok=True)
    with (base / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is under way in this folder, waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left in base.glob("fetch-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=base, prefix="fetch-") as folder:
            yield Path(folder)
