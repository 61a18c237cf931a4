"""A file as somebody uploaded it, and how much of it is read."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from backoffice.extracts.files.refusals import ExtractRefused
from callcenter import spanish

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExtractLimits:
    """The most that is read of a list: bytes as they are when unpacked, and rows below the header."""

    most_bytes: int = 50 * MEGABYTE
    most_rows: int = 500_000

    def refusal(self, what: str) -> ExtractRefused:
        """The refusal of what is over a limit; both limits are named. `what` begins the Spanish sentence."""
        size, rows = spanish.amount(_megabytes(self.most_bytes), 0), spanish.whole(self.most_rows)
        return ExtractRefused(
            f"{what}; se leen como máximo {size} MB (sin comprimir) y {rows} filas: "
            "divida la lista en varios archivos, o deje solo la hoja y las columnas que hacen falta."
        )

    def refuse_bytes(self, count: int) -> None:
        """Raises ExtractRefused where a file has more bytes than are read."""
        if count > self.most_bytes:
            size = spanish.amount(_megabytes(count), 0)
            raise self.refusal(f"El archivo ocupa {size} MB")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file by its name and its content, or where that lies. The name is for people: what it is, its bytes say."""

    name: str
    content: bytes | Path

    @property
    def size(self) -> int:
        """In bytes, as it came."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The bytes, from their beginning. Raises OSError for a path that is not there."""
        if isinstance(self.content, bytes):
            yield io.BytesIO(self.content)
        else:
            with self.content.open("rb") as file:
                yield file

    def beginning(self, count: int) -> bytes:
        """The first bytes, `count` at most."""
        with self.opened() as file:
            return file.read(count)


def _megabytes(count: int) -> int:
    return -(-count // MEGABYTE)
