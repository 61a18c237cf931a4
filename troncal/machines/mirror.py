"""Which Debian or Ubuntu mirror this machine uses, from its own apt configuration. Only `read_sources` reads.

Not asked of `apt-get indextargets`: it does not give Signed-By, without which an own mirror's keys are not found, says
nothing at all where the lists were deleted (as in most images), and takes 430 ms; reading the files takes 0.1 ms.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

APT_FOLDER = Path("/etc/apt")
OVERRIDE = "TRONCAL_DEBIAN_MIRROR"
_KEYRINGS = {
    family: tuple(f"/usr/share/keyrings/{family}-archive-keyring.{end}" for end in ("gpg", "pgp"))
    for family in ("debian", "ubuntu")
}
_REACHABLE = ("http://", "https://", "file:", "mirror")
_ROLLING = frozenset({"stable", "testing", "unstable", "sid", "devel"})
# Where a recent enough Asterisk is. Ubuntu's own is too old everywhere: it introduces Debian's mirror.
_SUITE, _COMPONENTS, _UNIVERSE = "forky", "main", "main universe"
# What Ubuntu's packages know of Debian: its keys, and a mirror.
INTRODUCTION = ("debian-archive-keyring", "python-apt-common")
_KEYS, _MIRRORS = "usr/share/keyrings/debian-archive-keyring.gpg", "usr/share/python-apt/templates/Debian.info"
_ONE_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)")


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of apt's sources."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Mirror:
    """The line that apt is to use for the machines' packages."""

    uri: str
    suite: str
    components: str
    signed_by: str = ""
    is_debians: bool = True

    @property
    def line(self) -> str:
        """As it stands in a sources.list."""
        signed = f"[signed-by={self.signed_by}] " if self.signed_by else ""
        return f"deb {signed}{self.uri} {self.suite} {self.components}"


def parse_list(text: str) -> list[Source]:
    """Entries of a one-line-style file."""
    found = []
    for line in text.splitlines():
        match = _ONE_LINE.match(line.split("#", 1)[0].strip())
        if match:
            options = dict(part.split("=", 1) for part in (match["options"] or "").split() if "=" in part)
            components = tuple(match["components"].split())
            found.append(Source(match["uri"], (match["suite"],), components, options.get("signed-by", "")))
    return found


def parse_deb822(text: str) -> list[Source]:
    """Entries of a .sources file."""
    found = []
    for stanza in re.split(r"\n\s*\n", "\n".join(line for line in text.splitlines() if not line.startswith("#"))):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        suites, components = tuple(fields.get("suites", "").split()), tuple(fields.get("components", "").split())
        for uri in fields.get("uris", "").split():
            found.append(Source(uri, suites, components, fields.get("signed-by", "")))
    return found


def _fields(stanza: str) -> dict[str, str]:
    unfolded = re.sub(r"\n[ \t]+", " ", stanza)
    pairs = (line.partition(":") for line in unfolded.splitlines())
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def read_sources(folder: Path = APT_FOLDER) -> list[Source]:
    """All of apt's sources on this machine. Files that cannot be read have none."""
    found: list[Source] = []
    for path in [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]:
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += parse_deb822(text) if path.suffix == ".sources" else parse_list(text)
    return found


def choose(sources: Iterable[Source], os_release: dict[str, str], override: str = "") -> Mirror | None:
    """Debian's mirror, or Ubuntu's own, which introduces it; None where there is none to choose."""
    family = next((name for name in _family(os_release) if name in _KEYRINGS), None)
    if family is None:
        return None
    own = [source for source in sources if _serves(source, os_release)]
    uri = next((source.uri for source in own), "")
    keyring = next((source.signed_by for source in own if source.signed_by.startswith("/")), "")
    keyring = keyring or _default_keyring(family)
    if family == "ubuntu":
        codename = os_release.get("UBUNTU_CODENAME") or os_release.get("VERSION_CODENAME", "")
        return Mirror(uri, codename, _UNIVERSE, keyring, is_debians=False) if uri else None
    uri = override or uri
    return Mirror(uri, _SUITE, _COMPONENTS, keyring) if uri else None


def introduced(folder: Path, override: str = "") -> Mirror | None:
    """Debian's mirror as the packages of INTRODUCTION, unpacked into a folder, know it; None where they know none.

    Without TLS: the packages are signed, and a new machine may know no certificates.
    """
    info = folder / _MIRRORS
    found = re.search(r"^BaseURI: https?://(\S+)", info.read_text(encoding="utf-8"), re.M) if info.exists() else None
    uri = override or (f"http://{found[1]}" if found else "")
    keys = folder / _KEYS
    return Mirror(uri, _SUITE, _COMPONENTS, str(keys)) if uri and keys.exists() else None


def _serves(source: Source, os_release: dict[str, str]) -> bool:
    """Whether an entry is for the distribution itself, not for its security updates or somebody's own packages."""
    codenames = {os_release.get("VERSION_CODENAME"), os_release.get("UBUNTU_CODENAME")}
    reachable = source.uri.startswith(_REACHABLE)
    return reachable and "main" in source.components and any(s in codenames or s in _ROLLING for s in source.suites)


def _default_keyring(family: str) -> str:
    """The distribution's own keyring; nothing where apt must look among the keys it trusts anyway."""
    return next((path for path in _KEYRINGS[family] if Path(path).exists()), "")


def this_machines_mirror() -> Mirror | None:
    """As `choose`, for this machine."""
    return choose(read_sources(), os_release(), named())


def named() -> str:
    """Debian's mirror as whoever sets up named it; empty where nobody did."""
    return os.environ.get(OVERRIDE, "")


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """The fields of os-release."""
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {key: value.strip('"') for key, _, value in pairs}


def _family(os_release: dict[str, str]) -> list[str]:
    return [os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()]
