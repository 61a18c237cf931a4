"""Which Asterisk, broker and SIPp are run, and with whose voice."""

from pathlib import Path

import pytest

from callcenter.settings import Settings
from troncal.installation import programs, state_folder
from troncal.installation.programs import NoMachines, asterisk_of, mosquitto_of
from troncal.machines import asterisk
from troncal.machines.debian import MachineRoot

OWN = Path("/opt/asterisk/sbin/asterisk")


@pytest.fixture
def fetched(tmp_path: Path) -> MachineRoot:
    """What set-up fetches, as far as it matters here."""
    root = tmp_path / "fetched"
    for file in ("usr/sbin/asterisk", "usr/lib/x86_64-linux-gnu/libc.so", "usr/lib64/ld-linux-x86-64.so.2"):
        _file(root / file)
    _file(root / "usr/share/asterisk/sounds/es/digits/1.wav")
    return MachineRoot(root)


def settings(tmp_path: Path, own: Path | None = None) -> Settings:
    state = tmp_path / "state"
    state_folder.make_secrets(state)
    secrets = state / state_folder.SECRETS_FILE
    return Settings(_env_file=secrets, state=state, asterisk_binary=own, mosquitto_binary=own)


def test_what_set_up_fetched_is_run_with_its_own_modules(tmp_path: Path, fetched: MachineRoot) -> None:
    found = asterisk_of(settings(tmp_path), fetched)
    assert str(fetched.path / "usr/sbin/asterisk") in found.command
    assert found.folders.modules == fetched.asterisk_modules
    assert found.speaks("es") and not found.speaks("qu")


def test_the_hosts_own_asterisk_finds_its_modules_and_has_the_fetched_voice(
    tmp_path: Path, fetched: MachineRoot
) -> None:
    host = tmp_path / "host"
    _file(host / "var/lib/asterisk/documentation/core-en_US.xml")
    found = asterisk_of(settings(tmp_path, OWN), fetched, host)
    assert (list(found.command), found.packaged) == ([str(OWN)], host / "var/lib/asterisk")
    assert found.speaks("es") and found.folders.music == fetched.music
    asterisk.own_data(found.packaged, found.sounds, found.folders.data)
    assert (found.folders.data / "documentation/core-en_US.xml").exists()
    assert (found.folders.data / "sounds/es/digits/1.wav").exists()
    assert found.folders.modules is None


def test_a_host_without_the_language_is_known_for_it(tmp_path: Path) -> None:
    assert not asterisk_of(settings(tmp_path, OWN), None, tmp_path).speaks("es")


def test_without_a_program_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program, variable in ((asterisk_of, "TRONCAL_ASTERISK_BINARY"), (mosquitto_of, "TRONCAL_MOSQUITTO_BINARY")):
        with pytest.raises(NoMachines, match=f"make setup.*{variable}"):
            program(settings(tmp_path), None)
    monkeypatch.setattr(programs, "installed", lambda base: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoMachines, match="sip-tester"):
        programs.sipp()


def test_the_hosts_sipp_is_taken_where_none_was_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(tmp_path / "sipp").chmod(0o755)
    monkeypatch.setattr(programs, "installed", lambda base: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.sipp()("-v") == [str(tmp_path / "sipp"), "-v"]


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path
