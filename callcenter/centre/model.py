"""The centre as data: lines, queues, targets with validity dates, hours, extensions, trunks.

Read from `centre.yaml` by `callcenter.centre.file.load`.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    field_validator,
    model_validator,
)

from callcenter.centre.alarm_rules import Alarms
from callcenter.centre.detail_retention import DetailRetention
from callcenter.centre.mail_lists import MailLists
from callcenter.centre.open_span import OpenSpan as OpenSpan
from callcenter.centre.outgoing_limits import OutgoingLimits

# Asterisk finds a queue in whatever letters it is asked for: `MIO` is the queue `mio`.
QueueName = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]{0,31}$"), AfterValidator(str.lower)]
LineNumber = Annotated[str, Field(pattern=r"^[0-9]{3,12}$")]
Extension = Annotated[str, Field(pattern=r"^[1-9][0-9]{2,5}$")]
Seconds = Annotated[int, Field(ge=0, le=86_400)]
Positive = Annotated[int, Field(ge=1, le=86_400)]


def _no_queue_twice(value: object) -> object:
    """Of two spellings of one queue the last would hold, and nothing would say so."""
    seen: dict[str, str] = {}
    for name in map(str, value if isinstance(value, dict) else ()):
        if (first := seen.setdefault(name.lower(), name)) != name:
            raise ValueError(f"{first!r} and {name!r} are one queue, which stands twice: leave one of them out")
    return value


OnceEach = BeforeValidator(_no_queue_twice)  # for what is said of queues by their names


class Formula(StrEnum):
    """Which variant of the service level is the indicator (see `callcenter.level.formulas`)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class About(_Part):
    """Who the centre is and where."""

    name: str = Field(min_length=1, max_length=80)
    organization: str = Field("", max_length=80, description="whose centre it is: heads reports that are signed")
    timezone: str
    language: Literal["es"] = "es"
    area_code: str = Field(pattern=r"^[0-9]$")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone; write one like America/La_Paz") from error
        offset = datetime(2026, 1, 1, tzinfo=ZoneInfo(value)).utcoffset()
        if offset is None or offset % timedelta(minutes=30):
            raise ValueError(f"{value!r} is off by a quarter of an hour, and counts are kept by half-hours")
        return value


class ServiceLevelRule(_Part):
    """The indicator as reported from `valid_from` on (GC-PRC-OPE-ASE-02; RAR ATT-DJ-RAR-TL LP 589/2025)."""

    valid_from: date
    threshold_seconds: Positive
    target_percent: Decimal = Field(gt=0, le=100)
    formula: Formula = Formula.A
    measured_lines: tuple[LineNumber, ...]


class Line(_Part):
    """A number that callers dial, and the queue that takes the call.

    `recorded`: the caller hears, before the queue, that the call may be recorded.
    """

    number: LineNumber
    name: str = Field(min_length=1, max_length=60)
    queue: QueueName
    hours: str = "siempre"
    recorded: bool = False


class Outbound(_Part):
    """An outbound service, calls that the centre makes: the queue of that name gets those that are answered.

    `line`: the number that customers see; `hours`: when they are called, but on holidays. Campaigns begin with both.
    The first service that has both is that of the prepaid customers, who are called each month. `recorded`: the
    customer hears, before an agent, that the call may be recorded.
    """

    name: QueueName
    title: str = Field(min_length=1, max_length=60)
    line: LineNumber | None = None
    hours: str | None = None
    recorded: bool = False


class KeyExit(_Part):
    """What a waiting caller's key does: another queue, or the end of the call."""

    key: str = Field(pattern=r"^[0-9*#]$")
    queue: QueueName | None = None


class QueueDefaults(_Part):
    """What every queue has unless it says otherwise. Lengths in seconds; 0 for no limit."""

    strategy: Literal["ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear", "wrandom"] = "rrmemory"
    ring_seconds: Positive = 15
    retry_seconds: Seconds = 1
    wait_limit_seconds: Seconds = 600
    wrap_up_seconds: Seconds = 10
    max_waiting: int = Field(60, ge=0, le=10_000)
    join_when_empty: bool = True
    leave_when_empty: bool = False
    music: str = Field("default", pattern=r"^[0-9A-Za-z_-]{1,40}$")
    weight: int = Field(0, ge=0, le=1000)
    position_every_seconds: Seconds = 0
    agent_may_transfer_by_key: bool = False
    agent_may_hang_up_by_key: bool = False
    on_timeout: QueueName | None = None
    on_full: QueueName | None = None
    callback_key: Literal["1"] | None = Field(
        None, description="asks for a callback instead of waiting; the prompts say 1"
    )
    keys: tuple[KeyExit, ...] = ()
    pause_after_reject: bool = Field(True, description="an agent who rejects an offered call is paused")
    pause_after_no_answer: bool = Field(False, description="an agent who does not answer an offered call is paused")
    disposition_required: bool = Field(False, description="no more calls for the agent before one is given")


class ScheduledShift(OpenSpan):
    """So many agents are scheduled for a queue on these days at these hours; shifts that overlap add up."""

    queue: QueueName
    agents: int = Field(ge=1, le=1000)


class Queue(QueueDefaults):
    """A queue of waiting callers, served by members."""

    name: QueueName
    title: str = Field(min_length=1, max_length=60)


class Disposition(_Part):
    """What a contact came to, as the agent states it at its end. `queues`: where it is offered; empty: in all."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    title: str = Field(min_length=1, max_length=60)
    queues: tuple[QueueName, ...] = ()


Days = Annotated[int, Field(ge=1, le=3650)]


class Retention(_Part):
    """How long recordings are kept, in days: each by the longest rule of the queues that its call was in."""

    keep_days: Days = 90
    queues: Annotated[dict[QueueName, Days], OnceEach] = {}

    @property
    def longest_days(self) -> int:
        """After so many days no recording is left."""
        return max(self.keep_days, *self.queues.values(), 1)

    @property
    def shortest_days(self) -> int:
        """Before so many days are over every recording is kept."""
        return min(self.keep_days, *self.queues.values(), 3650)

    def days_of(self, queues: Collection[str]) -> int:
        """How long a recording of a call through these queues is kept."""
        return max((self.queues.get(name, self.keep_days) for name in queues), default=self.keep_days)


class Agent(_Part):
    """An agent's extension and the queues it may serve, each with its penalty (0 is asked first)."""

    extension: Extension
    queues: Annotated[dict[QueueName, Annotated[int, Field(ge=0, le=100)]], OnceEach] = {}


class Trunk(_Part):
    """Where calls come from: the provider's addresses. Nothing else is let in.

    `menus` false: its calls go straight to the queue of the line, because their callers have already chosen in the menu
    of another exchange. `public` false: its callers are not the public, and their calls are no registered ones for the
    ATT, but counted by themselves. `dial`: where the centre's outbound calls are sent, `host:port`; `limits` bounds
    those.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    addresses: tuple[IPvAnyNetwork, ...] = Field(min_length=1)
    menus: bool = True
    public: bool = True
    dial: str | None = Field(None, pattern=r"^[0-9A-Za-z.-]{1,100}:[0-9]{1,5}$")
    limits: OutgoingLimits = OutgoingLimits()

    @model_validator(mode="after")
    def _limits_bound_something(self) -> Self:
        if self.dial is None and "limits" in self.model_fields_set:
            raise ValueError(
                "limits are for calls that go out by this trunk, and it has no dial: add that, or leave them out"
            )
        return self


class Centre(_Part):
    """The whole centre. Read it with `callcenter.centre.file`."""

    about: About = Field(alias="centre")
    service_level: tuple[ServiceLevelRule, ...] = Field(min_length=1)
    hours: dict[str, tuple[OpenSpan, ...]]
    lines: tuple[Line, ...] = Field(min_length=1)
    outbound: tuple[Outbound, ...] = ()
    queues: tuple[Queue, ...] = Field(min_length=1)
    pause_reasons: tuple[Annotated[str, Field(pattern=r"^[^\W_][\w .-]{0,39}$")], ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    recordings: Retention = Retention()
    retention: DetailRetention = DetailRetention()
    mail: MailLists = MailLists()
    alarms: Alarms = Alarms()
    agents: tuple[Agent, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    shifts: tuple[ScheduledShift, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the centre."""
        return ZoneInfo(self.about.timezone)

    @cached_property
    def queues_by_name(self) -> dict[str, Queue]:
        """Every queue by its name."""
        return {queue.name: queue for queue in self.queues}

    @cached_property
    def outbound_by_queue(self) -> dict[str, Outbound]:
        """Every outbound service by its queue."""
        return {service.name: service for service in self.outbound}

    @cached_property
    def lines_by_number(self) -> dict[str, Line]:
        """Every line by the number dialled."""
        return {line.number: line for line in self.lines}

    def dispositions_of(self, queue: str) -> tuple[Disposition, ...]:
        """What a contact of a queue may come to."""
        return tuple(each for each in self.dispositions if not each.queues or queue in each.queues)

    @cached_property
    def outgoing_trunk(self) -> Trunk | None:
        """The trunk that the centre's own calls go out by: the first that says where to `dial`."""
        return next((trunk for trunk in self.trunks if trunk.dial), None)

    def rule_on(self, day: date) -> ServiceLevelRule:
        """The service-level rule in force on a day. Raises LookupError before the first one."""
        in_force = [rule for rule in self.service_level if rule.valid_from <= day]
        if not in_force:
            raise LookupError(f"no service_level rule is valid on {day.isoformat()}")
        return max(in_force, key=lambda rule: rule.valid_from)
