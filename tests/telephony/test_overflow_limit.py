"""Queues as the real Asterisk has them: how often a call is sent on by itself, and in which letters they are found."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from callcenter.settings import PROJECT
from tests.telephony.outcomes.lab import RECORDER, SECRET, Lab
from tests.waiting import eventually
from troncal.machines.asterisk_conf import MOST_OVERFLOWS
from troncal.machines.debian import installed

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

NAMES = [f"cola{number}" for number in range(1, MOST_OVERFLOWS + 3)]
CENTRE = {
    "centre": {"name": "Cadena", "timezone": "America/La_Paz", "language": "es", "area_code": "4"},
    "service_level": [
        {"valid_from": "2019-01-01", "threshold_seconds": 20, "target_percent": 80, "measured_lines": ["101"]}
    ],
    "hours": {"siempre": [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "24:00"}]},
    "lines": [{"number": "101", "name": "Reclamos", "queue": NAMES[0]}],
    "queue_defaults": {"wait_limit_seconds": 1},
    "queues": [
        {"name": name, "title": "Cola", **({"on_timeout": following} if following else {})}
        for name, following in zip(NAMES, [*NAMES[1:], None], strict=True)
    ],
}


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    """An Asterisk whose queues lead on, one to the next."""
    root = installed(PROJECT / ".troncal" / "machines")
    if root is None:
        pytest.skip("the machines are not set up")
    centre = tmp_path / "centre.yaml"
    centre.write_text(yaml.safe_dump(CENTRE), encoding="utf-8")
    base = tmp_path / "lab"
    base.mkdir()
    running = Lab(root.path, base, centre)
    running.prepare()
    await running.start()
    yield running
    await running.kill()


async def call(lab: Lab, application: str, data: str) -> None:
    """Somebody on the line 101, and what the other end of the call does meanwhile."""
    reader, writer = await asyncio.open_connection("127.0.0.1", lab.ami_port)
    channel = "Local/101@troncal-straight"
    for action in (
        {"Action": "Login", "Username": RECORDER, "Secret": SECRET, "Events": "off"},
        {"Action": "Originate", "Channel": channel, "Application": application, "Data": data, "Async": "true"},
    ):
        writer.write("".join(f"{name}: {value}\r\n" for name, value in action.items()).encode() + b"\r\n")
    async with asyncio.timeout(30):
        await reader.readuntil(b"Originate successfully queued")
    writer.close()


def named(lab: Lab, verb: str) -> list[str]:
    """The queues of the rows of that verb."""
    return [str(queue) for _, _, _, queue, _, event, *_ in lab.rows() if event == verb]


async def test_a_call_is_sent_on_so_many_times_and_the_log_says_that_it_was_the_last(lab: Lab) -> None:
    await call(lab, "Wait", "60")
    await eventually(lambda: bool(named(lab, "DEPARTED")), 60, "the call has ended")
    assert named(lab, "ENTERQUEUE") == NAMES[: MOST_OVERFLOWS + 1]
    (limit,) = [row for row in lab.rows() if row[5] == "OVERFLOWED"]  # at once: settled
    assert (limit[3], limit[6], limit[7]) == (NAMES[MOST_OVERFLOWS], str(MOST_OVERFLOWS), NAMES[MOST_OVERFLOWS + 1])


async def test_a_queue_is_found_in_whatever_letters_and_logged_in_those(lab: Lab) -> None:
    await call(lab, "Queue", "COLA12,,,,1")
    await eventually(lambda: "COLA12" in named(lab, "EXITWITHTIMEOUT"), 30, "the wait in COLA12 is over")
    assert "COLA12" in named(lab, "ENTERQUEUE")
