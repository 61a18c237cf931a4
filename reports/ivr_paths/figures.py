"""What callers did in the menus in some days: keys, self-services, hang-ups, and who needed no agent. Pure.

A call belongs to the line that was dialled and to the day on which it arrived.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from callcenter.calls import SERVED_RESULTS, FinalStage, StepKind
from callcenter.centre.model import Centre


@dataclass(frozen=True, slots=True)
class StepCount:
    """How often callers of a line did that step; `detail` as in the records."""

    line: str
    step: StepKind | None
    detail: str
    times: int


@dataclass(frozen=True, slots=True)
class KeyCount:
    """How often a key was pressed in a menu: `t` is silence, `i` a key without meaning, star and hash by themselves."""

    menu: str
    key: str
    title: str
    times: int


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """How often a self-service ended so (`callcenter.calls.SelfServiceResult`)."""

    service: str
    result: str
    times: int

    @property
    def served(self) -> bool:
        """Whether the caller got what the self-service is for."""
        return self.result in SERVED_RESULTS


@dataclass(frozen=True, slots=True)
class HangUpCount:
    """How many callers hung up after that as their last step, before any queue and unserved.

    `menu`: where the last key was pressed, empty when it was none. `after`: the key, `welcome` before the first one,
    `service`, `notice`, `routed`, or `arrival` before the menus; `title`: of the key, or the service with its result.
    """

    menu: str
    after: str
    title: str
    times: int


@dataclass(frozen=True, slots=True)
class LinePaths:
    """One line's days. `calls` arrived, `heard` came into the menus; of all calls `served` needed no agent."""

    number: str
    name: str
    calls: int
    heard: int
    served: int
    keys: tuple[KeyCount, ...]
    services: tuple[ServiceCount, ...]
    hang_ups: tuple[HangUpCount, ...]

    @property
    def served_percent(self) -> Decimal | None:
        """Served without an agent of those who heard the menus, exact; None when nobody did."""
        return Decimal(self.served) * 100 / Decimal(self.heard) if self.heard else None


@dataclass(frozen=True, slots=True)
class IvrReport:
    """The days from `first_day` on, line by line; `total` over all has no keys, services and hang-ups of its own."""

    first_day: date
    lines: tuple[LinePaths, ...]
    total: LinePaths


def ivr_report(
    centre: Centre,
    first_day: date,
    calls: Iterable[tuple[tuple[str, FinalStage], int]],
    steps: Iterable[StepCount],
    last_steps: Iterable[StepCount],
    only: tuple[str, ...] = (),
) -> IvrReport:
    """The report from the days' counts: calls by line and class, steps, and the last steps of hung-up callers.

    `only`: the lines that it is limited to; empty: all.
    """
    calls, steps, last_steps = list(calls), list(steps), list(last_steps)
    seen = {line for (line, _), _ in calls} | {count.line for count in steps}
    numbers = only or [line.number for line in centre.lines] + sorted(seen - set(centre.lines_by_number))
    lines = tuple(_line(centre, number, calls, steps, last_steps) for number in numbers)
    sums = (sum(line.calls for line in lines), sum(line.heard for line in lines), sum(line.served for line in lines))
    return IvrReport(first_day, lines, LinePaths("", "Total del centro", *sums, (), (), ()))


def _line(
    centre: Centre,
    number: str,
    calls: list[tuple[tuple[str, FinalStage], int]],
    steps: list[StepCount],
    last_steps: list[StepCount],
) -> LinePaths:
    known = centre.lines_by_number.get(number)
    of_line = [count for count in steps if count.line == number]
    keys = sorted((_key(count) for count in of_line if count.step is StepKind.KEY), key=lambda key: (key.menu, key.key))
    services = [_service(count) for count in of_line if count.step is StepKind.GOAL]
    return LinePaths(
        number,
        known.name if known else "",
        sum(times for (line, _), times in calls if line == number),
        sum(count.times for count in of_line if count.step is StepKind.START),
        sum(times for (line, final_stage), times in calls if line == number and final_stage is FinalStage.IVR),
        tuple(keys),
        tuple(sorted(services, key=lambda service: (service.service, service.result))),
        _hang_ups(count for count in last_steps if count.line == number),
    )


def _key(count: StepCount) -> KeyCount:
    key, menu, title = _parts(count.detail, 3)
    return KeyCount(menu, key, title, count.times)


def _service(count: StepCount) -> ServiceCount:
    service, result = _parts(count.detail, 2)
    return ServiceCount(service, result, count.times)


def _hang_ups(last_steps: Iterable[StepCount]) -> tuple[HangUpCount, ...]:
    """The most frequent first."""
    times: Counter[tuple[str, str, str]] = Counter()
    for count in last_steps:
        times[_where(count.step, count.detail)] += count.times
    found = (HangUpCount(*where, number) for where, number in times.items())
    return tuple(sorted(found, key=lambda each: (-each.times, each.menu, each.after, each.title)))


def _where(step: StepKind | None, detail: str) -> tuple[str, str, str]:
    """Menu, after what, and title of a last step."""
    match step:
        case StepKind.KEY:
            key, menu, title = _parts(detail, 3)
            return menu, key, title
        case StepKind.START:
            return "", "welcome", ""
        case StepKind.GOAL:
            return "", "service", detail.replace("|", ": ")
        case StepKind.NOTICED:
            return "", "notice", _parts(detail, 1)[0]
        case None:
            return "", "arrival", ""
        case _:
            return "", "routed", ""


def _parts(detail: str, number: int) -> tuple[str, ...]:
    """So many fields of a step's detail; those left out at its end are empty."""
    return tuple((*detail.split("|"), *[""] * number)[:number])
