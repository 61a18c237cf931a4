"""Events parsed a second: `ami_bridge.wire` beside a bare split into dicts and beside panoramisk's parser."""

import time
from collections.abc import Callable
from itertools import islice
from typing import Any

from ami_bridge.wire.items import AmiEvent
from ami_bridge.wire.sifter import Sifter
from troncal.bench.figures import Beside, Figure, median
from troncal.bench.peers import BareSplitter, panoramisk_parser
from troncal.bench.traffic import BANNER, agent_phones, events, stamped

STAMP_US = 1_790_000_000_000_001
QUEUES = ("101", "102", "103", "104")
BIG_READ, SEGMENT = 64 * 1024, 1448  # bytes: what loopback gives when busy, and one Ethernet segment
ROUNDS = 3
Parse = Callable[[list[bytes]], int]


def measure(*, quick: bool) -> list[Figure]:
    """Figures for both sizes of read."""
    wanted = 6_000 if quick else 20_000
    text = BANNER + stamped(b"".join(islice(events(agent_phones(300, QUEUES, 2)), wanted)), STAMP_US)
    size = len(text) // wanted
    return [figure for read in (BIG_READ, SEGMENT) for figure in _at(text, wanted, read, size)]


def _at(text: bytes, wanted: int, read: int, size: int) -> list[Figure]:
    pieces = [text[start : start + read] for start in range(0, len(text), read)]
    rates = _rates({"ours": _sift, "floor": _split, "panoramisk": _panoramisk}, pieces, wanted)
    what = f"AMI parsing, {size}-byte events, reads of {read:,} bytes"
    ours = rates["ours"]
    return [
        Figure(what, ours, "events/s", Beside("bare split into a dict", rates["floor"])),
        Figure(what, ours, "events/s", Beside("panoramisk, one callback", rates["panoramisk"])),
    ]


def _rates(parsers: dict[str, Parse], pieces: list[bytes], wanted: int) -> dict[str, float]:
    """The median rate of each, in turns, so that a busy machine is busy for all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in parsers}
    for _ in range(ROUNDS):
        for name, parse in parsers.items():
            began = time.perf_counter()
            found = parse(pieces)
            seconds[name].append(time.perf_counter() - began)
            if found != wanted:
                raise RuntimeError(f"{name} found {found} of {wanted} events")
    return {name: wanted / median(each) for name, each in seconds.items()}


def _sift(pieces: list[bytes]) -> int:
    sifter, found = Sifter(live=True), 0
    for piece in pieces:
        for item in sifter.feed(piece) + sifter.drain():
            found += isinstance(item, AmiEvent)
    return found


def _split(pieces: list[bytes]) -> int:
    splitter = BareSplitter()
    for piece in (pieces[0].removeprefix(BANNER), *pieces[1:]):
        splitter.feed(piece)
    return splitter.events


def _panoramisk(pieces: list[bytes]) -> int:
    found = [0]

    def count(_manager: Any, _event: Any) -> None:
        found[0] += 1

    protocol = panoramisk_parser(count)
    for piece in pieces:
        protocol.data_received(piece)
    return found[0]
