"""Compares what truly happened with what the records say, call by call. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import TypeVar

from callcenter.calls import EndedBy, Outcome
from callcenter.instants import MICROSECONDS
from callcenter.moments import Length
from troncal.simulator.truth import TrueCall, TrueOutcome

# The telephone only sees that it was hung up on; the records have the reason.
_TURNED_AWAY = frozenset(
    {
        Outcome.TIMEOUT,
        Outcome.KEY_EXIT,
        Outcome.LEFT_EMPTY,
        Outcome.FULL,
        Outcome.JOIN_REFUSED,
        Outcome.WITHDRAWN,
        Outcome.INTERRUPTED,
    }
)
_RECORDED_AS: Mapping[TrueOutcome, frozenset[Outcome]] = {
    TrueOutcome.ANSWERED: frozenset({Outcome.ANSWERED}),
    TrueOutcome.ABANDONED: frozenset({Outcome.ABANDONED}),
    TrueOutcome.TURNED_AWAY: _TURNED_AWAY,
    TrueOutcome.OPEN: frozenset({Outcome.OPEN}),
    TrueOutcome.REFUSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One queue entry as the records give it. Instants in microseconds UTC, None where the records have none.

    `member` and `offers` name agents by extension; `offers` None leaves the offers out of the comparison.
    `answered_slack_us`, `ended_slack_us`: how much later it may have been, where the records know it no better.
    `wait`: the wait as the records have it; None: as its two instants say.
    """

    caller: str
    line: str
    queue: str
    joined_us: int | None
    answered_us: int | None
    ended_us: int | None
    outcome: Outcome
    member: str = ""
    ended_by: EndedBy = EndedBy.UNKNOWN
    transferred_to: str = ""
    offers: tuple[str, ...] | None = None
    answered_slack_us: int = 0
    ended_slack_us: int = 0
    wait: Length | None = None

    @property
    def wait_us(self) -> int | None:
        """From joining to the answer, or to the end of the wait."""
        until = self.answered_us if self.answered_us is not None else self.ended_us
        if self.joined_us is None or until is None:
            return None
        return self.wait.least_us if self.wait is not None else until - self.joined_us

    @property
    def wait_slack_us(self) -> int:
        """By how much the wait may be longer."""
        if self.wait is not None:
            return self.wait.most_us - self.wait.least_us
        return self.answered_slack_us if self.answered_us is not None else self.ended_slack_us


TOLERANCE_US = 150_000


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How exact the records have to be.

    `tolerance_us` is for the network and for a busy machine's scheduling; `queue_of_line` names each line's queue,
    and lines that are not in it are not compared. `asterisk_hangs_up`: it may hang up on whoever waits, by itself, as
    its RTP timer does where the wall clock is set forward; that is recorded as abandoned, ended by nobody known.
    """

    tolerance_us: int = TOLERANCE_US
    threshold_us: int = 20 * MICROSECONDS
    queue_of_line: Mapping[str, str] = field(default_factory=dict)
    asterisk_hangs_up: bool = False


@dataclass(frozen=True, slots=True)
class TrueLevel:
    """The service level in counts: answered within the threshold, answered, and all who entered."""

    within: int
    answered: int
    registered: int

    @property
    def percent(self) -> Decimal | None:
        """Answered in time of those registered, two places; None without calls."""
        if not self.registered:
            return None
        return (Decimal(100 * self.within) / self.registered).quantize(Decimal("0.01"))


def service_level(truth: Iterable[TrueCall], threshold_us: int = 20 * MICROSECONDS) -> TrueLevel:
    """The true service level over these queue entries; who never entered does not count."""
    entered = [call for call in truth if call.entered_us is not None]
    waits = [call.wait_us for call in entered if call.outcome is TrueOutcome.ANSWERED]
    within = sum(1 for wait in waits if wait is not None and wait <= threshold_us)
    return TrueLevel(within, len(waits), len(entered))


def differences(truth: Iterable[TrueCall], recorded: Iterable[RecordedCall], settings: CheckSettings) -> list[str]:
    """What the records have wrong, one line each; empty when they are right."""
    true_entries = _by_caller(call for call in truth if call.entered_us is not None)
    entries = _by_caller(sorted(recorded, key=_began_us))
    lines: list[str] = []
    for caller, of_caller in true_entries.items():
        for call, record in zip_longest(of_caller, entries.pop(caller, [])):
            lines += _compare(call, record, settings)
    strangers = [record for records in entries.values() for record in records]
    return lines + [f"{record.caller}: recorded in {record.queue}, but nobody made it" for record in strangers]


_Entry = TypeVar("_Entry", TrueCall, RecordedCall)


def _by_caller(calls: Iterable[_Entry]) -> dict[str, list[_Entry]]:
    grouped: dict[str, list[_Entry]] = {}
    for call in calls:
        grouped.setdefault(call.caller, []).append(call)
    return grouped


def _began_us(record: RecordedCall) -> int:
    return record.joined_us or record.answered_us or record.ended_us or 0


def _compare(call: TrueCall | None, record: RecordedCall | None, settings: CheckSettings) -> list[str]:
    if record is None:
        assert call is not None
        return [f"{call.caller}: entered {call.line} and was {call.outcome}, but is not recorded"]
    if call is None:
        return [f"{record.caller}: recorded once too often, in {record.queue}"]
    found = list(_outcome_faults(call, record, settings))
    if not found:
        found = [*_party_faults(call, record), *_time_faults(call, record, settings)]
    return [f"{call.caller}: {fault}" for fault in found]


def _outcome_faults(call: TrueCall, record: RecordedCall, settings: CheckSettings) -> Iterator[str]:
    queue = settings.queue_of_line.get(call.line, record.queue)
    if record.queue != queue:
        yield f"was in queue {queue}, recorded in {record.queue}"
    if call.entry == 0 and record.line != call.line:
        yield f"dialled {call.line}, recorded {record.line or 'no line'}"
    if record.outcome not in _RECORDED_AS[call.outcome] and not (
        _may_cross(call, record, settings) or (settings.asterisk_hangs_up and _was_hung_up_on(call, record))
    ):
        yield f"was {call.outcome}, recorded {record.outcome}"


def _may_cross(call: TrueCall, record: RecordedCall, settings: CheckSettings) -> bool:
    """The agent answered while the caller hung up: either may have come first on the way, or in a standstill."""
    replies = [offer.ended_us for offer in call.offers if offer.ended_us is not None]
    replied = call.answered_us if call.answered_us is not None else max(replies, default=None)
    if replied is None or call.ended_us is None:
        return False
    either = {call.outcome.value, record.outcome.value} == {TrueOutcome.ANSWERED, TrueOutcome.ABANDONED}
    slack_us = max(record.ended_slack_us, record.answered_slack_us)
    return either and abs(call.ended_us - replied) <= settings.tolerance_us + slack_us


def _was_hung_up_on(call: TrueCall, record: RecordedCall) -> bool:
    """While they waited, and by no telephone."""
    is_so = call.outcome is TrueOutcome.TURNED_AWAY and record.outcome is Outcome.ABANDONED
    return is_so and record.ended_by is EndedBy.UNKNOWN


def _party_faults(call: TrueCall, record: RecordedCall) -> Iterator[str]:
    offered = tuple(offer.extension for offer in call.offers)
    if record.offers is not None and record.offers != offered:
        yield f"rang at {_names(offered)}, recorded at {_names(record.offers)}"
    if call.outcome is not TrueOutcome.ANSWERED or record.outcome is not Outcome.ANSWERED:
        return
    if record.member != call.answered_by:
        yield f"was answered by {call.answered_by}, recorded {record.member or 'nobody'}"
    if record.ended_by != call.ended_by and call.ended_by is not EndedBy.UNKNOWN:
        yield f"was ended by {call.ended_by}, recorded {record.ended_by}"
    if record.transferred_to != call.transferred_to:
        yield f"was transferred to {call.transferred_to or 'nobody'}, recorded {record.transferred_to or 'nobody'}"


def _time_faults(call: TrueCall, record: RecordedCall, settings: CheckSettings) -> Iterator[str]:
    wait, recorded = call.wait_us, record.wait_us
    if wait is None or (call.outcome is TrueOutcome.TURNED_AWAY and recorded is None):
        return
    if recorded is None:
        yield f"waited {_seconds(wait)} s, recorded without a wait"
        return
    if not _agree(wait, recorded, recorded + record.wait_slack_us, settings):
        yield f"waited {_seconds(wait)} s, recorded {_seconds(recorded)} s"
    if not record.wait_slack_us and _are_apart(wait, recorded, settings):
        yield f"waited {_seconds(wait)} s, recorded on the other side of {_seconds(settings.threshold_us)} s"
    yield from _talk_faults(call, record, settings)


def _talk_faults(call: TrueCall, record: RecordedCall, settings: CheckSettings) -> Iterator[str]:
    conversation, recorded = _talk_us(call), _talk_us(record)
    if conversation is None or record.outcome is Outcome.ABANDONED:  # of which the outcome was judged
        return
    if recorded is None:
        yield f"talked {_seconds(conversation)} s, recorded nothing"
    elif not _agree(conversation, recorded - record.answered_slack_us, recorded + record.ended_slack_us, settings):
        yield f"talked {_seconds(conversation)} s, recorded {_seconds(recorded)} s"


def _agree(true_us: int, least_us: int, most_us: int, settings: CheckSettings) -> bool:
    return least_us - settings.tolerance_us <= true_us <= most_us + settings.tolerance_us


def _are_apart(wait_us: int, recorded_us: int, settings: CheckSettings) -> bool:
    """On different sides of the threshold, and not just there."""
    matters = abs(wait_us - settings.threshold_us) > settings.tolerance_us
    return matters and (wait_us <= settings.threshold_us) != (recorded_us <= settings.threshold_us)


def _talk_us(call: TrueCall | RecordedCall) -> int | None:
    if call.answered_us is None or call.ended_us is None:
        return None
    return call.ended_us - call.answered_us


def _seconds(length_us: int) -> str:
    return f"{length_us / MICROSECONDS:.3f}"


def _names(extensions: tuple[str, ...]) -> str:
    return ", ".join(extensions) or "no phone"
