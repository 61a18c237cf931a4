"""What `troncal doctor` says of the services that run, by what the API answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.troncal.installation.test_doctor import settings_in
from troncal.installation.findings import Health
from troncal.installation.running_services import examine
from troncal.installation.state_folder import Running

WORKS = {"ok": True, "detail": "Responde.", "reason": ""}
ALL_WORK = {
    name: WORKS for name in ("database", "bus", "bridge", "records", "disk", "self_services", "dialer", "reports")
}
STALLED = {"ok": False, "detail": "No se registra.", "reason": "stalled: the database is locked; 25 rows behind"}


@contextmanager
def api(body: bytes, status: int = 200) -> Iterator[Running]:
    """Whoever answers at the API's address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield running(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


def running(http: str) -> Running:
    return Running(http, "127.0.0.1", 0, 0, 0, "", "", "")


async def test_services_that_work_are_good(tmp_path: Path) -> None:
    with api(json.dumps(ALL_WORK).encode()) as there:
        findings = await examine(settings_in(tmp_path), there)
    assert {each.health for each in findings} == {Health.GOOD}
    assert {each.what for each in findings} == {
        "bus",
        "bridge",
        "records",
        "disk",
        "self-services",
        "dialer",
        "reports",
    }


async def test_records_that_stand_still_are_a_fault_with_its_reason_also_while_the_api_is_down(tmp_path: Path) -> None:
    with api(json.dumps({**ALL_WORK, "records": STALLED}).encode(), 503) as there:
        findings = await examine(settings_in(tmp_path), there)
    (fault,) = (each for each in findings if each.health is Health.FAULT)
    assert (fault.what, fault.found) == ("records", STALLED["reason"])
    assert "bridge.log" in fault.to_do


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"records": 5}'])
async def test_a_stranger_at_that_address_is_a_fault(tmp_path: Path, body: bytes) -> None:
    with api(body) as there:
        findings = await examine(settings_in(tmp_path), there)
    assert {each.health for each in findings} == {Health.FAULT}


async def test_an_api_that_is_away_is_a_fault_of_a_centre_that_runs(tmp_path: Path) -> None:
    with api(b"{}") as there:
        pass
    (finding,) = await examine(settings_in(tmp_path), there)
    assert (finding.health, finding.what) == (Health.FAULT, "services")


async def test_without_a_centre_nothing_is_asked(tmp_path: Path) -> None:
    (finding,) = await examine(settings_in(tmp_path), None)
    assert finding.health is Health.NOTE
