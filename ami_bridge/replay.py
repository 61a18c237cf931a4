"""Recordings folded without a database: raw AMI text, or a queue_log file, of any Asterisk 16 to 22.

A call that is still connected at the end of a recording is `answered` and has no `ended_at`; one that still waits is
`open`, with its wait up to the last row or event. A call that a stop of Asterisk ended is `interrupted`; if it was
answered, it keeps its `answered_at`. A wait of which only the end is reported is between zero and the channel's age.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from ami_bridge.feeds.ami.translator import AmiTranslator
from ami_bridge.feeds.cut_lines import KnownCalls, rows
from ami_bridge.feeds.file import BYTE_ORDER_MARK, QueueLogLine, lines_in
from ami_bridge.feeds.nodes_in_file import in_lines, in_rows
from ami_bridge.feeds.recording_files import UnreadableFile, opened, refuse_export
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.folded import FoldedRow, FoldedRows, Told, digest_of
from ami_bridge.ledger.rows.row import Row, anomaly_of
from ami_bridge.ledger.uniqueids import UNKNOWN_AGE, age
from ami_bridge.wire.items import AmiEvent, Quarantined
from ami_bridge.wire.sifter import Sifter
from callcenter.calls import Anomaly, AnomalyKind, EntryKey, QueueEntry
from callcenter.instants import MICROSECONDS
from callcenter.moments import Length, Moment

CHUNK_BYTES = 1 << 16
# A file that tells some lines again tells no more than so many.
REMEMBERED_ROWS = 200_000
BORDER_SECONDS = 20
ROWS_AT_ONCE = 10_000
# The latest rows about an entry that ended come with the restart of Asterisk that ended it, or by a stalled disk.
SETTLED_AFTER_US = 3600 * MICROSECONDS


def replay_ami(path: Path) -> Iterator[dict[str, Any]]:
    """One object a queue entry and one an anomaly, from raw AMI text. Raises OSError, UnreadableFile."""
    with opened(path) as stream:
        yield from objects(str(path), ami_rows(stream))


def replay_queue_log(path: Path) -> Iterator[dict[str, Any]]:
    """The same from a queue_log file. Raises OSError, UnreadableFile."""
    with opened(path) as stream:
        refuse_export(stream)
        _refuse_two_nodes(stream)
        yield from objects(str(path), queue_log_rows(stream))


def _refuse_two_nodes(stream: BinaryIO) -> None:
    """Raise UnreadableFile for rows of two Asterisks with a restart of one of them."""
    nodes = in_lines(iter(lambda: stream.readline(CHUNK_BYTES), b""))
    stream.seek(0)
    if nodes is not None:
        nodes = in_rows(rows(_lines(stream), KnownCalls()))
        stream.seek(0)
    if nodes is not None:
        one, other = (name or "one without a system name" for name in nodes)
        raise UnreadableFile(
            f"it has calls of two Asterisks, {one} and {other}, and a restart that does not say whose it was: "
            "what it cut off cannot be told; give the queue_log of each by itself"
        )


def ami_rows(stream: BinaryIO) -> Iterator[Row | Anomaly]:
    """Raw AMI text as rows."""
    sifter, translator = Sifter(), AmiTranslator()
    position = 0
    if stream.read(len(BYTE_ORDER_MARK)) != BYTE_ORDER_MARK:
        stream.seek(0)
    while chunk := stream.read(CHUNK_BYTES):
        for item in sifter.feed(chunk):
            position += 1
            yield from _written_down(translator, item, position)
    for item in sifter.flush():
        position += 1
        yield from _written_down(translator, item, position)
    yield from translator.close()


def _written_down(translator: AmiTranslator, item: object, position: int) -> Iterable[Row | Anomaly]:
    if isinstance(item, AmiEvent):
        return translator.apply(item, position)
    if isinstance(item, Quarantined):
        detail = f"{item.reason.value}: {item.excerpt}"
        return [Anomaly(AnomalyKind.FORGED, position, None, detail)]
    return []


def queue_log_rows(stream: BinaryIO) -> Iterator[Row | Anomaly]:
    """The lines of a queue_log file as rows; what it tells again, because it overlaps itself, as anomalies."""
    known = FoldedRows()
    for row in rows(_lines(stream), KnownCalls()):
        if isinstance(row, Anomaly) or row.at is None:
            yield row
            continue
        digest = digest_of(row)
        told, _ = known.claim_line(digest, row.at.earliest_us)
        if told is Told.REPEATED:
            yield anomaly_of(AnomalyKind.DUPLICATE, row)
            continue
        known.add(FoldedRow(digest, row.at.earliest_us, exact=False, in_file=True))
        known.forget_before(row.at.earliest_us, but=REMEMBERED_ROWS)
        yield row


def _lines(stream: BinaryIO) -> Iterator[QueueLogLine]:
    """Lines that are not blank. Of one longer than CHUNK_BYTES only the beginning is read."""
    offset, goes_on = 0, False
    while raw := stream.readline(CHUNK_BYTES):
        if not goes_on:
            yield from lines_in(offset, raw)
        is_hole = not goes_on and not raw.strip(b"\0")
        offset, goes_on = offset + len(raw), not raw.endswith(b"\n") and not is_hole


def objects(file: str, items: Iterable[Row | Anomaly]) -> Iterator[dict[str, Any]]:
    """The result of the rows, as `troncal replay` prints it: entries first, then anomalies, of so many rows at a time.

    An entry comes when no later row can change it any more, or at the end.
    """
    fold = Fold(node="")
    latest: dict[EntryKey, QueueEntry] = {}
    anomalies: list[Anomaly] = []
    source = iter(items)
    while batch := list(islice(source, ROWS_AT_ONCE)):
        yield from (anomaly_object(file, anomaly) for anomaly in anomalies)
        for item in batch:
            if isinstance(item, Row):
                fold.apply(item)
        changes = fold.drain()
        latest.update((entry.key, entry) for entry in changes.entries)
        yield from (entry_object(file, entry) for entry in _settled(latest, fold.last_sign))
        anomalies = [*(item for item in batch if isinstance(item, Anomaly)), *changes.anomalies]
    fold.close()
    changes = fold.drain()
    latest.update((entry.key, entry) for entry in changes.entries)
    yield from (entry_object(file, entry) for entry in latest.values())
    yield from (anomaly_object(file, anomaly) for anomaly in (*anomalies, *changes.anomalies))


def _settled(latest: dict[EntryKey, QueueEntry], last: Moment | None) -> list[QueueEntry]:
    """Take out those that ended so long before the last row that nothing more comes of them."""
    if last is None:
        return []
    until_us = last.earliest_us - SETTLED_AFTER_US
    settled = [entry for entry in latest.values() if entry.ended is not None and entry.ended.latest_us < until_us]
    for entry in settled:
        del latest[entry.key]
    return settled


def entry_object(file: str, entry: QueueEntry) -> dict[str, Any]:
    """The queue entry as `troncal replay` prints it. Times and waits in seconds."""
    wait = entry.wait
    return {
        "file": file,
        "node": _node(entry.key.uniqueid),
        "queue": entry.key.queue,
        "caller": entry.caller,
        "uniqueid": entry.key.uniqueid,
        "joined_at": _middle(entry.joined),
        "answered_at": _middle(entry.answered),
        "ended_at": _earliest(entry.ended),
        "wait_seconds": _wait(wait),
        "wait_min_seconds": _seconds(wait.least_us),
        "wait_max_seconds": _seconds(wait.most_us),
        "outcome": entry.outcome.value,
        "member": entry.member or None,
        "ended_by": entry.ended_by.value,
        "transferred_to": entry.transferred_to or None,
    }


def anomaly_object(file: str, anomaly: Anomaly) -> dict[str, Any]:
    """The anomaly as `troncal replay` prints it."""
    return {
        "anomaly": anomaly.kind.value,
        "file": file,
        "position": anomaly.position,
        "at": _earliest(anomaly.at),
        "detail": anomaly.detail,
    }


def _node(uniqueid: str) -> str | None:
    """Asterisk puts its systemname before the Uniqueid; other names have none in them."""
    return None if age(uniqueid) == UNKNOWN_AGE else uniqueid.rpartition("-")[0] or None


def _wait(wait: Length) -> float | None:
    """The wait; None where only bounds are known and BORDER_SECONDS lies between them."""
    if not wait.is_exact and wait.within(BORDER_SECONDS * MICROSECONDS) is None:
        return None
    return _seconds((wait.least_us + wait.most_us + 1) // 2)


def _earliest(moment: Moment | None) -> float | None:
    return None if moment is None else _seconds(moment.earliest_us)


def _middle(moment: Moment | None) -> float | None:
    """The middle of a moment that is known only to a few seconds, because it was computed from a hold time."""
    if moment is None:
        return None
    slack_us = moment.latest_us - moment.earliest_us
    return _seconds(moment.earliest_us if slack_us < MICROSECONDS else moment.earliest_us + slack_us // 2)


def _seconds(micros: int) -> float:
    return micros / MICROSECONDS
