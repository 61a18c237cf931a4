"""Recorded calls: who finds them by what, where their sound is, and that each playback is written down."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from fastapi import HTTPException
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from agent_api.accounts.sessions import SessionUser
from agent_api.pop.call_history import forms_of
from agent_api.recordings.recorded_conversations import RecordedConversation, conversations_of
from agent_api.recordings.recording_schemas import ConversationView, RecordingList, RecordingView
from agent_api.recordings.sound import NoSound, RecordingAudio, sound_at
from agent_api.schemas import NO_TELEPHONE
from callcenter.audit import LONGEST_WHO, AuditAction, write
from callcenter.calls import StepKind
from callcenter.centre.model import Centre
from callcenter.database.transactions import Database
from callcenter.instants import MICROSECONDS
from callcenter.numbers import Number, normalise, show
from callcenter.recording_files import NotARecording, path_of, seconds
from callcenter.records.calls import calls, queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.outgoing_calls import outgoing_calls
from callcenter.records.recordings import recordings
from callcenter.records.users import audit_log, users

# The browser asks for more of the same playback when somebody moves on in it; after this long it is another one.
SAME_PLAYBACK_SECONDS = 600
# On one page of what was found.
AT_ONCE = 50


class NoRecording(Exception):
    """There is no such recording, or its time was over."""


@dataclass(frozen=True, slots=True)
class RecordingKey:
    """Names a recording. `uniqueid`: the channel that is recorded."""

    node: str
    uniqueid: str
    started_us: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording and the call it belongs to. `file_bytes` None: the call goes on, or was not looked at yet."""

    key: RecordingKey
    file: str
    line: str
    caller: str
    file_bytes: int | None
    conversations: tuple[RecordedConversation, ...]


@dataclass(frozen=True, slots=True)
class RecordingQuery:
    """What is looked for: from `since_us` up to and without `until_us`; None and empty mean any.

    `numbers`: the forms in which networks signal one caller's number.
    """

    since_us: int
    until_us: int
    member: str | None = None
    queue: str | None = None
    numbers: tuple[str, ...] = ()


class RecordingArchive:
    """Reads records and files. `folder_of`: where a node's recordings are. Every method raises DatabaseProblem."""

    def __init__(self, database: Database, folder_of: Callable[[str], Path], clock: Callable[[], int]) -> None:
        self._database, self._folder_of, self._clock = database, folder_of, clock

    async def search(self, wanted: RecordingQuery, limit: int) -> tuple[Recorded, ...]:
        """The last recordings with a conversation that is as wanted, newest first."""
        return await self._database.long_read(lambda it: _recorded(it, _newest(it, wanted, limit)))

    async def find(self, key: RecordingKey) -> Recorded:
        """One. Raises NoRecording."""
        found = await self._database.read(lambda it: _recorded(it, it.execute(_one(key)).all()))
        if not found:
            raise NoRecording
        return found[0]

    async def agents(self) -> tuple[tuple[str, str], ...]:
        """Who may be heard in recordings: login and name of everybody with an extension, by name."""
        asked = select(users.c.login, users.c.display_name).where(users.c.extension.is_not(None))
        rows = await self._database.read(lambda connection: connection.execute(asked).all())
        return tuple(sorted(((row.login, row.display_name) for row in rows), key=lambda each: (each[1], each[0])))

    async def sound(self, recorded: Recorded) -> RecordingAudio:
        """What there is to hear of it. Raises NoSound."""
        try:
            return await sound_at(path_of(self._folder_of(recorded.key.node), recorded.file))
        except NotARecording as error:
            raise NoSound(str(error)) from error

    async def note_playback(self, user: SessionUser, key: RecordingKey, *, from_its_beginning: bool) -> None:
        """Write down who is about to hear it: nobody hears anything that is not written down."""
        now = self._clock()
        details = {"node": key.node, "uniqueid": key.uniqueid}
        async with self._database.transaction() as connection:
            noted = [] if from_its_beginning else (await connection.execute(_recently_by(user, now))).scalars().all()
            if details not in noted:
                await write(connection, user.login, AuditAction.RECORDING_PLAYED, now, details)


_r, _e, _o = recordings.c, queue_entries.c, outgoing_calls.c
_COLUMNS = (_r.node, _r.uniqueid, _r.started_us, _r.file, _r.bytes)
_IS_THERE = and_(_r.deleted_us.is_(None), or_(_r.bytes.is_(None), _r.bytes > 0))
_OF_CALL = and_(_e.node == _r.node, _e.call == _r.uniqueid)
_DIALLED = and_(_o.node == _r.node, _o.uniqueid == _r.uniqueid, _o.member.is_not(None), _o.answered_us.is_not(None))
_s = call_steps.c
_TRANSFERRED = _s.step == StepKind.TRANSFERRED.value


def _newest(connection: Connection, wanted: RecordingQuery, limit: int) -> list[Row[Any]]:
    """Of calls in queues and of those that agents dialled: one of these may have been sent into a queue afterwards."""
    asked = (_matching(wanted), _dialled(wanted))
    rows = [row for each in asked for row in connection.execute(each.limit(limit))]
    once = {(row.node, row.uniqueid, row.started_us): row for row in rows}
    return sorted(once.values(), key=lambda row: int(row.started_us), reverse=True)[:limit]


def _dialled(wanted: RecordingQuery) -> Select[Any]:
    asked = (
        select(*_COLUMNS)
        .join(outgoing_calls, _DIALLED)
        .where(_r.started_us >= wanted.since_us, _r.started_us < wanted.until_us, _IS_THERE)
        .order_by(_r.started_us.desc())
    )
    if wanted.member is not None:
        asked = asked.where(or_(_o.member == wanted.member, _was_transferred_to(wanted.member)))
    if wanted.queue is not None:
        asked = asked.where(_r.queue == wanted.queue)
    return asked.where(_o.number.in_(wanted.numbers)) if wanted.numbers else asked


def _matching(wanted: RecordingQuery) -> Select[Any]:
    asked = (
        select(*_COLUMNS)
        .distinct()
        .join(queue_entries, _OF_CALL)
        .where(_r.started_us >= wanted.since_us, _r.started_us < wanted.until_us, _IS_THERE)
        .where(_e.answered_us.is_not(None))
        .order_by(_r.started_us.desc())
    )
    if wanted.member is not None:
        asked = asked.where(or_(_e.member == wanted.member, _was_transferred_to(wanted.member)))
    if wanted.queue is not None:
        asked = asked.where(_e.queue == wanted.queue)
    return asked.where(_e.caller.in_(wanted.numbers)) if wanted.numbers else asked


def _was_transferred_to(member: str) -> ColumnElement[bool]:
    """The target of a transfer spoke in the call, too; the ledger knows it by its extension."""
    extension = select(users.c.extension).where(users.c.login == member).scalar_subquery()
    step = select(_s.uniqueid).where(
        _s.node == _r.node, _s.uniqueid == _r.uniqueid, _TRANSFERRED, _s.detail == extension
    )
    return step.exists()


def _one(key: RecordingKey) -> Select[Any]:
    return select(*_COLUMNS).where(
        _r.node == key.node, _r.uniqueid == key.uniqueid, _r.started_us == key.started_us, _IS_THERE
    )


def _recently_by(user: SessionUser, now_us: int) -> Select[Any]:
    since_us = now_us - SAME_PLAYBACK_SECONDS * MICROSECONDS
    by_whom = (
        audit_log.c.who == user.login[:LONGEST_WHO],
        audit_log.c.what == AuditAction.RECORDING_PLAYED.value,
    )
    return select(audit_log.c.details).where(*by_whom, audit_log.c.when_us > since_us)


def _recorded(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Recorded, ...]:
    if not rows:
        return ()
    uniqueids = [row.uniqueid for row in rows]
    entries, transfers = _entries_of(connection, uniqueids), _transfers_of(connection, uniqueids)
    dialled = _dialled_of(connection, uniqueids)
    keys = ((row, (row.node, row.uniqueid)) for row in rows)
    return tuple(_one_of(row, entries.get(key, []), transfers.get(key, []), dialled.get(key)) for row, key in keys)


def _entries_of(connection: Connection, uniqueids: Iterable[str]) -> dict[tuple[str, str], list[Row[Any]]]:
    """The queue entries of these calls, in their order."""
    asked = (
        select(
            *(queue_entries, users.c.display_name, calls.c.ended_us.label("call_ended_us")),
            *(calls.c.line.label("dialled"), calls.c.caller.label("signalled")),
        )
        .outerjoin(users, users.c.login == _e.member)
        .outerjoin(calls, and_(calls.c.node == _e.node, calls.c.uniqueid == _e.call))
        .where(_e.call.in_(list(uniqueids)))
        .order_by(_e.node, _e.call, _e.entered_us)
    )
    found = connection.execute(asked).all()
    return {call: list(group) for call, group in groupby(found, lambda row: (row.node, row.call))}


def _transfers_of(connection: Connection, uniqueids: Iterable[str]) -> dict[tuple[str, str], list[Row[Any]]]:
    """The targets that these calls were transferred to, in their order."""
    asked: Select[Any] = (
        select(_s.node, _s.uniqueid, _s.at_us, _s.detail, users.c.login, users.c.display_name)
        .outerjoin(users, users.c.extension == _s.detail)
        .where(_s.uniqueid.in_(list(uniqueids)), _TRANSFERRED)
        .order_by(_s.node, _s.uniqueid, _s.at_us)
    )
    transfers: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in connection.execute(asked):
        transfers.setdefault((row.node, row.uniqueid), []).append(row)
    return transfers


def _dialled_of(connection: Connection, uniqueids: Iterable[str]) -> dict[tuple[str, str], Row[Any]]:
    """Those of these calls that an agent dialled, with the queue that they were recorded for."""
    asked: Select[Any] = (
        select(_r.node, _r.uniqueid, _r.queue, users.c.display_name)
        .add_columns(_o.member, _o.number, _o.answered_us, _o.ended_us)
        .join(outgoing_calls, _DIALLED)
        .outerjoin(users, users.c.login == _o.member)
        .where(_r.uniqueid.in_(list(uniqueids)))
    )
    return {(row.node, row.uniqueid): row for row in connection.execute(asked)}


def _one_of(
    row: Row[Any], entries: Sequence[Row[Any]], transfers: Sequence[Row[Any]], dialled: Row[Any] | None
) -> Recorded:
    first = entries[0] if entries else None
    number = (first.signalled or first.caller) if first else ""
    return Recorded(
        key=RecordingKey(row.node, row.uniqueid, row.started_us),
        file=row.file,
        line=(first.dialled or first.line) if first else "",
        caller=dialled.number if dialled is not None else number,
        file_bytes=row.bytes,
        conversations=conversations_of(entries, transfers, dialled),
    )


async def recording_list(wanted: RecordingQuery, archive: RecordingArchive, centre: Centre) -> RecordingList:
    """A page of what is looked for."""
    more = await archive.search(wanted, AT_ONCE + 1)
    page = tuple(recording_view(each, centre) for each in more[:AT_ONCE])
    return RecordingList(recordings=page, older_us=page[-1].started_us if len(more) > AT_ONCE else None)


def caller_forms(text: str, area_code: str) -> tuple[str, ...]:
    """How the records may have the number that somebody typed. Raises 422."""
    number = normalise(text, area_code)
    if not isinstance(number, Number):
        raise HTTPException(422, NO_TELEPHONE)
    return forms_of(number.digits, number)


def recording_view(recorded: Recorded, centre: Centre) -> RecordingView:
    """A recording, ready to read."""
    number = normalise(recorded.caller, centre.about.area_code)
    return RecordingView(
        node=recorded.key.node,
        uniqueid=recorded.key.uniqueid,
        started_us=recorded.key.started_us,
        line=recorded.line,
        number=number.digits if isinstance(number, Number) else "",
        shown=show(number),
        seconds=None if recorded.file_bytes is None else seconds(recorded.file_bytes),
        conversations=tuple(_conversation_view(conversation, centre) for conversation in recorded.conversations),
    )


def _conversation_view(conversation: RecordedConversation, centre: Centre) -> ConversationView:
    queue = centre.queues_by_name.get(conversation.queue)
    return ConversationView(
        queue=conversation.queue,
        title=queue.title if queue else conversation.queue,
        member=conversation.member,
        name=conversation.name,
        answered_us=conversation.answered_us,
        ended_us=conversation.ended_us,
        transferred_to=conversation.transferred_to,
    )
