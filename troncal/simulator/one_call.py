"""One real call with a voice in it, for a person at a desk to answer."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from troncal.simulator.sipp import Sipp, SippCommand, SippRole, free_port

SCENARIO = "one_caller"


@dataclass(frozen=True, slots=True)
class SingleCall:
    """Who calls which line, how long at most (wait and conversation), and what is heard of them (raw A-law, 8 kHz)."""

    number: str
    line: str
    seconds: int
    speech: bytes


async def place(call: SingleCall, sipp_command: SippCommand, target: str, host: str) -> None:
    """Call from `host` to `target` (host:port), until one side hangs up; cancelled, they do. Raises SimulationError."""
    with tempfile.TemporaryDirectory(prefix="troncal-call-") as name:
        folder = Path(name)
        (folder / "speech.al").write_bytes(call.speech)
        keys = {"number": call.number, "line": call.line, "patience": str(call.seconds * 1000)}
        options = ("-m", "1", "-l", "1", "-r", "1", "-mi", host, "-timeout", f"{call.seconds + 30}s")
        sipp = await Sipp.start(sipp_command, target, SippRole(SCENARIO, host, free_port(host), options, keys), folder)
        try:
            await sipp.finish()
        finally:
            await sipp.stop()
