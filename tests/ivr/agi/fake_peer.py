"""Asterisk's side of FastAGI on a real socket: one call, what its caller presses and when they hang up."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ivr.agi.proof import proof
from ivr.agi.session import LIMIT
from ivr.agi.wire import variables as head_variables

SECRET = "what the dialplan signs with"
UNIQUEID = "1790000000.7"
# As res_agi reads a command: words, and one in quotes with its escapes.
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
LONGEST_LINE = 2047


def head(
    script: str, *, caller: str = "70700001", args: Iterable[str] = (), secret: str = SECRET, **more: str
) -> bytes:
    """What Asterisk sends first, signed as the dialplan does it."""
    lines = {
        "network": "yes",
        "network_script": script,
        "request": f"agi://127.0.0.1/{script}",
        "channel": "PJSIP/trunk-00000007",
        "language": "es",
        "uniqueid": UNIQUEID,
        "callerid": caller,
        **{f"arg_{number}": value for number, value in enumerate(args, 1)},
        **more,
    }
    signed = proof(secret, head_variables(_written(lines)))
    return "\n".join([*_written({**lines, "network_script": f"{script}?{signed}"}), "", ""]).encode()


def _written(lines: Mapping[str, str]) -> list[str]:
    return [f"agi_{name}: {value}" for name, value in lines.items()]


def words(line: str) -> list[str]:
    """A command as res_agi takes it apart."""
    return [quoted or bare for quoted, bare in _WORD.findall(line)]


@dataclass
class Heard:
    """A call as it was: sounds in order, rows of the ledger, limits set, the channel's variables, every command."""

    variables: dict[str, str] = field(default_factory=dict)
    played: list[str] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    hung_up: bool = False

    @property
    def sounds(self) -> list[str]:
        """What was played, our own prompts without their folder."""
        return [name.removeprefix("troncal/") for name in self.played]


@dataclass
class Caller:
    """What a caller does. `presses`: their keys at each question, silence after the last; a function is asked what they
    press after the sounds of that question. They hang up in the middle of a command number `hangs_up_at`."""

    presses: Iterable[str] = ()
    number: str = "70700001"
    hangs_up_at: int | None = None
    answers: Callable[[list[str]], str] | None = None

    def __post_init__(self) -> None:
        self._keys = iter(self.presses)

    def keys(self, sounds: list[str], most: int) -> str:
        """As Read gives them: up to the #, and no more than that many; a # that comes first is the single key."""
        pressed = self.answers(sounds) if self.answers is not None else next(self._keys, "")
        return pressed[:1] if most == 1 else pressed.split("#")[0][:most]


async def call(
    port: int,
    script: str,
    caller: Caller | None = None,
    *,
    args: Iterable[str] = (),
    variables: Mapping[str, str] | None = None,
) -> Heard:
    """One call of a script, to its end."""
    caller, heard = caller or Caller(), Heard(dict(variables or {}))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head(script, caller=caller.number, args=args))
    while line := (await reader.readline()).decode():
        heard.commands.append(line.removesuffix("\n"))
        if len(heard.commands) - 1 == caller.hangs_up_at:
            heard.hung_up = True
            break
        writer.write(f"{_do(line, heard, caller)}\n".encode())
    writer.close()
    return heard


def _do(line: str, heard: Heard, caller: Caller) -> str:
    assert len(line) <= LONGEST_LINE, line
    match words(line):
        case ["SET", "VARIABLE", name, value] if name == LIMIT:
            heard.limits.append(value)
        case ["SET", "VARIABLE", name, value]:
            heard.variables[name] = value
        case ["GET", "VARIABLE", name]:
            return f"200 result=1 ({heard.variables[name]})" if name in heard.variables else "200 result=0"
        case ["EXEC", "Playback", sounds]:
            heard.played += sounds.split("&")
        case ["EXEC", "Read", asked]:
            variable, sounds, most, options, *_ = asked.split(",")
            assert options == ("e" if most == "1" else "")
            now = [name for name in sounds.split("&") if name]
            heard.played += now
            heard.variables[variable] = caller.keys(now, int(most))
        case ["EXEC", "QueueLog", row]:
            queue, uniqueid, _, verb, fields = row.split(",")
            heard.rows.append((verb, *fields.split("|")))
            assert uniqueid, queue
        case _:
            return "510 Invalid or unknown command"
    return "200 result=0"
