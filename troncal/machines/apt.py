"""An apt client with a state, a cache and a source of its own; of the host it uses only the access to the network."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from troncal.machines import manifest, mirror
from troncal.machines.manifest import Package

# Proxies, certificates and time-outs of this machine stay in force; hooks and preferences do not.
_KEPT = ("Acquire::http", "Acquire::https", "Acquire::ftp", "Acquire::Check-", "Acquire::Max-")
Say = Callable[[str], None]


class MachinesUnavailable(Exception):
    """The machines cannot be set up here; the message says why and what can be done."""


class Apt:
    """Lists and downloads packages into `folder`. Every method raises MachinesUnavailable."""

    def __init__(self, folder: Path, say: Say) -> None:
        self._folder = folder
        self._say = say
        source = _source()
        self._use(source)
        if not source.is_debians:
            self._use(self._introduced())

    def _use(self, source: mirror.Mirror) -> None:
        for name in ("state", "cache"):
            shutil.rmtree(self._folder / name, ignore_errors=True)
        self._write_configuration(source)
        self._say(f"reading the list of packages of {source.suite}")
        self._run("apt-get", "update", "-qq")

    def _introduced(self) -> mirror.Mirror:
        """Debian's mirror, by what Ubuntu's packages know of it."""
        tree = self._folder / "introduction"
        tree.mkdir()
        self._run("apt-get", "-qq", "download", *mirror.INTRODUCTION, folder=tree)
        for file in tree.glob("*.deb"):
            self._run("dpkg-deb", "-x", str(file), str(tree))
        found = mirror.introduced(tree, mirror.named())
        if found is None:
            raise MachinesUnavailable(f"no mirror of Debian's is known on this machine; set {mirror.OVERRIDE} to one")
        return found

    def _write_configuration(self, source: mirror.Mirror) -> None:
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / name).mkdir(parents=True)
        (self._folder / "status").touch()
        (self._folder / "sources.list").write_text(source.line + "\n", encoding="utf-8")
        lines = [*_kept_settings(), *(f'{key} "{value}";' for key, value in self._settings().items())]
        (self._folder / "apt.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _settings(self) -> dict[str, object]:
        return {
            "Dir::State": self._folder / "state",
            "Dir::State::status": self._folder / "status",
            "Dir::Cache": self._folder / "cache",
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::sourcelist": self._folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "APT::Sandbox::User": "",
            "APT::Install-Recommends": "false",
            "APT::Update::Error-Mode": "any",
            "Acquire::ForceHash": "SHA256",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Debug::NoLocking": "true",
        }

    def needed(self, *names: str) -> list[Package]:
        """These packages, and all that they need, at the versions the mirror has now."""
        return manifest.from_uris(self._run("apt-get", "-qq", "-y", "--print-uris", "install", *names))

    def offered(self, names: list[str]) -> list[Package]:
        """As `needed`, with an Asterisk that is new enough among them."""
        packages = self.needed(*names)
        asterisk = next((p for p in packages if p.name == "asterisk"), None)
        if asterisk is None or manifest.upstream_version(asterisk.version) < manifest.FETCHED_AT_LEAST:
            version = asterisk.version if asterisk else "missing"
            needed = manifest.dotted(manifest.FETCHED_AT_LEAST)
            raise MachinesUnavailable(f"the mirror's Asterisk is {version}, {needed} or later is needed")
        return packages

    def download(self, packages: list[Package]) -> list[Path]:
        """The .deb files, each with the hash it should have."""
        wanted = [f"{package.name}={package.version}" for package in packages]
        self._run("apt-get", "-qq", "-y", "--download-only", "install", *wanted)
        found = sorted((self._folder / "cache/archives").glob("*.deb"))
        if len(found) < len(packages):
            raise MachinesUnavailable(f"only {len(found)} of {len(packages)} packages came")
        return found

    def _run(self, *command: str, folder: Path | None = None) -> str:
        environment = {**os.environ, "APT_CONFIG": str(self._folder / "apt.conf"), "LC_ALL": "C"}
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, cwd=folder, capture_output=True, text=True
        )
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("E: ")] or done.stdout.splitlines()
            raise MachinesUnavailable(
                f"{' '.join(command[:2])} failed: {' '.join(said[:2])} "
                f"(is the mirror reachable? {mirror.OVERRIDE} names another)"
            )
        return done.stdout


def _source() -> mirror.Mirror:
    """Where to fetch from, once it is sure that this machine can."""
    for tool in ("apt-get", "apt-config", "dpkg-deb", "tar"):
        if shutil.which(tool) is None:
            raise MachinesUnavailable(f"there is no {tool} on this machine")
    source = mirror.this_machines_mirror()
    if source is None:
        raise MachinesUnavailable(
            f"no Debian or Ubuntu mirror is configured on this machine; set {mirror.OVERRIDE} to one"
        )
    return source


def _kept_settings() -> list[str]:
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True)
    return [line for line in dump.stdout.splitlines() if line.startswith(_KEPT)]
