"""Rows, checkpoints and what was folded, as the records keep them. Pure."""

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ami_bridge.ledger.checkpoint import Checkpoint
from ami_bridge.ledger.rows.folded import FoldedRow
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import AgentPeriod, PeriodKind
from callcenter.moments import Length, Moment

_FOLDED = struct.Struct("<qq?")


def packed_rows(rows: Iterable[Row]) -> bytes:
    """Rows as JSON."""
    return json.dumps([_row(row) for row in rows], ensure_ascii=False, separators=(",", ":")).encode()


def unpacked_rows(packed: bytes) -> list[Row]:
    """The rows again."""
    return [_row_from(each) for each in json.loads(packed)]


def packed_checkpoint(checkpoint: Checkpoint) -> bytes:
    """A checkpoint as JSON."""
    state = {
        "boot_us": checkpoint.boot_us,
        "last": _moment(checkpoint.last),
        "periods": [_period(period) for period in checkpoint.periods],
        "callback_lines": checkpoint.callback_lines,
        "channel_lines": checkpoint.channel_lines,
        "rows": [_row(row) for row in checkpoint.rows],
        "in_doubt": [(member, kind.value, queue, *_moment(at)) for (member, kind, queue), at in checkpoint.in_doubt],
        "drifts": [
            (member, kind.value, queue, drift.least_us, drift.most_us)
            for (member, kind, queue), drift in checkpoint.drifts
        ],
    }
    return json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()


def unpacked_checkpoint(packed: bytes, node: str) -> Checkpoint:
    """The checkpoint again."""
    state = json.loads(packed)
    return Checkpoint(
        boot_us=state["boot_us"],
        last=_moment_from(*state["last"]),
        periods=tuple(_period_from(node, *each) for each in state["periods"]),
        callback_lines=tuple((number, line) for number, line in state["callback_lines"]),
        channel_lines=tuple((channel, line) for channel, line in state["channel_lines"]),
        rows=tuple(_row_from(each) for each in state["rows"]),
        # Checkpoints of before have neither.
        in_doubt=tuple(
            ((member, PeriodKind(kind), queue), Moment(earliest_us, latest_us))
            for member, kind, queue, earliest_us, latest_us in state.get("in_doubt", ())
        ),
        drifts=tuple(
            ((member, PeriodKind(kind), queue), Length(least_us, most_us))
            for member, kind, queue, least_us, most_us in state.get("drifts", ())
        ),
    )


def unpacked(checkpoint: bytes | None, journals: Iterable[bytes], node: str) -> tuple[Checkpoint, list[Row]]:
    """The last checkpoint, which a young ledger has not, and the rows since."""
    rows = [row for each in journals for row in unpacked_rows(each)]
    return unpacked_checkpoint(checkpoint, node) if checkpoint is not None else Checkpoint(), rows


def packed_folded(folded: Iterable[FoldedRow]) -> bytes:
    """What was folded: 17 bytes a row."""
    return b"".join(_FOLDED.pack(row.digest, row.at_us, row.exact) for row in folded)


def unpacked_folded(packed: bytes) -> Iterator[FoldedRow]:
    """What was folded, reported by no copy yet."""
    return (FoldedRow(*each) for each in _FOLDED.iter_unpack(packed))


def _row(row: Row) -> tuple[Any, ...]:
    reported = () if row.reported is None else (_moment(row.reported),)
    return (row.position, *_moment(row.at), row.callid, row.queue, row.agent, row.verb, *row.data, *reported)


def _row_from(packed: Sequence[Any]) -> Row:
    position, earliest_us, latest_us, callid, queue, agent, verb, *data = packed
    # Fields are texts; only a row that was reported late has the moment of its report after them.
    reported = _moment_from(*data.pop()) if data and not isinstance(data[-1], str) else None
    return Row(position, _moment_from(earliest_us, latest_us), callid, queue, agent, verb, tuple(data), reported)


def _moment(moment: Moment | None) -> tuple[int | None, int | None]:
    return (None, None) if moment is None else (moment.earliest_us, moment.latest_us)


def _moment_from(earliest_us: int | None, latest_us: int | None) -> Moment | None:
    return None if earliest_us is None or latest_us is None else Moment(earliest_us, latest_us)


def _period(period: AgentPeriod) -> list[Any]:
    return [period.member, period.kind.value, period.queue, *_moment(period.started), period.reason]


def _period_from(
    node: str, member: str, kind: str, queue: str, earliest_us: int, latest_us: int, reason: str
) -> AgentPeriod:
    return AgentPeriod(node, member, PeriodKind(kind), queue, Moment(earliest_us, latest_us), reason=reason)
