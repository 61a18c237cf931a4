"""Records every case from a real Asterisk.

`python -m tests.telephony.outcomes.record ROOT OUT [CASE...]`: ROOT is the folder an Asterisk was unpacked
into, OUT gets a folder a case: ami.txt (every class, no filter), ami-filtered.txt (what the product's own
listener is sent), queue_log, rows.csv, expected.json (what the phones saw).
"""

import asyncio
import csv
import inspect
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.telephony.outcomes import floor_cases, live_cases, moved_cases, plain_cases
from tests.telephony.outcomes.lab import EVENTS_SECRET, EVENTS_USER, RECORDER, SECRET, Lab
from tests.telephony.outcomes.listener import Listener
from tests.telephony.outcomes.stage import Stage

Case = Callable[[Stage], Awaitable[None]]
COLUMNS = ("id", "time", "callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5")


def cases() -> dict[str, Case]:
    """Every case by its name, as a folder is named; those of the live state alone in a folder of their own."""
    found: dict[str, Case] = {}
    for module, folder in ((plain_cases, ""), (moved_cases, ""), (floor_cases, ""), (live_cases, "live/")):
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                found[folder + name.replace("_", "-")] = function
    return found


@dataclass(slots=True)
class Tape:
    """One listener's bytes, over restarts."""

    user: str
    secret: str
    raw: bytearray = field(default_factory=bytearray)
    listener: Listener | None = None

    async def begin(self, port: int) -> None:
        """Listen."""
        self.listener = await Listener.open(port, self.user, self.secret)

    async def stop(self) -> None:
        """Keep what was heard."""
        assert self.listener is not None
        await self.listener.quiet()
        await self.listener.close()
        self.raw += self.listener.raw


class RecordedLab(Lab):
    """A lab whose restarts are heard on the tapes too."""

    tapes: tuple[Tape, ...] = ()

    async def start(self) -> None:
        """Start, and listen again."""
        for tape in self.tapes:
            await tape.stop()
        await super().start()
        for tape in self.tapes:
            await tape.begin(self.ami_port)


async def record(lab: RecordedLab, case: Case, out: Path) -> None:
    """Play one case and keep it."""
    lab.tapes = (Tape(RECORDER, SECRET), Tape(EVENTS_USER, EVENTS_SECRET))
    for tape in lab.tapes:
        await tape.begin(lab.ami_port)
    after, offset = len(lab.rows()), lab.queue_log.stat().st_size
    stage = Stage(lab, await Listener.open(lab.ami_port, RECORDER, SECRET))
    try:
        await case(stage)
    finally:
        await stage.leave()
        await stage.orders.close()
    for tape in lab.tapes:
        await tape.stop()
    keep(lab, stage, after, offset, out)


def keep(lab: RecordedLab, stage: Stage, after: int, offset: int, out: Path) -> None:
    """Write the fixture: what the tapes have, and what was logged since."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "ami.txt").write_bytes(lab.tapes[0].raw)
    (out / "ami-filtered.txt").write_bytes(lab.tapes[1].raw)
    (out / "queue_log").write_bytes(lab.queue_log.read_bytes()[offset:])
    with (out / "rows.csv").open("w", newline="") as table:
        csv.writer(table).writerows([COLUMNS, *lab.rows(after)])
    (out / "expected.json").write_text(json.dumps(stage.as_json(), indent=1, ensure_ascii=False) + "\n")


async def main(root: Path, out: Path, wanted: list[str]) -> None:
    """Record the wanted cases, or all."""
    with tempfile.TemporaryDirectory() as base:
        lab = RecordedLab(root, Path(base))
        lab.prepare()
        await lab.start()
        try:
            for name, case in cases().items():
                if not wanted or name in wanted:
                    print(name, flush=True)
                    await record(lab, case, out / name)
                    lab.tapes = ()
        finally:
            await lab.kill()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), sys.argv[3:]))
