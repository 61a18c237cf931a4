"""The satisfaction of customers by survey: satisfied / attended x 100, half-yearly (COM-DSC-P01). Pure.

Attended by survey is who answered the question that measures it; satisfied is who answered it high enough. Both are
data with a validity date (`RULES`), so that a past half-year keeps the rule it was reported under. Percentages come
from summed answers, never from a mean of percentages.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from callcenter.level.formulas import shown
from reports.periods.half_year import HalfYear


class Judgement(StrEnum):
    """What the satisfaction is against its target."""

    ACCEPTED = "accepted"
    OBSERVED = "observed"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class SatisfactionRule:
    """`question` measures it, answered 1 to 5; from `satisfied_from` on the customer is satisfied."""

    valid_from: date
    question: str
    satisfied_from: int
    target_percent: Decimal


# COM-DSC-P01, indicator: accepted from 90 % on. The survey's `atencion` asks how the customer was attended.
RULES = (SatisfactionRule(date(2000, 1, 1), "atencion", 4, Decimal(90)),)


def rule_on(day: date, rules: Iterable[SatisfactionRule] = RULES) -> SatisfactionRule:
    """The rule in force on a day. Raises LookupError before the first one."""
    in_force = [rule for rule in rules if rule.valid_from <= day]
    if not in_force:
        raise LookupError(f"no satisfaction rule is valid on {day.isoformat()}")
    return max(in_force, key=lambda rule: rule.valid_from)


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How often a question got an answer after conversations of that queue and agent (`member`, empty: not known)."""

    question: str
    queue: str
    member: str
    answer: int
    times: int


class Scope(StrEnum):
    """What a row of the report is about."""

    TOTAL = "total"
    QUEUE = "queue"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """One question's answers, in total or of one queue or agent (`name`). `answers`: how many gave 1, 2, 3, 4, 5."""

    scope: Scope
    name: str
    question: str
    measures: bool
    answers: tuple[int, ...]
    satisfied: int

    @property
    def answered(self) -> int:
        """Who answered: the customers attended, by survey."""
        return sum(self.answers)

    @property
    def percent(self) -> Decimal | None:
        """Satisfied of those who answered, exact; None without answers."""
        return Decimal(self.satisfied) * 100 / Decimal(self.answered) if self.answered else None


@dataclass(frozen=True, slots=True)
class SatisfactionReport:
    """The half-year. `rows` has a total for each question (the one that measures first), then queues, then agents."""

    half_year: HalfYear
    rule: SatisfactionRule
    rows: tuple[Satisfaction, ...]

    @property
    def indicator(self) -> Satisfaction:
        """The centre's total of the question that measures."""
        return self.rows[0]

    def shown_percent(self, row: Satisfaction) -> Decimal | None:
        """In two decimals, never rounded up to the target; None without answers."""
        return None if row.percent is None else shown(row.percent, self.rule.target_percent)

    def judgement(self, row: Satisfaction) -> Judgement:
        """Accepted when it is the target or more, compared exactly."""
        if not row.answered:
            return Judgement.NO_DATA
        reached = Decimal(row.satisfied) * 100 >= self.rule.target_percent * row.answered
        return Judgement.ACCEPTED if reached else Judgement.OBSERVED


HIGHEST = 5


def satisfaction_report(
    half_year: HalfYear, rule: SatisfactionRule, counts: Iterable[AnswerCount]
) -> SatisfactionReport:
    """The report of a half-year's answers. Answers out of 1 to 5 are of no question of ours and do not count."""
    counts = [count for count in counts if 1 <= count.answer <= HIGHEST]
    questions = sorted({rule.question, *(count.question for count in counts)}, key=lambda q: (q != rule.question, q))
    by: dict[tuple[Scope, str, str], Counter[int]] = {(Scope.TOTAL, "", question): Counter() for question in questions}
    for count in counts:
        for scope, name in ((Scope.TOTAL, ""), (Scope.QUEUE, count.queue), (Scope.AGENT, count.member)):
            by.setdefault((scope, name, count.question), Counter())[count.answer] += count.times
    order = {scope: index for index, scope in enumerate(Scope)}
    keys = sorted(by, key=lambda key: (order[key[0]], key[1], questions.index(key[2])))
    return SatisfactionReport(half_year, rule, tuple(_row(key, by[key], rule) for key in keys))


def _row(key: tuple[Scope, str, str], answers: Mapping[int, int], rule: SatisfactionRule) -> Satisfaction:
    scope, name, question = key
    given = tuple(answers[answer] for answer in range(1, HIGHEST + 1))
    satisfied = sum(given[rule.satisfied_from - 1 :])
    return Satisfaction(scope, name, question, question == rule.question, given, satisfied)
