"""Answered calls out of the records. Reads only: one pass for the sums, one for the ranks of each grouping."""

from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from callcenter.calls import EndedBy
from callcenter.instants import MICROSECONDS, as_us
from callcenter.level.counts import conditions
from callcenter.records.calls import queue_entries
from reports.answered.figures import (
    BORDERS_SECONDS,
    AnsweredCount,
    AnsweredMiddles,
    AnsweredReport,
    TransferCount,
    answered_report,
)
from reports.kinds.asked import Asked, Scene
from reports.measures.level_rules import LevelRules
from reports.reading.entries import WAIT_US, Condition, chosen, talk_us, threshold_us, times, total_us
from reports.reading.ranks import middles

_entry = queue_entries.c


def read_answered(connection: Connection, asked: Asked, scene: Scene, rules: LevelRules) -> AnsweredReport:
    """The report of the days that were asked for."""
    where = and_(chosen(asked, asked.period(scene.zone)), _entry.answered_us.is_not(None))
    ranks = AnsweredMiddles(
        middles(connection, where).get(""),
        middles(connection, where, _entry.queue),
        middles(connection, where, _entry.member),
    )
    counts = _counts(connection, where, rules, as_us(scene.made))
    return answered_report(counts, ranks, _transfers(connection, where))


def _counts(connection: Connection, where: Condition, rules: LevelRules, now_us: int) -> list[AnsweredCount]:
    by, talk = (_entry.queue, _entry.member, _entry.ended_by), talk_us(now_us)
    query = (
        select(
            *by,
            func.count().label("number"),
            times(conditions(threshold_us(rules))["within"]).label("within"),
            total_us(WAIT_US).label("wait_us"),
            func.max(WAIT_US).label("longest_wait_us"),
            total_us(talk).label("talk_us"),
            func.max(talk).label("longest_talk_us"),
            *(times(border * MICROSECONDS >= WAIT_US).label(f"within_{border}") for border in BORDERS_SECONDS),
        )
        .where(where)
        .group_by(*by)
    )
    return [_count(row) for row in connection.execute(query).all()]


def _count(row: Row[Any]) -> AnsweredCount:
    return AnsweredCount(
        row.queue,
        row.member or "",
        EndedBy(row.ended_by),
        *(row.number, row.within, row.wait_us, row.longest_wait_us, row.talk_us, row.longest_talk_us),
        tuple(getattr(row, f"within_{border}") for border in BORDERS_SECONDS),
    )


def _transfers(connection: Connection, where: Condition) -> list[TransferCount]:
    by = (_entry.queue, _entry.transferred_to)
    transferred = and_(where, _entry.ended_by == EndedBy.TRANSFER.value)
    query = select(*by, func.count().label("number")).where(transferred).group_by(*by)
    return [TransferCount(row.queue, row.transferred_to or "", row.number) for row in connection.execute(query).all()]
