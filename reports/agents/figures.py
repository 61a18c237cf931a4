"""What agents did, per agent and day: logged in, paused, on calls, wrap-up; calls answered and missed. Pure.

Occupancy is the time on a call or in wrap-up over the time logged in and not paused, both of that time only: what an
agent does in a pause is in neither, so that it is never above 100 %.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from callcenter.calls import PeriodKind
from callcenter.spans import Span, common, covered_us, cut, merged, without


@dataclass(frozen=True, slots=True)
class MemberPeriod:
    """A period of one member, with an end: what goes on ends now."""

    kind: PeriodKind
    span: Span
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MemberCalls:
    """What the records of calls say of a member on a day."""

    answered: int = 0
    talk_us: int = 0
    transferred: int = 0
    no_answer: int = 0
    rejected: int = 0


@dataclass(slots=True)
class AgentTimes:
    """The times of an agent, of a day or summed; `sessions` and `pauses` are those that began then."""

    sessions: int = 0
    logged_in_us: int = 0
    paused_us: int = 0
    available_us: int = 0
    occupied_us: int = 0
    on_call_us: int = 0
    wrap_up_us: int = 0
    pauses: Counter[str] = field(default_factory=Counter)
    pause_us: Counter[str] = field(default_factory=Counter)

    @property
    def any(self) -> bool:
        """Whether there was anything."""
        return bool(self.logged_in_us or self.paused_us or self.on_call_us or self.wrap_up_us)

    def add(self, other: "AgentTimes") -> None:
        """Count these too."""
        self.sessions += other.sessions
        self.logged_in_us += other.logged_in_us
        self.paused_us += other.paused_us
        self.available_us += other.available_us
        self.occupied_us += other.occupied_us
        self.on_call_us += other.on_call_us
        self.wrap_up_us += other.wrap_up_us
        self.pauses.update(other.pauses)
        self.pause_us.update(other.pause_us)


@dataclass(frozen=True, slots=True)
class AgentSession:
    """From a log-in to the log-off from the last queue. `ended_us` is None where it goes on after the days."""

    member: str
    began_us: int
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class MemberTimes:
    """A member's days, and the sessions that touch them."""

    days: tuple[AgentTimes, ...]
    sessions: tuple[AgentSession, ...]


@dataclass(frozen=True, slots=True)
class AgentsReport:
    """Times and calls by member and day; `sessions` in the order of members and time."""

    times: Mapping[tuple[str, date], AgentTimes]
    calls: Mapping[tuple[str, date], MemberCalls]
    sessions: tuple[AgentSession, ...]

    @property
    def member_days(self) -> list[tuple[str, date]]:
        """Every member's days on which there was anything."""
        return sorted({*self.times, *self.calls})

    def of(self, keys: Iterable[tuple[str, date]]) -> tuple[AgentTimes, MemberCalls]:
        """The sums of these days of members."""
        times, calls = AgentTimes(), MemberCalls()
        for key in keys:
            times.add(self.times.get(key, AgentTimes()))
            calls = added(calls, self.calls.get(key, MemberCalls()))
        return times, calls


def added(one: MemberCalls, other: MemberCalls) -> MemberCalls:
    """Both."""
    return MemberCalls(
        one.answered + other.answered,
        one.talk_us + other.talk_us,
        one.transferred + other.transferred,
        one.no_answer + other.no_answer,
        one.rejected + other.rejected,
    )


def member_times(member: str, periods: Iterable[MemberPeriod], borders: Sequence[int], now_us: int) -> MemberTimes:
    """The times of one member's days, whose borders are the midnights in order."""
    spans: dict[PeriodKind, list[Span]] = {kind: [] for kind in PeriodKind}
    reasons: dict[str, list[Span]] = {}
    for period in periods:
        spans[period.kind].append(period.span)
        if period.kind is PeriodKind.PAUSED:
            reasons.setdefault(period.reason, []).append(period.span)
    of_kind = {kind: merged(found) for kind, found in spans.items()}
    days = [_day(parts) for parts in zip(*(cut(of_kind[kind], borders) for kind in PeriodKind), strict=True)]
    for reason, found in reasons.items():
        _count_pauses(days, reason, merged(found), borders)
    return MemberTimes(tuple(days), tuple(_sessions(member, of_kind[PeriodKind.LOGGED_IN], days, borders, now_us)))


def _day(parts: Sequence[list[Span]]) -> AgentTimes:
    """Of the parts of each kind, in the order of `PeriodKind`."""
    logged_in, paused, on_call, wrap_up = parts
    available = without(logged_in, paused)
    return AgentTimes(
        logged_in_us=covered_us(logged_in),
        paused_us=covered_us(paused),
        available_us=covered_us(available),
        occupied_us=covered_us(common(merged([*on_call, *wrap_up]), available)),
        on_call_us=covered_us(on_call),
        wrap_up_us=covered_us(wrap_up),
    )


def _count_pauses(days: list[AgentTimes], reason: str, spans: list[Span], borders: Sequence[int]) -> None:
    for day, parts, since, until in zip(days, cut(spans, borders), borders, borders[1:], strict=False):
        if parts:
            day.pauses[reason] += sum(since <= start < until for start, _ in spans)
            day.pause_us[reason] += covered_us(parts)


def _sessions(
    member: str, spans: list[Span], days: list[AgentTimes], borders: Sequence[int], now_us: int
) -> Iterable[AgentSession]:
    for start, end in spans:
        if end <= borders[0]:
            continue
        for day, since, until in zip(days, borders, borders[1:], strict=False):
            day.sessions += since <= start < until
        yield AgentSession(member, start, None if end >= min(borders[-1], now_us) else end)
