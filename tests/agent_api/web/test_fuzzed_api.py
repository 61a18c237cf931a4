"""Whatever is sent to any operation of the interface, as its own document describes it: an answer, never a defect."""

import asyncio
import sys
from pathlib import Path

import pytest

from callcenter.roles import Role
from tests.agent_api.api_site import Site

pytestmark = [pytest.mark.database, pytest.mark.slow]

# Streams have no end; who logs in too often or out may do nothing more.
LEFT_OUT = ("--exclude-path-regex", "/events", "--exclude-path", "/api/session")


async def fuzz(site: Site, headers: dict[str, str], folder: Path, examples: int) -> tuple[int, str]:
    """Schemathesis against the running interface: its exit code and what it said."""
    named = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--no-color", "run", f"{site.http.base_url}/openapi.json", *named),
        *("--checks", "not_a_server_error,content_type_conformance,response_schema_conformance"),
        *LEFT_OUT,
        # One thread: Python 3.11 counts the depth of what it parses for all threads together, and fails at times.
        *("--phases", "examples,fuzzing", "--max-examples", str(examples), "--seed", "7", "--workers", "1"),
        *("--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode(errors="replace")


@pytest.mark.timeout(480)
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("role", "examples"), [(Role.ADMIN, 12), (Role.AGENT, 6), (None, 2)])
async def test_no_operation_answers_with_a_defect(site: Site, tmp_path: Path, role: Role | None, examples: int) -> None:
    headers: dict[str, str] = {}
    if role is not None:
        await site.user("ada", role, extension="1001")
        headers = await site.token("ada")
    code, said = await fuzz(site, headers, tmp_path, examples)
    assert code == 0, said[-6000:]
