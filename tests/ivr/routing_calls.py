"""One script of one call over a real connection: Asterisk's side of it, which says what was done with the call."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.agi import LIMIT, AgiServer, Script

_COMMAND = re.compile(r'(SET VARIABLE|GET VARIABLE|EXEC \w+) ?([^ "]*) ?(?:"(.*)")?')


@dataclass
class Asked:
    """A call as a script leaves it: what was played, asked and written down, and the channel's variables."""

    keys: list[str]
    variables: dict[str, str] = field(default_factory=dict)
    played: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def do(self, line: str) -> str:
        """What Asterisk does and answers."""
        match = _COMMAND.fullmatch(line)
        assert match is not None, line
        verb, name, value = match[1], match[2], match[3] or ""
        self.order.append(f"{verb} {name}".strip())
        match verb:
            case "SET VARIABLE":
                self.variables[name] = value
            case "GET VARIABLE":
                return f"200 result=1 ({self.variables.get(name, '')})"
            case "EXEC Playback":
                self.played += value.split("&")
            case "EXEC Read":
                variable, sounds, *_ = value.split(",")
                self.played += sounds.split("&")
                self.variables[variable] = self.keys.pop(0) if self.keys else ""
            case "EXEC QueueLog":
                self.rows.append(",".join(value.split(",")[3:]))
        return "200 result=0"

    @property
    def sounds(self) -> list[str]:
        """What was played, our own prompts without their folder."""
        return [name.removeprefix("troncal/") for name in self.played]


async def run(
    script: Script, *, args: Iterable[str] = (), caller: str = "", keys: Iterable[str] = (), **variables: str
) -> Asked:
    """The script, run for one call. `keys`: what the caller presses at each question, silence after the last."""
    asked = Asked([*keys], dict(variables))
    head = {"network_script": "it", "uniqueid": "1790000000.7", "channel": "PJSIP/x-1", "callerid": caller}
    head.update((f"arg_{place}", value) for place, value in enumerate(args, 1))
    async with asyncio.timeout(10), AgiServer("127.0.0.1", 0, {"it": script}) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write("".join(f"agi_{name}: {value}\n" for name, value in head.items()).encode() + b"\n")
        while line := (await reader.readline()).decode():
            writer.write(f"{asked.do(line.strip())}\n".encode())
        writer.close()
    asked.variables.pop(LIMIT, None)
    return asked
