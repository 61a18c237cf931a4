"""Where the machines' packages come from, which they are, and how their programs are started."""

from dataclasses import replace
from pathlib import Path

import pytest

from troncal.machines import debian, manifest, mirror
from troncal.machines.debian import MachineRoot
from troncal.machines.manifest import Package
from troncal.machines.mirror import Mirror, Source

BOOKWORM = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
NOBLE = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_CODENAME": "noble"}
MINT = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "VERSION_CODENAME": "xia", "UBUNTU_CODENAME": "noble"}
DEB822 = """\
# kept by the operator
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By: /keys/debian.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://other.example/debian
Suites: bookworm
Components: main
"""
MOSQUITTO = Package("mosquitto", "2.0.22-1", "amd64", 5, "a" * 64)


def test_a_deb822_source_gives_mirror_and_keyring() -> None:
    chosen = mirror.choose(mirror.parse_deb822(DEB822), BOOKWORM)
    assert chosen == Mirror("http://mirror.example/debian", "forky", "main", "/keys/debian.gpg")


def test_disabled_entries_are_not_read() -> None:
    assert [source.uri for source in mirror.parse_deb822(DEB822)] == [
        "http://mirror.example/debian",
        "http://mirror.example/security",
    ]


def test_a_one_line_source_gives_its_options_and_components() -> None:
    entry = "deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/debian bookworm main contrib # ours"
    text = f"# the mirror\n{entry}\ndeb-src http://mirror.example/debian bookworm main\n"
    assert mirror.parse_list(text) == [
        Source("http://mirror.example/debian", ("bookworm",), ("main", "contrib"), "/keys/a.gpg")
    ]


def test_the_source_of_the_distribution_itself_is_chosen() -> None:
    cdrom = Source("cdrom:[Debian 12]/", ("bookworm",), ("main",))
    vendor = Source("https://vendor.example/repo", ("nodistro",), ("main",))
    own = Source("http://mirror.example/debian", ("bookworm",), ("main",), "/keys/debian.gpg")
    chosen = mirror.choose([cdrom, vendor, own], BOOKWORM)
    assert chosen is not None and chosen.uri == own.uri


@pytest.mark.parametrize("os_release", [NOBLE, MINT])
def test_on_ubuntu_and_what_derives_from_it_its_own_mirror_is_asked_for_debians(os_release: dict[str, str]) -> None:
    own = Source("http://mirror.example/ubuntu", ("noble",), ("main", "universe"), "/keys/ubuntu.gpg")
    chosen = mirror.choose([own], os_release, "http://near.example/debian")
    assert chosen == Mirror(own.uri, "noble", "main universe", "/keys/ubuntu.gpg", is_debians=False)


@pytest.mark.parametrize(
    ("named", "uri"), [("", "http://far.example/debian/"), ("http://near.example/d", "http://near.example/d")]
)
def test_ubuntus_packages_know_debians_mirror_and_keys(tmp_path: Path, named: str, uri: str) -> None:
    keys, mirrors = (tmp_path / each for each in ("usr/share/keyrings", "usr/share/python-apt/templates"))
    assert mirror.introduced(tmp_path, named) is None
    for folder in (keys, mirrors):
        folder.mkdir(parents=True)
    (keys / "debian-archive-keyring.gpg").touch()
    (mirrors / "Debian.info").write_text("Suite: sid\nBaseURI: https://far.example/debian/\n")
    assert mirror.introduced(tmp_path, named) == Mirror(uri, "forky", "main", str(keys / "debian-archive-keyring.gpg"))


def test_the_override_names_the_mirror_and_keeps_the_keyring() -> None:
    chosen = mirror.choose(mirror.parse_deb822(DEB822), BOOKWORM, "http://near.example/debian")
    assert chosen is not None
    assert chosen.line == "deb [signed-by=/keys/debian.gpg] http://near.example/debian forky main"


def test_another_distribution_has_no_mirror() -> None:
    assert mirror.choose(mirror.parse_deb822(DEB822), {"ID": "fedora"}) is None


def test_apts_list_of_addresses_becomes_packages() -> None:
    line = f"'http://mirror.example/pool/asterisk.deb' asterisk_1%3a22.10.1+dfsg-1_amd64.deb 2534036 SHA256:{'0' * 64}"
    [package] = manifest.from_uris(f"NOTE: nothing is installed\n{line}\n")
    assert package == Package("asterisk", "1:22.10.1+dfsg-1", "amd64", 2534036, "0" * 64)


def test_an_asterisk_older_than_needed_is_known_by_its_upstream_version() -> None:
    assert manifest.upstream_version("1:22.9.3+dfsg-1") < manifest.FETCHED_AT_LEAST
    assert manifest.upstream_version("1:22.10.1+dfsg+~cs6.17-1") >= manifest.FETCHED_AT_LEAST
    assert manifest.upstream_version("23.0.0-1") >= manifest.FETCHED_AT_LEAST


def test_a_newer_package_is_said_with_both_versions() -> None:
    newer = replace(MOSQUITTO, version="2.0.23-1", sha256="b" * 64)
    assert manifest.moved([MOSQUITTO], [newer]) == ["mosquitto 2.0.22-1 -> 2.0.23-1"]
    assert manifest.altered([MOSQUITTO], [newer]) == []


def test_a_pinned_version_with_other_contents_is_found() -> None:
    forged = replace(MOSQUITTO, sha256="b" * 64)
    assert manifest.altered([MOSQUITTO], [forged]) == ["mosquitto 2.0.22-1"]
    assert manifest.altered([MOSQUITTO], [replace(forged, architecture="arm64")]) == []


def test_a_saved_manifest_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    manifest.save([MOSQUITTO], path)
    assert manifest.load(path) == [MOSQUITTO]
    assert manifest.digest([MOSQUITTO]) != manifest.digest([replace(MOSQUITTO, version="3")])


def test_the_committed_manifest_pins_everything_that_is_wanted() -> None:
    pinned = {package.name: package for package in manifest.load()}
    assert set(manifest.WANTED) <= set(pinned)
    assert manifest.upstream_version(pinned["asterisk"].version) >= manifest.FETCHED_AT_LEAST


@pytest.mark.parametrize(
    ("triplet", "loader"),
    [
        ("x86_64-linux-gnu", "usr/lib64/ld-linux-x86-64.so.2"),
        ("aarch64-linux-gnu", "usr/lib/ld-linux-aarch64.so.1"),
    ],
)
def test_programs_start_through_the_packages_own_loader(tmp_path: Path, triplet: str, loader: str) -> None:
    for name in (loader, "usr/sbin/asterisk", f"usr/lib/{triplet}/libc.so.6"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    libraries = tmp_path / "usr/lib" / triplet
    assert MachineRoot(tmp_path).command("asterisk", "-V") == [
        str(tmp_path / loader),
        "--library-path",
        f"{libraries}:{libraries / 'pulseaudio'}",
        str(tmp_path / "usr/sbin/asterisk"),
        "-V",
    ]


def test_a_program_that_no_package_brings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="kamailio"):
        MachineRoot(tmp_path).command("kamailio")


def test_the_spanish_voice_is_called_es_and_can_say_a_hundred(tmp_path: Path) -> None:
    sounds = tmp_path / "usr/share/asterisk/sounds"
    digits = sounds / "es_MX_f_Allison/digits"
    digits.mkdir(parents=True)
    (digits / "hundred.wav").write_bytes(b"cien")
    debian.name_voices(MachineRoot(tmp_path))
    assert (sounds / "es/digits/100.wav").read_bytes() == b"cien"


def test_nothing_is_installed_in_an_empty_folder(tmp_path: Path) -> None:
    assert debian.installed(tmp_path) is None
