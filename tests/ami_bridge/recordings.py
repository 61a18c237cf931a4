"""The recordings of real calls under tests/recordings, and what the phones in them saw."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ami_bridge.feeds.table import read
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from ami_bridge.replay import ami_rows, objects, queue_log_rows
from callcenter.calls import Anomaly

FOLDER = Path(__file__).parents[1] / "recordings"
BLOCK_END = b"\r\n\r\n"
NAMES = sorted(folder.name for folder in FOLDER.iterdir() if (folder / "expected.json").exists())
CASES = [name for name in NAMES if not name.startswith("forged-")]
FORGERIES = [name for name in NAMES if name.startswith("forged-")]
Objects = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of a replay: queue entries and anomalies."""

    entries: Objects
    anomalies: Objects


def replay(items: Iterable[Row | Anomaly]) -> Replayed:
    """Rows as `troncal replay` prints them."""
    everything = list(objects("recording", items))
    entries = [each for each in everything if "anomaly" not in each]
    return Replayed(entries, [each for each in everything if "anomaly" in each])


def from_ami(raw: bytes) -> Replayed:
    """Raw AMI text replayed."""
    return replay(ami_rows(io.BytesIO(raw)))


def from_file(raw: bytes) -> Replayed:
    """A queue_log file replayed."""
    return replay(queue_log_rows(io.BytesIO(raw)))


def from_table(name: str) -> Replayed:
    """The realtime rows of a recording replayed."""
    return replay(table_rows(name))


def table_rows(name: str) -> list[Row | Anomaly]:
    """The rows that Asterisk's realtime engine wrote."""
    with (FOLDER / name / "rows.csv").open(newline="") as table:
        return [read(int(line[0]), *line[1:]) for line in list(csv.reader(table))[1:]]


def ami(name: str, variant: str = "ami.txt") -> bytes:
    """The raw AMI text of a recording."""
    return (FOLDER / name / variant).read_bytes()


def queue_log(name: str) -> bytes:
    """The plain file of a recording."""
    return (FOLDER / name / "queue_log").read_bytes()


def expected(name: str) -> Objects:
    """What the phones saw."""
    entries: Objects = json.loads((FOLDER / name / "expected.json").read_text())["entries"]
    return entries


def blocks(raw: bytes) -> list[bytes]:
    """The blocks of raw AMI text, each with its end."""
    return [block + BLOCK_END for block in raw.split(BLOCK_END) if block]


def positions(items: Iterable[Row | Anomaly]) -> dict[tuple[str, str, int], tuple[int | None, int | None]]:
    """Of each entry (queue, channel, ordinal) the position at the joining, and at the end without an answer."""
    fold = Fold("")
    for item in items:
        if isinstance(item, Row):
            fold.apply(item)
    fold.close()
    entries = {entry.key: entry for entry in fold.drain().entries}
    return {
        (key.queue, key.uniqueid, key.ordinal): (entry.entered_position, entry.left_position)
        for key, entry in entries.items()
    }


def left_open(items: Iterable[Row | Anomaly]) -> int:
    """How many entries are still open after the end of their source."""
    fold = Fold("")
    for item in items:
        if isinstance(item, Row):
            fold.apply(item)
    fold.close()
    return fold.open_entries


def keys(entries: Objects) -> Counter[tuple[str, str]]:
    """How often each channel was in each queue."""
    return Counter((entry["queue"], entry["uniqueid"]) for entry in entries)
