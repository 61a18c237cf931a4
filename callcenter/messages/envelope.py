"""What every message on the bus has: its kind, its version, its topic, and who sends and reads it.

On the wire a message is one JSON object in UTF-8: `kind`, `version`, then its fields. Instants are whole
microseconds since 1970 UTC (`_us`).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, ClassVar
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class BadMessage(ValueError):
    """A payload that is no message of ours; the text says on which topic and why."""


class Service(StrEnum):
    """Who is on the bus; each has credentials of its own."""

    BRIDGE = "bridge"
    API = "api"
    DIALER = "dialer"
    REPORTS = "reports"
    IVR = "ivr"


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text))[:80]


Us = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Node = Annotated[str, Field(pattern=r"^[a-z0-9]{1,16}$")]
Name = Annotated[str, Field(min_length=1, max_length=150, pattern=r"^[^\x00-\x1f\x7f]+$")]
Note = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]

# A caller chooses this text. It is never refused (the call is real), but what cannot be shown is taken out.
Shown = Annotated[str, AfterValidator(_printable)]

# These reach Asterisk as action values: a line break would be a second action, a comma a second variable.
Interface = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9]+/[A-Za-z0-9_.@/+-]+$")]
Extension = Annotated[str, Field(pattern=r"^[0-9A-Za-z*#+_-]{1,40}$")]


class MessagePart(BaseModel):
    """A frozen record. Types are never converted; a field too many is an error where it is built."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Levels:
    """The fields of a message as topic levels: percent-encoded, a slash in a name stays in its level."""

    def __init__(self, message: "Message") -> None:
        self._message = message

    def __getitem__(self, field: str) -> str:
        return _level(str(getattr(self._message, field)))


@lru_cache(maxsize=4096)
def _level(name: str) -> str:
    return quote(name, safe="")


class Message(MessagePart):
    """Base of all messages. `path`: the topic below `troncal/{node}/`, filled from the message's fields."""

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    path: ClassVar[str]
    retained: ClassVar[bool] = False
    qos: ClassVar[int] = 1
    producers: ClassVar[frozenset[Service]]
    consumers: ClassVar[frozenset[Service]]

    node: Node

    @property
    def topic(self) -> str:
        """Where it is published."""
        return f"troncal/{self.node}/" + self.path.format_map(_Levels(self))

    @classmethod
    def topic_filter(cls, node: str = "+") -> str:
        """The MQTT filter of all topics of this kind, of one node or of all."""
        levels = ("+" if level.startswith("{") else level for level in cls.path.split("/"))
        return f"troncal/{node}/" + "/".join(levels)

    def belongs_on(self, topic: str) -> bool:
        """True when its own fields lead to that topic. Rights are by topic, so a mismatch is a forgery."""
        return self.topic == topic

    def encode(self) -> bytes:
        """The payload: JSON, UTF-8."""
        head = f'{{"kind":"{self.kind}","version":{self.version},'
        return (head + self.model_dump_json()[1:]).encode()


@dataclass(frozen=True, slots=True)
class Rights:
    """Topic filters a service may read and write. `{node}` stands for the node the service runs on."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]

    def at(self, node: str) -> "Rights":
        """The rights of the service that runs on that node."""
        reads = tuple(each.replace("{node}", node) for each in self.reads)
        return Rights(reads, tuple(each.replace("{node}", node) for each in self.writes))


def matches(topic_filter: str, topic: str) -> bool:
    """MQTT's rule: `+` is one level, a final `#` any number of levels."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted, levels = wanted[:-1], levels[: len(wanted) - 1]
    return len(wanted) == len(levels) and all(w in ("+", x) for w, x in zip(wanted, levels, strict=True))
