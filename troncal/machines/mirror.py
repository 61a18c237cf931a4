"""Which Debian or Ubuntu mirror this machine uses, from its own apt configuration. Pure but for `read_sources`."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

APT_FOLDER = Path("/etc/apt")
OVERRIDE = "TRONCAL_DEBIAN_MIRROR"
_KEYRINGS = {
    "debian": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "ubuntu": "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
}
# Where a recent enough Asterisk is.
_SUITES = {"debian": ("forky", "main"), "ubuntu": ("devel", "main universe")}
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
    signed_by: str

    @property
    def line(self) -> str:
        """As it stands in a sources.list."""
        return f"deb [signed-by={self.signed_by}] {self.uri} {self.suite} {self.components}"


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
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", lines):
        fields = {
            key.lower(): value.strip()
            for key, _, value in (line.partition(":") for line in stanza.splitlines() if not line.startswith(" "))
        }
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        suites, components = fields.get("suites", "").split(), fields.get("components", "").split()
        signed_by = fields.get("signed-by", "")
        for uri in fields.get("uris", "").split():
            found.append(Source(uri, tuple(suites), tuple(components), signed_by))
    return found


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
    """The mirror of the distribution itself; None where there is none to choose."""
    family = next((name for name in _SUITES if name in _family(os_release)), None)
    if family is None:
        return None
    suite, components = _SUITES[family]
    codename = os_release.get("VERSION_CODENAME", "")
    own = [s for s in sources if "main" in s.components and (not codename or codename in s.suites)]
    uri = override or (own[0].uri if own else "")
    if not uri:
        return None
    keyring = next((s.signed_by for s in own if s.signed_by.startswith("/")), _KEYRINGS[family])
    return Mirror(uri, suite, components, keyring)


def this_machines_mirror() -> Mirror | None:
    """As `choose`, for this machine."""
    return choose(read_sources(), os_release(), os.environ.get(OVERRIDE, ""))


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """The fields of os-release."""
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {key: value.strip('"') for key, _, value in pairs}


def _family(os_release: dict[str, str]) -> list[str]:
    return [os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()]
