"""What a fold must know to go on: the state that no row reports again, and the rows of the calls that go on. Pure."""

from dataclasses import dataclass

from ami_bridge.ledger.agent_periods import Doubt, Drift
from ami_bridge.ledger.rows.row import Row
from callcenter.calls import AgentPeriod
from callcenter.moments import Moment


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`boot_us`: the start of Asterisk before the first of `rows`; `last`: the moment of the last row of all.

    `periods`: those that are open; `in_doubt`: those of them that a restart may have ended; `drifts`: by how much the
    wall clock was set since they began. `callback_lines` and `channel_lines`: the line of a callback, by its number and
    by its channel.
    """

    boot_us: int = 0
    last: Moment | None = None
    periods: tuple[AgentPeriod, ...] = ()
    callback_lines: tuple[tuple[str, str], ...] = ()
    channel_lines: tuple[tuple[str, str], ...] = ()
    rows: tuple[Row, ...] = ()
    in_doubt: tuple[Doubt, ...] = ()
    drifts: tuple[Drift, ...] = ()
