"""What `troncal doctor` says of Asterisk, of the pages and of the sound of browsers' phones, and what it says to do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agent_api.pages.assets import Assets
from callcenter.settings import PROJECT, Settings
from tests.ami_bridge.ami_text import block
from tests.ami_bridge.fake_asterisk import FakeAsterisk, denied
from troncal.installation import doctor, page_bundles, state_folder
from troncal.installation.findings import Health
from troncal.machines.asterisk import is_too_old
from troncal.machines.asterisk_needs import OLDEST_ASTERISK
from troncal.machines.manifest import dotted

_SECRETS = (
    *("ami_events_secret", "ami_actions_secret", "broker_secret_bridge", "broker_secret_api"),
    *("broker_secret_dialer", "broker_secret_reports", "broker_secret_ivr", "token_secret", "agi_secret"),
)


def settings_in(state: Path) -> Settings:
    """Settings with secrets of their own."""
    secrets: dict[str, Any] = {name: SecretStr(f"{name} of the tests") for name in _SECRETS}
    return Settings(state=state, **secrets)


@pytest.fixture
def bundles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Bundles of the sources as they are."""
    (tmp_path / "manifest.json").write_text(json.dumps({"desk.js": {"file": "desk-4F2A.js", "needs": []}}))
    monkeypatch.setattr(page_bundles, "STATIC", tmp_path)
    read = Assets.read
    monkeypatch.setattr(Assets, "read", lambda: read(tmp_path))
    files = [*page_bundles._lock_files(), *page_bundles._source_files(), Path(page_bundles.__file__).resolve()]
    (tmp_path / "made-from").write_text(page_bundles.digest(files))
    return tmp_path


def test_pages_of_these_sources_are_well(bundles: Path) -> None:
    assert doctor._pages().health is Health.GOOD


def test_pages_of_other_sources_are_to_be_made_anew(bundles: Path) -> None:
    (bundles / "made-from").write_text("other sources")
    found = doctor._pages()
    assert (found.health, found.to_do) == (Health.FAULT, "run `make setup`")
    assert "other sources" in found.found


@pytest.mark.parametrize("left", [None, "", "{"], ids=["not there", "empty", "cut off"])
def test_pages_without_their_manifest_are_a_fault(bundles: Path, left: str | None) -> None:
    manifest = bundles / "manifest.json"
    manifest.unlink() if left is None else manifest.write_text(left)
    found = doctor._pages()
    assert (found.health, found.to_do) == (Health.FAULT, "run `make setup`")


@pytest.mark.parametrize(("addresses", "health"), [((), Health.NOTE), (("10.0.0.7",), Health.GOOD)])
def test_a_machine_with_loopback_alone_has_no_way_for_the_sound(
    tmp_path: Path, addresses: tuple[str, ...], health: Health
) -> None:
    found = doctor._sound(settings_in(tmp_path), addresses)
    assert found.health is health
    assert bool(found.to_do) == (health is Health.NOTE)


async def test_the_doctor_looks_at_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_folder, "settings", lambda: settings_in(tmp_path))
    looked_at = [finding.what for finding in await doctor.examine()]
    assert looked_at[-2:] == ["pages", "sound"]


def test_a_lock_that_another_user_could_hold_is_noted_and_one_of_ours_alone_is_not(tmp_path: Path) -> None:
    state, ledger = tmp_path / "state", tmp_path / "asterisk" / "ledger.sqlite"
    state.mkdir(mode=0o755)
    ledger.parent.mkdir()
    ledger.parent.chmod(0o770)
    settings = settings_in(state).model_copy(update={"ledger": ledger})
    (found,) = doctor._open_folders(settings, None)
    assert (found.health, f"may write in {ledger.parent}" in found.found) == (Health.NOTE, True)
    assert "chmod" in found.to_do
    ledger.parent.chmod(0o750)
    assert doctor._open_folders(settings, None) == []


def settings_of_ami(state: Path, port: int) -> Settings:
    """Both users with the same secret: the fake Asterisk has one."""
    secret = SecretStr("sixteen letters.")
    users = {"ami_events_secret": secret, "ami_actions_secret": secret}
    return settings_in(state).model_copy(update={**users, "ami_port": port})


def says_its_version(version: str) -> dict[str, Any]:
    return {
        "CoreSettings": lambda action: block(
            {"Response": "Success", "ActionID": action["ActionID"], "AsteriskVersion": version}
        )
    }


@pytest.mark.parametrize(
    ("version", "health"), [("22.10.1", Health.GOOD), ("20.6.0~dfsg", Health.GOOD), ("18.10.0~dfsg", Health.FAULT)]
)
async def test_both_users_log_in_and_the_version_of_who_answers_counts(
    tmp_path: Path, version: str, health: Health
) -> None:
    async with FakeAsterisk("sixteen letters.", replies=says_its_version(version)).running() as asterisk:
        found = await doctor._ami(settings_of_ami(tmp_path, asterisk.port), None)
    assert found.health is health
    assert version in found.found
    assert [each["Username"] for each in asterisk.actions if each["Action"] == "Login"] == [
        "troncal-events",
        "troncal-actions",
    ]


@pytest.mark.parametrize(("wrong", "user"), [("events", "troncal-events"), ("actions", "troncal-actions")])
async def test_a_user_whom_asterisk_refuses_is_named_and_its_secret_is_not(
    tmp_path: Path, wrong: str, user: str
) -> None:
    async with FakeAsterisk("sixteen letters.", replies=says_its_version("22.10.1")).running() as asterisk:
        other = {f"ami_{wrong}_secret": SecretStr("another secret!!")}
        found = await doctor._ami(settings_of_ami(tmp_path, asterisk.port).model_copy(update=other), None)
    assert (found.health, found.found) == (Health.FAULT, f"127.0.0.1:{asterisk.port} refuses user {user}")
    assert "another secret!!" not in str(found)


async def test_it_says_what_the_events_user_may_not_ask(tmp_path: Path) -> None:
    replies = says_its_version("22.10.1") | {"CoreShowChannels": denied}
    async with FakeAsterisk("sixteen letters.", replies=replies).running() as asterisk:
        found = await doctor._ami(settings_of_ami(tmp_path, asterisk.port), None)
    assert found.health is Health.FAULT
    assert "troncal-events: Asterisk refuses CoreShowChannels: Permission denied" in found.found
    assert "write = reporting" in found.to_do


async def test_where_nobody_listens_it_says_so(tmp_path: Path) -> None:
    async with FakeAsterisk().running() as asterisk:
        port = asterisk.port
    found = await doctor._ami(settings_of_ami(tmp_path, port), None)
    assert found.health is Health.FAULT
    assert f"127.0.0.1:{port} does not answer" in found.found


@pytest.mark.parametrize(
    ("version", "too_old"),
    [
        ("Asterisk 16.28.0~dfsg-0+deb11u4", True),
        ("Asterisk 18.10.0~dfsg+~cs6.10.40431411-2", True),
        ("Asterisk 20.0.0", False),
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", False),
        ("Asterisk GIT-master-0a1b2c3", False),
    ],
)
def test_one_version_is_the_oldest_for_everybody(version: str, too_old: bool) -> None:
    assert is_too_old(version) is too_old


def test_the_readme_names_that_version_and_no_other_one() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"([0-9.]+) or later", readme.replace("python3 3.11 or later", ""))) == {
        dotted(OLDEST_ASTERISK)
    }
