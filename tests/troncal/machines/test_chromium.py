"""The browser of the tests where it can only be unpacked, not installed."""

import subprocess
from pathlib import Path

import pytest

from troncal.machines import chromium
from troncal.machines.debian import MachineRoot


def test_the_starter_runs_the_loader_beside_chromium_and_itself_for_each_page(tmp_path: Path) -> None:
    base = tmp_path / "a folder"
    home = base / "root/usr/lib/chromium"
    for folder in (home, base / "root/usr/lib64", base / "root/usr/lib/x86_64-linux-gnu"):
        folder.mkdir(parents=True)
    loader = base / "root/usr/lib64/ld-linux-x86-64.so.2"
    loader.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$FONTCONFIG_FILE" "$@"\n')
    loader.chmod(0o755)
    root = MachineRoot(base / "root")
    chromium.make_starter(root, base)
    own = base / "chromium"
    printed = subprocess.run([own, "--headless", "a b"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert printed[:5] == [
        str(home / "loader"),
        str(base / "fonts.conf"),
        "--library-path",
        root.libraries,
        str(home / chromium.PACKAGE),
    ]
    assert printed[-3:] == [f"--browser-subprocess-path={own}", "--headless", "a b"]


def test_the_hosts_own_is_taken_before_the_one_that_was_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert chromium.found(tmp_path) is None
    (tmp_path / "chromium").touch()
    assert chromium.found(tmp_path) == str(tmp_path / "chromium")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/chromium").touch(mode=0o755)
    assert chromium.found(tmp_path) == str(tmp_path / "bin/chromium")


def test_without_apt_and_network_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        chromium.NoChromium, match=r"no apt-get on this machine\. Install chromium-headless-shell or ch"
    ):
        chromium.ensure(tmp_path)
