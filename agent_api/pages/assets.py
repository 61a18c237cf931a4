"""The scripts, styles and images of the pages, as set-up bundled them, served from memory.

A file's name holds a digest of its contents: a browser keeps it for ever, and a page of a newer Troncal names another.
"""

import gzip
import json
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

from callcenter.operator_problem import OperatorProblem
from callcenter.settings import PROJECT

BUNDLES = PROJECT / ".troncal" / "desk" / "static"
PREFIX = "/estatico"
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

router = APIRouter(prefix=PREFIX, include_in_schema=False)


class NotBundled(OperatorProblem):
    """The pages' scripts are not made; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, and its media type."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """Every file by its name with the digest, and what the sources' names have become."""

    files: dict[str, Asset]
    names: dict[str, str]
    needs: dict[str, list[str]]

    @classmethod
    def read(cls, folder: Path = BUNDLES) -> "Assets":
        """What set-up made. Raises NotBundled."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
        except FileNotFoundError as error:
            raise NotBundled("the pages are not bundled; run `make setup`") from error
        kept = (path for path in folder.iterdir() if path.suffix in (".js", ".css", ".svg"))
        return cls(
            {path.name: _asset(path) for path in kept},
            {name: about["file"] for name, about in manifest.items()},
            {name: about["needs"] for name, about in manifest.items()},
        )

    def path(self, name: str) -> str:
        """The address of a source, like `desk.js`. Raises NotBundled."""
        if name not in self.names:
            raise NotBundled(
                f"{name} is not among the bundles; is it an entry point of troncal/installation/page_bundles.py?"
            )
        return f"{PREFIX}/{self.names[name]}"

    def needed(self, name: str) -> list[str]:
        """The addresses of what a script imports, for the browser to fetch at once."""
        return [f"{PREFIX}/{file}" for file in self.needs.get(name, [])]


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, media_type)


@cache
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


@router.get("/{name}")
async def asset(request: Request, name: str) -> Response:
    """One file; nobody needs a session for it."""
    assets: Assets = request.app.state.pages.assets
    found = assets.files.get(name)
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(_packed(found.body), headers=headers, media_type=found.media_type)
    return Response(found.body, headers=headers, media_type=found.media_type)
