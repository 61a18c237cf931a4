"""Requests and answers about recordings. Instants in microseconds since 1970, UTC."""

from typing import Any

from pydantic import BaseModel

from agent_api.schemas import with_example

_CONVERSATION: dict[str, Any] = {
    **{"queue": "102", "title": "Facturación", "member": "1003", "name": "Agente 1003"},
    **{"answered_us": 1790000012000000, "ended_us": 1790000132000000, "transferred_to": ""},
}
_RECORDING: dict[str, Any] = {
    **{"node": "central", "uniqueid": "central-1790000000.7", "started_us": 1790000008000000},
    **{"line": "102", "number": "70755440", "shown": "707 55440", "seconds": 121.5, "conversations": [_CONVERSATION]},
}


class ConversationView(BaseModel):
    """A conversation of the call. `transferred_to`: the extension or queue that the agent sent the caller to.

    `queue` and `title` are empty where the call came by a transfer; `member` is then the agent with that
    extension, or the number outside.
    """

    model_config = with_example(**_CONVERSATION)

    queue: str
    title: str
    member: str
    name: str
    answered_us: int
    ended_us: int | None
    transferred_to: str


class RecordingView(BaseModel):
    """A recorded call. `number` is empty where there is none; `seconds` null: the call goes on, or ended just now."""

    model_config = with_example(**_RECORDING)

    node: str
    uniqueid: str
    started_us: int
    line: str
    number: str
    shown: str
    seconds: float | None
    conversations: tuple[ConversationView, ...]


class RecordingList(BaseModel):
    """Recordings, newest first. `older_us`: ask with it as `until_us` for those before; null: there are none."""

    model_config = with_example(recordings=[_RECORDING], older_us=None)

    recordings: tuple[RecordingView, ...]
    older_us: int | None


class Outline(BaseModel):
    """What a wave form is drawn from: the loudest of equal parts, 0 to 1."""

    model_config = with_example(seconds=121.5, peaks=[0.0, 0.21, 0.37])

    seconds: float
    peaks: tuple[float, ...]
