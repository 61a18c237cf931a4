"""Which packages the machines are made of: names, versions and hashes, pinned in manifest.json."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = Path(__file__).with_name("manifest.json")
WANTED = (
    "asterisk",
    "asterisk-core-sounds-es-wav",
    "asterisk-moh-opsound-wav",
    "espeak-ng",
    "mosquitto",
    "sip-tester",
    "sox",
)
# What set-up fetches at least: older ones of 22 lack security fixes.
FETCHED_AT_LEAST = (22, 10, 1)
_URI = re.compile(r"^'(?P<uri>[^']+)' (?P<file>\S+) (?P<size>\d+) SHA256:(?P<sha256>[0-9a-f]{64})$")


@dataclass(frozen=True, slots=True)
class Package:
    """One .deb: `size` in bytes."""

    name: str
    version: str
    architecture: str
    size: int
    sha256: str


def from_uris(text: str) -> list[Package]:
    """The packages in the output of `apt-get --print-uris`."""
    found = []
    for line in text.splitlines():
        match = _URI.match(line.strip())
        if match:
            name, version, architecture = match["file"].removesuffix(".deb").split("_")
            version = version.replace("%3a", ":")
            found.append(Package(name, version, architecture, int(match["size"]), match["sha256"]))
    return sorted(found, key=lambda package: package.name)


def load(path: Path = MANIFEST) -> list[Package]:
    """The pinned packages; none when nothing was pinned yet."""
    if not path.exists():
        return []
    return [Package(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["packages"]]


def save(packages: list[Package], path: Path = MANIFEST) -> None:
    """Pin these."""
    data = {"packages": [asdict(package) for package in packages]}
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def digest(packages: list[Package]) -> str:
    """Short name of this set of packages."""
    text = "\n".join(f"{p.name}={p.version} {p.sha256}" for p in packages)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def moved(pinned: list[Package], offered: list[Package]) -> list[str]:
    """Packages which the mirror has at another version than pinned: `name old -> new`."""
    before = {package.name: package.version for package in pinned}
    return [
        f"{package.name} {before.get(package.name, 'none')} -> {package.version}"
        for package in offered
        if pinned and before.get(package.name) != package.version
    ]


def altered(pinned: list[Package], offered: list[Package]) -> list[str]:
    """Packages of the pinned version and architecture, with contents other than those pinned."""
    before = {(package.name, package.version, package.architecture): package.sha256 for package in pinned}
    return [
        f"{package.name} {package.version}"
        for package in offered
        if before.get((package.name, package.version, package.architecture), package.sha256) != package.sha256
    ]


def dotted(version: tuple[int, ...]) -> str:
    """(22, 10, 1) as `22.10.1`."""
    return ".".join(map(str, version))


def upstream_version(version: str) -> tuple[int, ...]:
    """`1:22.10.1+dfsg+~cs6-1` as (22, 10, 1)."""
    match = re.match(r"(?:\d+:)?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()
