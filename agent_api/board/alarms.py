"""What on the floor calls for attention, by the centre's thresholds. Pure."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from agent_api.board.board_schemas import AgentRow, Alarm, QueueRow
from callcenter.centre.alarm_rules import Alarms, QueueAlarms, Threshold, Tone
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentStatus
from callcenter.spanish import amount

_MINUTE_SECONDS = 60
UNATTENDED = "hay llamadas en espera y nadie atiende la cola"


def waiting_tone(waiting: int, rules: QueueAlarms) -> Tone:
    """Of how many wait."""
    return rules.waiting.reached(waiting) if rules.waiting else Tone.CALM


def wait_tone(since_us: int | None, now_us: int, rules: QueueAlarms) -> Tone:
    """Of how long somebody waits."""
    if since_us is None or rules.longest_wait_seconds is None:
        return Tone.CALM
    return rules.longest_wait_seconds.reached((now_us - since_us) / MICROSECONDS)


def level_tone(percent: Decimal | None, registered: int, rules: QueueAlarms) -> Tone:
    """Of the day's level (exact), once there are calls enough to speak of one."""
    if percent is None or rules.level_percent is None or registered < rules.level_after_calls:
        return Tone.CALM
    return rules.level_percent.fallen_below(percent)


def agent_tone(state: AgentStatus, reason: str, since_us: int | None, now_us: int, rules: Alarms) -> Tone:
    """Of how long an agent is paused or wraps up, or that no call reaches the phone."""
    if state is AgentStatus.UNREACHABLE:
        return Tone.BAD
    limit, unit_seconds = _limit(state, reason, rules)
    if limit is None or since_us is None:
        return Tone.CALM
    return limit.reached((now_us - since_us) / MICROSECONDS / unit_seconds)


def _limit(state: AgentStatus, reason: str, rules: Alarms) -> tuple[Threshold | None, int]:
    """The threshold and the seconds of its unit."""
    if state is AgentStatus.PAUSED:
        return rules.of_pause(reason), _MINUTE_SECONDS
    return (rules.wrap_up_seconds, 1) if state is AgentStatus.WRAP_UP else (None, 1)


def queue_alarms(row: QueueRow, rules: QueueAlarms) -> Iterator[Alarm]:
    """The alarms of a queue."""
    since, title = row.longest_since_us, row.title
    if row.waiting and row.agents.logged_in == row.agents.paused + row.agents.unreachable:
        yield Alarm(key=f"nobody {row.queue}", tone=Tone.BAD, subject=title, text=UNATTENDED, since_us=since)
    if row.longest_tone and rules.longest_wait_seconds:
        seconds = _passed(rules.longest_wait_seconds, row.longest_tone)
        text = f"hay quien espera más de {_length(seconds)}"
        yield Alarm(key=f"wait {row.queue}", tone=row.longest_tone, subject=title, text=text, since_us=since)
    if row.waiting_tone:
        text = f"{row.waiting} llamadas en espera" if row.waiting > 1 else "una llamada en espera"
        yield Alarm(key=f"waiting {row.queue}", tone=row.waiting_tone, subject=title, text=text, since_us=None)
    if row.today.tone and rules.level_percent:
        limit = amount(_passed(rules.level_percent, row.today.tone), 0)
        text = f"el nivel de hoy está por debajo de {limit} %"
        yield Alarm(key=f"level {row.queue}", tone=row.today.tone, subject=title, text=text, since_us=None)


def agent_alarm(row: AgentRow, rules: Alarms) -> Alarm | None:
    """The alarm of an agent."""
    if not row.tone:
        return None
    text = "su teléfono no está conectado"
    limit, unit_seconds = _limit(row.state, row.reason, rules)
    if limit is not None:
        what = "en pausa" if row.state is AgentStatus.PAUSED else "en cierre"
        reason = f" ({row.reason})" if row.reason else ""
        text = f"{what}{reason} más de {_length(_passed(limit, row.tone) * unit_seconds)}"
    about = {"subject": row.name, "text": text, "since_us": row.since_us}
    return Alarm(key=f"agent {row.login}", tone=row.tone, of_agent=True, **about)


def _length(seconds: int) -> str:
    """`30 min`, `1 h 15 min`, `1 min 30 s`: a limit, without what is zero."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = (f"{hours} h" * bool(hours), f"{minutes} min" * bool(minutes), f"{rest} s" * bool(rest))
    return " ".join(filter(None, parts)) or "0 s"


def _passed(limit: Threshold, tone: Tone) -> int:
    return limit.bad if tone is Tone.BAD else limit.warn


def urgent_first(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """What is bad before what is worth a look; otherwise as they come."""
    return tuple(sorted(alarms, key=lambda alarm: alarm.tone is not Tone.BAD))
