"""FastAGI as text: the head of a connection, answers to commands, and what may be put into a command. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

# Whatever goes to Asterisk is made of these and nothing else: no quote, no bar, no comma, no $, no line break.
_VALUE = re.compile(r"[0-9A-Za-zÁÉÍÓÚÜÑáéíóúüñ .:+_@/-]{0,200}")
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,79}|TIMEOUT\(absolute\)", re.ASCII)
_SOUND = re.compile(r"(?=.{1,150}\Z)[0-9A-Za-z_-]+(/[0-9A-Za-z_-]+)*", re.ASCII)
_ANSWER = re.compile(r"(\d{3})[ -](?:result=(-?\d+))?\s*(?:\((.*)\))?")
_CHANNEL = re.compile(r"[0-9A-Za-z._-]{1,150}", re.ASCII)
HANGUP_LINE = "HANGUP"
OK, DEAD_CHANNEL, FAILED = 200, 511, -1
MOST_ARGUMENTS = 20
# Asterisk reads a command into 2048 bytes and takes the rest for the next command.
LONGEST_COMMAND, LONGEST_JOINED = 2000, 1200


class NotAllowed(ValueError):
    """A value that may not go to Asterisk; the text says which."""


class BadHead(ValueError):
    """What a client sent is no head of an AGI connection."""


@dataclass(frozen=True, slots=True)
class Variables:
    """What Asterisk says of the call: the script asked for with its arguments, and the channel.

    `callerid` is digits, perhaps after a +; empty when withheld. `proof`: what stands after the script's name and a
    question mark (`ivr.agi.proof`).
    """

    script: str
    args: tuple[str, ...]
    uniqueid: str
    channel: str
    callerid: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class AgiReply:
    """The answer to a command: its code, result, and what stands in the brackets."""

    code: int
    result: int
    text: str


def variables(lines: Iterable[str]) -> Variables:
    """The head of a connection: `agi_<name>: <value>` lines. Raises BadHead."""
    head: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not name.startswith("agi_") or not colon:
            raise BadHead(f"no AGI line: {line[:60]!r}")
        head[name.removeprefix("agi_")] = value.strip()
    uniqueid = head.get("uniqueid", "")
    if not _CHANNEL.fullmatch(uniqueid) or "network_script" not in head:
        raise BadHead("no call and no script")
    script, _, proof = head["network_script"].partition("?")
    return Variables(
        script.strip("/"),
        _arguments(head),
        uniqueid,
        head.get("channel", ""),
        re.sub(r"[^0-9+]", "", head.get("callerid", "")),
        proof,
    )


def _arguments(head: Mapping[str, str]) -> tuple[str, ...]:
    # res_agi numbers them from 1, without gaps.
    names = (f"arg_{number}" for number in range(1, MOST_ARGUMENTS + 1))
    return tuple(head[name] for name in takewhile(head.__contains__, names))


def answer(line: str) -> AgiReply | None:
    """The answer in a line; None for a line that is none (as of a usage text)."""
    match = _ANSWER.match(line)
    return AgiReply(int(match[1]), int(match[2] or 0), match[3] or "") if match else None


def line(command: str) -> bytes:
    """A command as it is sent. Raises NotAllowed for one that Asterisk would cut."""
    sent = f"{command}\n".encode()
    if len(sent) > LONGEST_COMMAND:
        raise NotAllowed(f"{command[:60]!r} is too long for Asterisk")
    return sent


def set_variable(name: str, value: str) -> str:
    """SET VARIABLE. Raises NotAllowed."""
    return f'SET VARIABLE {_allowed(_NAME, name, "name")} "{_allowed(_VALUE, value, "value")}"'


def get_variable(name: str) -> str:
    """GET VARIABLE. Raises NotAllowed."""
    return f"GET VARIABLE {_allowed(_NAME, name, 'name')}"


def parts(sounds: Iterable[str]) -> list[tuple[str, ...]]:
    """Sounds in their order, in as few parts as fit into one command each."""
    found: list[list[str]] = []
    room = 0
    for sound in sounds:
        if len(sound) + 1 > room:
            found.append([])
            room = LONGEST_JOINED
        found[-1].append(sound)
        room -= len(sound) + 1
    return [tuple(part) for part in found]


def playback(sounds: tuple[str, ...]) -> str:
    """Play them to their end, one after the other. Raises NotAllowed."""
    return f'EXEC Playback "{_joined(sounds)}"'


def read(variable: str, sounds: tuple[str, ...], most: int, seconds: float) -> str:
    """Play until a key is pressed, and collect keys up to #, which counts where a single key is asked for.

    Raises NotAllowed.
    """
    hash_alone = "e" if most == 1 else ""
    return f'EXEC Read "{_allowed(_NAME, variable, "name")},{_joined(sounds)},{most},{hash_alone},1,{seconds:g}"'


def queue_log(queue: str, uniqueid: str, verb: str, fields: tuple[str, ...]) -> str:
    """A row of the ledger. Raises NotAllowed."""
    words = [_allowed(_VALUE, word, "word") for word in (queue, uniqueid, verb)]
    row = "|".join(_allowed(_VALUE, each, "field") for each in fields)
    return f'EXEC QueueLog "{words[0]},{words[1]},NONE,{words[2]},{row}"'


def _joined(sounds: tuple[str, ...]) -> str:
    return "&".join(_allowed(_SOUND, sound, "sound") for sound in sounds)


def _allowed(pattern: re.Pattern[str], value: str, what: str) -> str:
    if not pattern.fullmatch(value):
        raise NotAllowed(f"{what} {value[:60]!r} may not go to Asterisk")
    return value
