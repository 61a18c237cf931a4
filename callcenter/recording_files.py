"""Recordings of calls: where each lies, and what its bytes are. Pure.

A node's folder holds one folder a day, and in it one file a recorded channel: 16-bit PCM, 8000 samples a second, both
sides in one. Names are made of the day and of Asterisk's own name of the channel; callers have no part in them.
"""

import re
import struct
from datetime import date
from pathlib import Path

SAMPLES_A_SECOND, SAMPLE_BYTES = 8000, 2
BYTES_A_SECOND = SAMPLES_A_SECOND * SAMPLE_BYTES
HEADER_BYTES = 44

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CHANNEL = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,149}", re.ASCII)
_SUFFIX = ".wav"
_LARGEST = 2**32 - 1 - HEADER_BYTES


class NotARecording(ValueError):
    """A name that no recording has, or a file that is none."""


def is_day(text: str) -> bool:
    """Whether a text is the day that names a folder of recordings."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def names_a_file(uniqueid: str) -> bool:
    """Whether a channel's name can name its file."""
    return _CHANNEL.fullmatch(uniqueid) is not None


def file_of(day: str, uniqueid: str) -> str:
    """The file of a recording within the node's folder. Raises NotARecording."""
    if not is_day(day) or not names_a_file(uniqueid):
        raise NotARecording(f"{day!r} and {uniqueid!r} name no recording")
    return f"{day}/{uniqueid}{_SUFFIX}"


def path_of(folder: Path, file: str) -> Path:
    """Where a recording is, given the node's folder; never outside it. Raises NotARecording."""
    day, _, name = file.partition("/")
    return folder / file_of(day, name.removesuffix(_SUFFIX))


def header(sound_bytes: int) -> bytes:
    """The 44 bytes before so many bytes of sound.

    Asterisk writes the lengths at the end of a recording only, and not at all when it is killed: the file's size
    is what counts.
    """
    size = min(sound_bytes, _LARGEST)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, SAMPLES_A_SECOND, BYTES_A_SECOND, SAMPLE_BYTES, 16)
    return struct.pack("<4sI4s", b"RIFF", size + HEADER_BYTES - 8, b"WAVE") + form + struct.pack("<4sI", b"data", size)


def is_header(head: bytes) -> bool:
    """Whether a file that begins so is one of ours, whatever length it states."""
    ours = header(0)
    return len(head) == HEADER_BYTES and all(head[a:b] == ours[a:b] for a, b in ((0, 4), (8, 40)))


def sound_bytes(file_bytes: int) -> int:
    """How many bytes of sound a file of that size holds, in whole samples."""
    return max(0, file_bytes - HEADER_BYTES) // SAMPLE_BYTES * SAMPLE_BYTES


def seconds(file_bytes: int) -> float:
    """How long a file of that size sounds."""
    return sound_bytes(file_bytes) / BYTES_A_SECOND
