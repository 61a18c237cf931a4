"""Which queue entries a report is about, and the lengths that it sums."""

from itertools import pairwise

from sqlalchemy import BigInteger, Integer, and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from callcenter.level.entries import of_the_public
from callcenter.level.formulas import Period
from callcenter.records.calls import queue_entries
from callcenter.records.users import users
from reports.kinds.asked import Asked
from reports.measures.level_rules import LevelRules

_entry = queue_entries.c
Condition = ColumnElement[bool]
# Where a wait is known to the second only it is the longest that it may have been, as the service level has it.
WAIT_US = _entry.wait_max_us


def chosen(asked: Asked, period: Period) -> Condition:
    """Entries of the public in the period, limited to the lines, queues and agents that were asked for."""
    return and_(of_the_public(period), *limits(asked))


def limits(asked: Asked) -> list[Condition]:
    """The filters on entries, without the days."""
    found: list[Condition] = []
    if asked.lines:
        found.append(_entry.line.in_(asked.lines))
    if asked.queues:
        found.append(_entry.queue.in_(asked.queues))
    if asked.agents:
        found.append(is_agent(_entry.member, asked.agents))
    return found


def is_agent(member: ColumnElement[str | None], agents: tuple[str, ...]) -> Condition:
    """Whether a member is one of these extensions, by its own name or by the login of its user."""
    logins = select(users.c.login).where(users.c.extension.in_(agents))
    return or_(member.in_(agents), member.in_(logins))


def length_us(since: ColumnElement[int | None], until: ColumnElement[int | None], now_us: int) -> ColumnElement[int]:
    """From one instant to the other; of what goes on to now. Never negative."""
    end = func.coalesce(until, now_us)
    return case((end > since, end - since), else_=0)


def talk_us(now_us: int) -> ColumnElement[int]:
    """The conversation of an answered entry."""
    return length_us(_entry.answered_us, _entry.ended_us, now_us)


def total_us(lengths: ColumnElement[int]) -> ColumnElement[int]:
    """Their sum as a whole number, 0 of none."""
    return func.coalesce(func.sum(lengths), 0).cast(BigInteger)


def times(condition: Condition) -> ColumnElement[int]:
    """How often it holds."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)


def threshold_us(rules: LevelRules) -> int | ColumnElement[int]:
    """The threshold by which an entry is judged: that of its day."""
    *_, (_, last) = found = rules.thresholds_us
    steps = [(_entry.entered_us < after, us) for (_, us), (after, _) in pairwise(found)]
    return case(*steps, else_=last) if steps else last
