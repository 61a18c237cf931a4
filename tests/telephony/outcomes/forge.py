"""Makes the forged recordings out of the genuine ones: `python -m tests.telephony.outcomes.forge RECORDINGS`.

A caller whose number holds line ends calls while two honest calls are under way, one connected and one waiting.
Asterisk writes that number unescaped into AMI events and into the queue_log file.
"""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HONEST, FORGER = "two-queues-one-agent", "abandoned-waiting"
CRLF = "\r\n"
NUMBER = "70000009"


@dataclass(frozen=True, slots=True)
class Scene:
    """The honest calls that the forger writes about: the connected one, the waiting one; and the forgery's moment."""

    talking: str
    waiting: str
    second: int

    def event(self, name: str, uniqueid: str, queue: str, *more: str) -> str:
        """A block as Asterisk would write it."""
        head = [f"Event: {name}", "Privilege: agent,all", f"Timestamp: {self.second}.900000", "SystemName: central"]
        channel = ["Channel: PJSIP/red-publica-00000099", "ChannelState: 6", "ChannelStateDesc: Up"]
        channel += [f"CallerIDNum: {NUMBER}", "CallerIDName: <unknown>", "ConnectedLineNum: <unknown>"]
        channel += ["ConnectedLineName: <unknown>", "Language: es", "AccountCode: ", "Context: troncal-queue-101"]
        channel += ["Exten: s", "Priority: 2", f"Uniqueid: {uniqueid}", f"Linkedid: {uniqueid}"]
        return CRLF.join([*head, *channel, f"Queue: {queue}", *more])

    def line(self, uniqueid: str, queue: str, agent: str, verb: str, data: str) -> str:
        """A line as Asterisk would write it."""
        return f"{self.second}|{uniqueid}|{queue}|{agent}|{verb}|{data}"


ANA = ("Interface: PJSIP/1001", "MemberName: Ana Vargas")


def joining(scene: Scene) -> tuple[list[str], list[str]]:
    """A call that never was."""
    ghost = f"central-{scene.second}.9999"
    blocks = [scene.event("QueueCallerJoin", ghost, "101", "Position: 3", "Count: 3")]
    blocks += [scene.event("QueueCallerAbandon", ghost, "101", "Position: 3", "OriginalPosition: 3", "HoldTime: 1")]
    lines = [scene.line(ghost, "101", "NONE", "ENTERQUEUE", "|70000066|3")]
    return blocks, [*lines, scene.line(ghost, "101", "NONE", "ABANDON", "3|3|0")]


def answer(scene: Scene) -> tuple[list[str], list[str]]:
    """An answer, within the time that counts, of the call that waits."""
    rest = (*ANA, "HoldTime: 1", "RingTime: 1")
    block = scene.event("AgentConnect", scene.waiting, "102", *rest)
    return [block], [scene.line(scene.waiting, "102", "Ana Vargas", "CONNECT", "1|central-1.1|1")]


def ending(scene: Scene) -> tuple[list[str], list[str]]:
    """The end of the conversation that goes on."""
    rest = (*ANA, "HoldTime: 1", "TalkTime: 1", "Reason: agent")
    block = scene.event("AgentComplete", scene.talking, "101", *rest)
    return [block], [scene.line(scene.talking, "101", "Ana Vargas", "COMPLETEAGENT", "1|1|1")]


def leaving(scene: Scene) -> tuple[list[str], list[str]]:
    """The waiting caller's abandonment."""
    block = scene.event("QueueCallerAbandon", scene.waiting, "102", "Position: 1", "OriginalPosition: 1", "HoldTime: 1")
    left = scene.event("QueueCallerLeave", scene.waiting, "102", "Position: 1", "Count: 0")
    return [block, left], [scene.line(scene.waiting, "102", "NONE", "ABANDON", "1|1|0")]


def restart(scene: Scene) -> tuple[list[str], list[str]]:
    """A start of Asterisk that cuts off everybody."""
    block = CRLF.join(["Event: Shutdown", "Privilege: system,all", "Shutdown: Cleanly", "Restart: False"])
    return [block], [f"{scene.second}|NONE|NONE|NONE|QUEUESTART|"]


FORGERIES: tuple[Callable[[Scene], tuple[list[str], list[str]]], ...] = (joining, answer, ending, leaving, restart)


def scene_of(folder: Path) -> tuple[Scene, list[dict[str, Any]]]:
    """The honest recording's calls, and a moment when one is connected and the other waits."""
    lines = [line.split("|") for line in (folder / HONEST / "queue_log").read_text().splitlines()]
    entered = [line[1] for line in lines if line[4] == "ENTERQUEUE"]
    entries = json.loads((folder / HONEST / "expected.json").read_text())["entries"]
    return Scene(entered[0], entered[1], int(entries[1]["joined_at"])), entries


def forgers_events(folder: Path, scene: Scene, number: str) -> list[str]:
    """The forger's own call, moved to the scene and with their number in it."""
    raw = (folder / FORGER / "ami.txt").read_bytes().decode()
    blocks = [block for block in raw.split(CRLF * 2) if "Uniqueid: " in block and "Timestamp: " in block]
    join = next(block for block in blocks if block.startswith("Event: QueueCallerJoin"))
    began = re.search(r"Timestamp: (\d+)", join)
    assert began is not None
    shift = scene.second - int(began.group(1))

    def moved(found: re.Match[str]) -> str:
        return f"{found.group(1)}{int(found.group(2)) + shift}."

    text = [re.sub(r"(Timestamp: )(\d+)\.", moved, block) for block in blocks]
    text = [re.sub(r"(id: central-)(\d+)\.", rf"\g<1>{scene.second}.7", block) for block in text]
    return [block.replace("CallerIDNum: 70000001", f"CallerIDNum: {number}") for block in text]


def merged(honest: bytes, forged: list[str]) -> str:
    """Both in the order of time."""
    blocks = honest.decode().split(CRLF * 2)
    last, out = 0.0, []
    for block in [block for block in blocks if block]:
        stamp = re.search(r"Timestamp: ([\d.]+)", block)
        last = float(stamp.group(1)) if stamp else last
        out.append((last, 0, block))
    for block in forged:
        stamp = re.search(r"Timestamp: ([\d.]+)", block)
        out.append((float(stamp.group(1)) if stamp else 0.0, 1, block))
    return "".join(block + CRLF * 2 for _, _, block in sorted(out, key=lambda each: each[:2]))


def forge(folder: Path) -> None:
    """Write one folder for each forgery."""
    scene, entries = scene_of(folder)
    for make in FORGERIES:
        blocks, lines = make(scene)
        out = folder / f"forged-{make.__name__}"
        out.mkdir(exist_ok=True)
        number = NUMBER + CRLF * 2 + (CRLF * 2).join(blocks)
        honest = (folder / HONEST / "ami.txt").read_bytes()
        (out / "ami.txt").write_bytes(merged(honest, forgers_events(folder, scene, number)).encode())
        own = scene.line(f"central-{scene.second}.72", "101", "NONE", "ENTERQUEUE", "|" + "\n".join([NUMBER, *lines]))
        left = f"{scene.second + 1}|central-{scene.second}.72|101|NONE|ABANDON|1|1|1"
        log = (folder / HONEST / "queue_log").read_text().splitlines()
        at = next(index for index, line in enumerate(log) if int(line.split("|")[0]) > scene.second)
        (out / "queue_log").write_text("\n".join([*log[:at], own + "|1", left, *log[at:]]) + "\n")
        forger = {"queue": "101", "caller": NUMBER, "outcome": "abandoned"}
        text = json.dumps({"entries": entries, "forger": forger}, indent=1, ensure_ascii=False)
        (out / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    forge(Path(sys.argv[1]))
