"""What `troncal doctor` says of the pages and of the sound of browsers' phones, and what it says to do."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from agent_api.pages.assets import Assets
from callcenter.settings import Settings
from troncal.installation import doctor, page_bundles, state_folder
from troncal.installation.doctor import Health

_SECRETS = (
    *("ami_events_secret", "ami_actions_secret", "broker_secret_bridge", "broker_secret_api"),
    *("broker_secret_dialer", "broker_secret_reports", "broker_secret_ivr", "token_secret"),
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
