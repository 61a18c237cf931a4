"""Recorded calls for tests: rows in the records, and files with a tone."""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callcenter.database.transactions import Database, insert_missing
from callcenter.instants import MICROSECONDS
from callcenter.recording_files import file_of, header, path_of
from callcenter.records.calls import calls, queue_entries
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.recordings import recordings

NODE = "central"
DAY = "2026-11-22"


@dataclass(frozen=True)
class RecordedCall:
    """A call to a line that an agent answered, and its file."""

    uniqueid: str
    started_us: int
    member: str = "1003"
    queue: str = "102"
    caller: str = "70755440"
    seconds: float = 2.0

    @property
    def path(self) -> str:
        return f"/api/recordings/{NODE}/{self.uniqueid}/{self.started_us}"

    @property
    def file(self) -> str:
        return file_of(DAY, self.uniqueid)

    def entry(self, queue: str, ordinal: int = 0) -> dict[str, Any]:
        """A row of queue_entries, answered."""
        answered = self.started_us + (ordinal + 1) * MICROSECONDS
        return {
            **{"node": NODE, "boot_us": 1, "queue": queue, "uniqueid": self.uniqueid, "ordinal": ordinal},
            **{"call": self.uniqueid, "line": "102", "caller": self.caller, "entered_us": answered - 1},
            **{"answered_us": answered, "ended_us": answered + 5, "wait_min_us": 1, "wait_max_us": 1},
            **{"outcome": "answered", "member": self.member, "ended_by": "agent"},
        }


def tone(seconds: float, hertz: int = 440, amplitude: int = 16384) -> bytes:
    """16-bit samples."""
    return b"".join(
        struct.pack("<h", round(amplitude * math.sin(2 * math.pi * hertz * at / 8000)))
        for at in range(round(seconds * 8000))
    )


def write_file(folder: Path, call: RecordedCall, *, closed: bool = True, sound: bytes | None = None) -> bytes:
    """The file as Asterisk leaves it; one that is not closed states no length. Gives the sound."""
    played = tone(call.seconds) if sound is None else sound
    path = path_of(folder / NODE, call.file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header(len(played) if closed else 0) + played)
    return played


async def write_rows(database: Database, *made: RecordedCall, size: int | None = None, over: bool = True) -> None:
    """The records of these calls."""
    async with database.transaction() as connection:
        for call in made:
            arrival = {"node": NODE, "uniqueid": call.uniqueid, "line": "102", "caller": call.caller}
            ended_us = call.started_us + 60 * MICROSECONDS if over else None
            await insert_missing(connection, calls, [{**arrival, "arrived_us": call.started_us, "ended_us": ended_us}])
            await insert_missing(connection, queue_entries, [call.entry(call.queue)])
            row = {"node": NODE, "uniqueid": call.uniqueid, "started_us": call.started_us, "file": call.file}
            await insert_missing(connection, recordings, [{**row, "queue": call.queue, "bytes": size}])


async def write_dialled(database: Database, call: RecordedCall, *, size: int | None = None, over: bool = True) -> None:
    """The records of a call that its agent dialled for a campaign: it was in no queue and came by no line."""
    dialled = {
        **{"node": NODE, "uniqueid": call.uniqueid, "purpose": "campaign", "reference": "campaign-1-1"},
        **{"number": call.caller, "member": call.member, "dialled_us": call.started_us - 9, "rang": True},
        **{"answered_us": call.started_us - 1, "result": "answered"},
        "ended_us": call.started_us + 60 * MICROSECONDS if over else None,
    }
    row = {"node": NODE, "uniqueid": call.uniqueid, "started_us": call.started_us, "file": call.file}
    async with database.transaction() as connection:
        await insert_missing(connection, outgoing_calls, [dialled])
        await insert_missing(connection, recordings, [{**row, "queue": call.queue, "bytes": size}])
