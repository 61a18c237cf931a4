"""Agents' periods from the ledger: logged in, paused, on a call, wrap-up. Pure.

Wrap-up has no row in Asterisk: it is derived, the queue's wrap-up time after the end of a conversation.

Nor does a restart write whether Asterisk kept its members (`persistentmembers`). Log-ins and pauses go on across it, in
doubt, until a row tells: a member who is added again had been lost, and all others with them, as that is one setting;
one who acts, or takes a call, without being added again was kept.

Agents of agents.conf log in by themselves, whatever their queues are (AGENTLOGIN; up to Asterisk 1.6 also
AGENTCALLBACKLOGIN): that is a log-in to all queues.
"""

from collections import deque
from collections.abc import Iterable, Mapping

from ami_bridge.ledger.clock_steps import NO_DRIFT, SetClock
from ami_bridge.ledger.rows.row import NONE, Row, Verb
from callcenter.calls import AgentPeriod, PeriodKind
from callcenter.instants import MICROSECONDS
from callcenter.moments import Length, Moment

# ADDMEMBER of a member that begins with a pause.
_PAUSED = "PAUSED"
# Member, kind, queue: at most one such period is open.
PeriodKey = tuple[str, PeriodKind, str]
# An open period, and the restart that may have ended it.
Doubt = tuple[PeriodKey, Moment]
# An open period, and by how much the wall clock was set since it began.
Drift = tuple[PeriodKey, Length]
# Those that end between a step of the clock and its row, a second later.
_ENDED_AT_HAND = 256


class AgentTime:
    """The open periods of every agent, and what changed since the last `drain`."""

    VERBS = (
        Verb.ADDMEMBER,
        Verb.REMOVEMEMBER,
        Verb.PAUSE,
        Verb.UNPAUSE,
        Verb.PAUSEALL,
        Verb.UNPAUSEALL,
        Verb.AGENTLOGIN,
        Verb.AGENTLOGOFF,
        Verb.AGENTCALLBACKLOGIN,
        Verb.AGENTCALLBACKLOGOFF,
    )

    def __init__(self, node: str, wrap_up_seconds: Mapping[str, int]) -> None:
        self._node, self._wrap_up_seconds = node, wrap_up_seconds
        self._open: dict[PeriodKey, AgentPeriod] = {}
        self._changed: dict[tuple[PeriodKey, int], AgentPeriod] = {}
        # The first restart since which it is not known whether they go on.
        self._in_doubt: dict[PeriodKey, Moment] = {}
        self._drifts: dict[PeriodKey, Length] = {}
        # The wall clock may have been set before they ended, and that is told afterwards: each, and its end as told.
        self._ended_lately = deque[tuple[AgentPeriod, Moment]](maxlen=_ENDED_AT_HAND)

    def apply(self, row: Row) -> None:
        """Fold one row of a member's log-in, log-out or pause."""
        if row.at is None or row.agent in ("", NONE):
            return
        self._tell(row.agent, row.queue, was_kept=row.verb != Verb.ADDMEMBER)
        match row.verb:
            case Verb.ADDMEMBER:
                self._add(row.agent, row.queue, row.at, paused=row.field(0) == _PAUSED)
            case Verb.REMOVEMEMBER:
                self._remove(row.agent, row.queue, row.at)
            case Verb.PAUSE | Verb.PAUSEALL:
                self.begin(row.agent, PeriodKind.PAUSED, row.queue, row.at, row.field(0))
            case Verb.AGENTLOGIN | Verb.AGENTCALLBACKLOGIN:
                self.begin(row.agent, PeriodKind.LOGGED_IN, NONE, row.at)
            case Verb.AGENTLOGOFF | Verb.AGENTCALLBACKLOGOFF:
                self._remove(row.agent, NONE, row.at)
            case _:
                self._unpause(row.agent, row.queue, row.at)

    def _add(self, member: str, queue: str, at: Moment, *, paused: bool) -> None:
        self.begin(member, PeriodKind.LOGGED_IN, queue, at)
        if paused:
            self.begin(member, PeriodKind.PAUSED, queue, at)
        else:
            self._unpause(member, queue, at)

    def _remove(self, member: str, queue: str, at: Moment) -> None:
        """A pause ends with the log-off, that of all queues with the log-off from the last one."""
        self._end((member, PeriodKind.LOGGED_IN, queue), at)
        self._unpause(member, queue, at)
        if not self._has(member, PeriodKind.LOGGED_IN):
            self._end((member, PeriodKind.PAUSED, NONE), at)

    def _unpause(self, member: str, queue: str, at: Moment) -> None:
        """Lifted queue by queue, a pause of all queues ends with the last one."""
        was_paused = self._end((member, PeriodKind.PAUSED, queue), at)
        if was_paused and not self._has(member, PeriodKind.PAUSED, but=NONE):
            self._end((member, PeriodKind.PAUSED, NONE), at)

    def _has(self, member: str, kind: PeriodKind, but: str = "") -> bool:
        """Whether such a period of that member is open, in whatever queue `but` one."""
        return any(each == member and open_kind is kind and queue != but for each, open_kind, queue in self._open)

    def begin(self, member: str, kind: PeriodKind, queue: str, at: Moment, reason: str = "") -> None:
        """A period begins; one of the same kind that was open ends there, unless nothing changed."""
        key = (member, kind, queue)
        if kind is PeriodKind.ON_CALL:
            self._takes_calls(member, queue)
        former = self._open.get(key)
        if former is not None and former.reason == reason and kind is not PeriodKind.ON_CALL:
            return
        self._end(key, at)
        self._keep(AgentPeriod(self._node, member, kind, queue, at, reason=reason[:80]))

    def end_call(self, member: str, queue: str, at: Moment) -> None:
        """A conversation ended; the queue's wrap-up time follows."""
        if not self._end((member, PeriodKind.ON_CALL, queue), at):
            return
        seconds = self._wrap_up_seconds.get(queue, 0)
        if seconds:
            over = at.back(Length(-seconds * MICROSECONDS, -seconds * MICROSECONDS))
            self._change(AgentPeriod(self._node, member, PeriodKind.WRAP_UP, queue, at, over))

    # -- restarts of Asterisk ----------------------------------------------------------------------

    def restarted(self, between: Moment | None) -> None:
        """Asterisk started again: whether it kept its members is still to be told."""
        if between is not None:
            lasting = [key for key in self._open if key[1] is not PeriodKind.ON_CALL]
            self._in_doubt = dict.fromkeys(lasting, between) | self._in_doubt

    def _tell(self, member: str, queue: str, *, was_kept: bool) -> None:
        """A row about a member whose log-in to that queue is in doubt tells about all members."""
        if (member, PeriodKind.LOGGED_IN, queue) not in self._in_doubt:
            return
        logged_in = {each for each, kind, _ in self._in_doubt if kind is PeriodKind.LOGGED_IN}
        for key in [key for key in self._in_doubt if key[0] in logged_in]:
            restart = self._in_doubt.pop(key)
            if not was_kept:
                self._end(key, restart)

    def _takes_calls(self, member: str, queue: str) -> None:
        """Who takes a call is a member; one whom no row added (queues.conf) has forgotten the pause of before."""
        self._tell(member, queue, was_kept=True)
        for key in ((member, PeriodKind.PAUSED, queue), (member, PeriodKind.PAUSED, NONE)):
            if key in self._in_doubt:
                self._end(key, self._in_doubt[key])

    def set_clock(self, clock: SetClock) -> None:
        """The wall clock was set. A period is known by its beginning, which stays: its end is by the clock of that."""
        for key, period in self._open.items():
            before = self._drifts.get(key)
            drift = clock.drift_since(period.started) if before is None else before.plus(clock.drift)
            if drift != NO_DRIFT:
                self._drifts[key] = drift
        for ended, at in self._ended_lately:
            drift = clock.drift_between(ended.started, at)
            if drift != NO_DRIFT and ended.ended is not None:
                self._change(_ended(ended, ended.ended.back(drift)))
        self._ended_lately.clear()

    # -- the state -----------------------------------------------------------------------------------

    def open(self) -> tuple[AgentPeriod, ...]:
        """Those that go on."""
        return tuple(self._open.values())

    def in_doubt(self) -> tuple[Doubt, ...]:
        """Those of them that a restart may have ended, and when."""
        return tuple(self._in_doubt.items())

    def drifts(self) -> tuple[Drift, ...]:
        """Those of them in which the wall clock was set, and by how much."""
        return tuple(self._drifts.items())

    def resume(self, periods: Iterable[AgentPeriod], in_doubt: Iterable[Doubt], drifts: Iterable[Drift] = ()) -> None:
        """Go on from the periods that are open, and from no others."""
        self._open = {(period.member, period.kind, period.queue): period for period in periods}
        self._in_doubt, self._drifts = dict(in_doubt), dict(drifts)

    def drain(self) -> tuple[AgentPeriod, ...]:
        """Every period that changed since the last time, once."""
        changed, self._changed = tuple(self._changed.values()), {}
        return changed

    def _keep(self, period: AgentPeriod) -> None:
        self._open[(period.member, period.kind, period.queue)] = period
        self._change(period)

    def _change(self, period: AgentPeriod) -> None:
        self._changed[((period.member, period.kind, period.queue), period.started.earliest_us)] = period

    def _end(self, key: PeriodKey, at: Moment) -> bool:
        period, drift = self._open.pop(key, None), self._drifts.pop(key, None)
        self._in_doubt.pop(key, None)
        if period is None:
            return False
        ended = _ended(period, at.back(drift) if drift is not None else at)
        self._ended_lately.append((ended, at))
        self._change(ended)
        return True


def _ended(period: AgentPeriod, at: Moment) -> AgentPeriod:
    """One a call: `dataclasses.replace` takes several times as long."""
    return AgentPeriod(
        period.node, period.member, period.kind, period.queue, period.started, ended=at, reason=period.reason
    )
