"""Recordings: supervisors find and hear them; agents keep out of them what must not be kept."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query
from fastapi.responses import Response, StreamingResponse

from agent_api.contacts.contact_schemas import ChannelName, NodeName
from agent_api.recordings.recording_schemas import Outline, RecordingList, RecordingView
from agent_api.recordings.search import (
    NoRecording,
    Recorded,
    RecordingKey,
    RecordingQuery,
    caller_forms,
    recording_list,
    recording_view,
)
from agent_api.recordings.sound import MEDIA_TYPE, NoSound, NotSatisfiable, RecordingAudio, Span, asked_span
from agent_api.schemas import CommandDone, Detail
from agent_api.web.access import AgentUser, Supervisor
from agent_api.web.errors import documented
from agent_api.web.parts import Parts, Wired
from callcenter.messages.call_commands import RecordingPause, RecordingResume

router = APIRouter(tags=["recordings"])

PAUSED = "No se graba hasta que usted lo reanude."
RESUMED = "Se graba de nuevo."

_NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {
        "model": Detail,
        "description": "No such recording, or its time was over",
        "content": {"application/json": {"example": {"detail": "No existe esta dirección."}}},
    }
}
_BYTES = {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
_SOUND: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole sound", "content": _BYTES},
    206: {"description": "The part that `Range` asks for", "content": _BYTES},
    416: {"description": "`Range` begins behind the end"},
}
_ONE = {**_NOT_THERE, **documented(401, 403, 422, 503)}
Us = Annotated[int, Query(ge=0, lt=2**63)]


async def _asked(
    node: Annotated[NodeName, Path()],
    uniqueid: Annotated[ChannelName, Path()],
    started_us: Annotated[int, Path(ge=0, lt=2**63)],
) -> RecordingKey:
    return RecordingKey(node, uniqueid, started_us)


Key = Annotated[RecordingKey, Depends(_asked)]


@router.get("/api/recordings", responses=documented(401, 403, 422, 503))
async def search(
    _user: Supervisor,
    parts: Wired,
    since_us: Us = 0,
    until_us: Us = 2**63 - 1,
    agent: Annotated[str | None, Query(max_length=80, examples=["1003"])] = None,
    queue: Annotated[str | None, Query(max_length=64, examples=["102"])] = None,
    number: Annotated[str | None, Query(max_length=40, examples=["707 55440"])] = None,
) -> RecordingList:
    """The newest of that time, by agent, queue and the caller's number."""
    numbers = caller_forms(number, parts.centre.about.area_code) if number else ()
    wanted = RecordingQuery(since_us, until_us, agent or None, queue or None, numbers)
    return await recording_list(wanted, parts.recordings, parts.centre)


@router.get("/api/recordings/{node}/{uniqueid}/{started_us}", responses=_ONE)
async def recording(_user: Supervisor, parts: Wired, key: Key) -> RecordingView:
    """One recorded call."""
    return recording_view(await _existing(parts, key), parts.centre)


@router.get("/api/recordings/{node}/{uniqueid}/{started_us}/peaks", responses=_ONE)
async def peaks(
    _user: Supervisor, parts: Wired, key: Key, points: Annotated[int, Query(ge=1, le=4000)] = 1000
) -> Outline:
    """How loud it is from its beginning to its end."""
    sound = await _sound(parts, await _existing(parts, key))
    return Outline(seconds=round(sound.seconds, 3), peaks=tuple(await sound.peaks(points)))


@router.get(
    "/api/recordings/{node}/{uniqueid}/{started_us}/sound", response_class=Response, responses={**_SOUND, **_ONE}
)
async def play(
    user: Supervisor, parts: Wired, key: Key, range_: Annotated[str | None, Header(alias="Range")] = None
) -> Response:
    """The sound, or the part of it that `Range` asks for. Every playback is written into the audit log first."""
    sound = await _sound(parts, await _existing(parts, key))
    try:
        span = asked_span(range_, sound.size)
    except NotSatisfiable:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{sound.size}"})
    await parts.recordings.note_playback(user, key, from_its_beginning=span is None or span.first == 0)
    return _answer(sound, span)


@router.post("/api/call/recording/pause", tags=["call"], responses=documented(401, 409, 503, 504))
async def pause(user: AgentUser, parts: Wired) -> CommandDone:
    """Silence in the recording of one's own call: before the caller says what must not be kept."""
    done = await parts.commands.send(user, RecordingPause, uniqueid=parts.commands.connected_call(user))
    return done.model_copy(update={"detail": PAUSED})


@router.post("/api/call/recording/resume", tags=["call"], responses=documented(401, 409, 503, 504))
async def resume(user: AgentUser, parts: Wired) -> CommandDone:
    """Record one's own call again."""
    done = await parts.commands.send(user, RecordingResume, uniqueid=parts.commands.connected_call(user))
    return done.model_copy(update={"detail": RESUMED})


async def _existing(parts: Parts, key: RecordingKey) -> Recorded:
    try:
        return await parts.recordings.find(key)
    except NoRecording:
        raise HTTPException(404) from None


async def _sound(parts: Parts, recorded: Recorded) -> RecordingAudio:
    try:
        return await parts.recordings.sound(recorded)
    except NoSound:
        raise HTTPException(404) from None


def _answer(sound: RecordingAudio, asked: Span | None) -> Response:
    span = asked or Span(0, sound.size)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(span.length), "Cache-Control": "no-store"}
    if asked is not None:
        headers["Content-Range"] = f"bytes {span.first}-{span.end - 1}/{sound.size}"
    status = 206 if asked is not None else 200
    return StreamingResponse(sound.read(span), status, headers, MEDIA_TYPE)
