"""Files of recordings as they are given: plain or gzipped; an export of a table is no queue log and is refused."""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

_GZIP = b"\x1f\x8b"
_LOOKED_AT = 1 << 16
# The row that names the columns, or a time as databases write it, before any bar.
_EXPORT = re.compile(rb"(?im)^[^|\n]*\bcallid\b[^\n]*\bqueuename\b|^[^|\n]*\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?\b")
_EPOCH_LINE = re.compile(rb"(?m)^\d{9,11}(\.\d+)?\|")


class UnreadableFile(Exception):
    """The file cannot be read as what it was said to be; says why, in one sentence."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is gzipped. Raises OSError, UnreadableFile."""
    with path.open("rb") as stream:
        is_packed = stream.read(len(_GZIP)) == _GZIP
        stream.seek(0)
        if not is_packed:
            yield stream
            return
        try:
            with gzip.open(stream) as unpacked:
                yield cast(BinaryIO, unpacked)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableFile(f"its gzip data are damaged or cut off: {error}") from error


def refuse_export(stream: BinaryIO) -> None:
    """Raise UnreadableFile for an export of a realtime table: its times are dates that do not say of what zone."""
    head = stream.read(_LOOKED_AT)
    stream.seek(0)
    if _EXPORT.search(head) and not _EPOCH_LINE.search(head):
        raise UnreadableFile(
            "it is an export of a realtime queue_log table, whose times are dates without a zone; "
            "give the plain queue_log file, whose lines begin with seconds since 1970"
        )
