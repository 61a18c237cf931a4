"""Debian packages unpacked into a private folder, without root: Asterisk 22, mosquitto, SIPp and the sounds.

They are newer than the host's own libraries, so they bring all of theirs and are started through their own
dynamic loader. Nothing of the host is changed.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from troncal.machines import manifest, mirror
from troncal.machines.manifest import Package

INSTEAD = (
    "Install Asterisk 22.10.1 or later and mosquitto by hand and set TRONCAL_ASTERISK_BINARY and "
    "TRONCAL_MOSQUITTO_BINARY, or point TRONCAL_AMI_HOST/PORT and TRONCAL_BROKER_HOST/PORT at running ones."
)
_UNNEEDED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian", "usr/share/icons")
Say = Callable[[str], None]


class MachinesUnavailable(Exception):
    """The machines cannot be set up here; the message says why and what can be done."""


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

    def command(self, binary: str, *args: str) -> list[str]:
        """The command line that runs a program of the packages. Raises FileNotFoundError."""
        for folder in ("usr/sbin", "usr/bin"):
            program = self.path / folder / binary
            if program.exists():
                libraries = f"{self.library_folder}:{self.library_folder / 'pulseaudio'}"
                return [str(self.loader), "--library-path", libraries, str(program), *args]
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
    base.mkdir(parents=True, exist_ok=True)
    with _only_one(base / "lock"):
        return installed(base) or _fetch(base, say)


def pin(base: Path, say: Say) -> list[Package]:
    """Write the manifest anew from what the mirror offers now. Raises MachinesUnavailable."""
    base.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base, prefix="pin-") as folder:
        apt = Apt(Path(folder), say)
        packages = apt.offered(list(manifest.WANTED))
    manifest.save(packages)
    say(f"pinned {len(packages)} packages")
    return packages


def _fetch(base: Path, say: Say) -> MachineRoot:
    pinned = manifest.load()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=base, prefix="fetch-") as folder:
        apt = Apt(Path(folder), say)
        packages = apt.offered(list(manifest.WANTED))
        for line in manifest.drift(pinned, packages):
            say(line)
        megabytes = sum(package.size for package in packages) / 1_000_000
        say(f"fetching {len(packages)} packages ({megabytes:.0f} MB): Asterisk, mosquitto, SIPp and their libraries")
        root = _unpack(apt.download(packages), Path(folder) / "root", say)
        final = base / manifest.digest(pinned)
        shutil.rmtree(final, ignore_errors=True)
        final.mkdir()
        root.rename(final / "root")
    say(f"the machines are ready ({time.monotonic() - began:.0f} s)")
    return MachineRoot(final / "root")


class Apt:
    """An apt client with a state, a cache and a source list of its own."""

    def __init__(self, folder: Path, say: Say) -> None:
        self._folder, self._say = folder, say
        for tool in ("apt-get", "dpkg-deb"):
            if shutil.which(tool) is None:
                raise MachinesUnavailable(f"there is no {tool} on this machine. {INSTEAD}")
        source = mirror.this_machines_mirror()
        if source is None:
            raise MachinesUnavailable(
                f"no Debian or Ubuntu mirror is configured on this machine; set {mirror.OVERRIDE}. {INSTEAD}"
            )
        self._write_configuration(source)
        self._say(f"reading the list of packages of {source.suite}")
        self._run("apt-get", "update", "-qq")

    def _write_configuration(self, source: mirror.Mirror) -> None:
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / name).mkdir(parents=True)
        (self._folder / "status").touch()
        (self._folder / "sources.list").write_text(source.line + "\n")
        settings = {
            "Dir::State": self._folder / "state",
            "Dir::State::status": self._folder / "status",
            "Dir::Cache": self._folder / "cache",
            "Dir::Etc::sourcelist": self._folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "APT::Sandbox::User": "",
            "APT::Install-Recommends": "false",
            "Acquire::Check-Valid-Until": "false",
            "Acquire::Languages": "none",
            "Acquire::ForceHash": "SHA256",
            "Acquire::Retries": "3",
            "Debug::NoLocking": "true",
        }
        lines = [f'{key} "{value}";\n' for key, value in settings.items()]
        (self._folder / "apt.conf").write_text("".join(lines))

    def offered(self, names: list[str]) -> list[Package]:
        """The packages, and all that they need, at the versions the mirror has now."""
        text = self._run("apt-get", "-qq", "-y", "--print-uris", "install", *names)
        packages = manifest.from_uris(text)
        asterisk = next((p for p in packages if p.name == "asterisk"), None)
        if asterisk is None or manifest.upstream_version(asterisk.version) < manifest.OLDEST_ASTERISK:
            version = asterisk.version if asterisk else "none"
            raise MachinesUnavailable(f"the mirror's Asterisk is {version}, 22.10.1 or later is needed. {INSTEAD}")
        return packages

    def download(self, packages: list[Package]) -> list[Path]:
        """The .deb files, each with the hash it should have."""
        self._run("apt-get", "-qq", "-y", "--download-only", "install", *(f"{p.name}={p.version}" for p in packages))
        found = sorted((self._folder / "cache/archives").glob("*.deb"))
        if len(found) < len(packages):
            raise MachinesUnavailable(f"only {len(found)} of {len(packages)} packages came. {INSTEAD}")
        return found

    def _run(self, *command: str) -> str:
        environment = {**os.environ, "APT_CONFIG": str(self._folder / "apt.conf"), "LC_ALL": "C"}
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise MachinesUnavailable(f"{' '.join(command[:2])} failed: {' '.join(said[-3:])}. {INSTEAD}")
        return done.stdout


def _unpack(files: list[Path], root: Path, say: Say) -> Path:
    say("unpacking")
    root.mkdir()
    # Packages still carry files under /lib and /bin, which are links into /usr.
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for file in files:
        archive = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", file], stdout=subprocess.PIPE)
        subprocess.run(
            ["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", root],
            stdin=archive.stdout,
            check=True,
        )
        if archive.wait():
            raise MachinesUnavailable(f"{file.name} could not be unpacked")
    for name in _UNNEEDED:
        shutil.rmtree(root / name, ignore_errors=True)
    made = MachineRoot(root)
    subprocess.run([_ldconfig(), "-n", made.library_folder], check=True)
    _mend_spanish_hundred(made)
    return root


def _ldconfig() -> str:
    """Some packages count on ldconfig to make the links of their libraries."""
    found = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/sbin:/usr/sbin")
    if found is None:
        raise MachinesUnavailable(f"there is no ldconfig on this machine (package libc-bin). {INSTEAD}")
    return found


def _mend_spanish_hundred(root: MachineRoot) -> None:
    """SayNumber(100) in Spanish asks for a sound that the package names otherwise."""
    for digits in (root.asterisk_data / "sounds").glob("es*/digits"):
        hundred = digits / "hundred.wav"
        if hundred.exists() and not (digits / "100.wav").exists():
            shutil.copy(hundred, digits / "100.wav")


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Two set-ups at once: the second waits for the first."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
