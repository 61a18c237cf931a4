"""The board out of the live state and the records' counts. Pure.

What is now (who waits, who does what) is of the live state; how it went today and this month is of the records, by the
formulas of the reports.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from agent_api.board import alarms
from agent_api.board.board_schemas import (
    AgentRow,
    AgentsByState,
    Alarm,
    BoardView,
    LevelView,
    QueueRow,
    SourceAway,
    TotalRow,
    WaitingRow,
)
from agent_api.board.level_now import LevelNow
from agent_api.live.live_state import LinkStanding, LiveState
from callcenter.centre.alarm_rules import QueueAlarms, Tone
from callcenter.centre.model import Centre, Formula, ServiceLevelRule
from callcenter.centre.phones import extension_of
from callcenter.level.formulas import ServiceLevelCounts, add, level, shown, still_needed, verdict
from callcenter.messages.facts import AgentState, AgentStatus, QueueState, WaitingCaller

MEASURED, CENTRE = "Líneas medidas por la ATT", "Todo el centro"
_NO_LEVEL = LevelNow(None, {}, {}, 0)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class AgentUser:
    """Who may be an agent: a user with an extension."""

    login: str
    name: str
    extension: str


@dataclass(frozen=True, slots=True)
class BoardSources:
    """Everything a board is made of. `level` None: the records could not be read yet."""

    live_state: LiveState
    centre: Centre
    level: LevelNow | None
    users: Mapping[str, AgentUser]
    read_number: Callable[[str], str]
    records_away: SourceAway | None
    now_us: int


def board(sources: BoardSources) -> BoardView:
    """The board at that instant."""
    levels = sources.level or _NO_LEVEL
    agents, queues = _agents(sources), _queues(sources, levels)
    measured = {row.queue for row in queues if row.measured}
    return BoardView(
        as_of_us=sources.now_us,
        target_percent=levels.rule.target_percent if levels.rule else None,
        threshold_seconds=levels.rule.threshold_seconds if levels.rule else None,
        away=_away(sources),
        alarms=_alarms(sources.centre, queues, agents),
        measured=_total(MEASURED, [row for row in queues if row.measured], sources, levels, measured),
        centre=_total(CENTRE, queues, sources, levels, {row.queue for row in queues}),
        queues=queues,
        agents=agents,
        waiting=_waiting(sources),
    )


def _away(sources: BoardSources) -> tuple[SourceAway, ...]:
    links = (link for link in sources.live_state.links if link.state is not LinkStanding.UP)
    bridges = [SourceAway(source=link.node, text=link.text, since_us=link.since_us) for link in links]
    return (*bridges, *filter(None, [sources.records_away]))


def _queues(sources: BoardSources, levels: LevelNow) -> tuple[QueueRow, ...]:
    """The centre's queues, then those that have gone from its file and still have figures."""
    own, measured = sources.centre.queues_by_name, _measured(sources.centre, levels.rule)
    by_queue = _states_by_queue(sources.live_state)
    strays = {queue for _, queue in sources.live_state.queues} | set(levels.month)
    names = (*own, *sorted(strays - set(own)))
    return tuple(
        _queue(name, sources, levels, name in measured, _by_state(by_queue.get(name, Counter()))) for name in names
    )


def _queue(name: str, sources: BoardSources, levels: LevelNow, measured: bool, agents: AgentsByState) -> QueueRow:
    rules, queue = sources.centre.alarms.of_queue(name), sources.centre.queues_by_name.get(name)
    waiting = [each for state in _states(sources.live_state, [name]) for each in state.waiting]
    first = _first(waiting)
    return QueueRow(
        queue=name,
        title=queue.title if queue else name,
        measured=measured,
        waiting=len(waiting),
        longest_since_us=first,
        agents=agents,
        today=_level(levels.today.get(name, ServiceLevelCounts()), levels.rule, rules),
        month=_level(levels.month.get(name, ServiceLevelCounts()), levels.rule),
        waiting_tone=alarms.waiting_tone(len(waiting), rules),
        longest_tone=alarms.wait_tone(first, sources.now_us, rules),
    )


def _measured(centre: Centre, rule: ServiceLevelRule | None) -> set[str]:
    """The queues of the lines that count for the ATT."""
    numbers = rule.measured_lines if rule else ()
    return {line.queue for line in centre.lines if line.number in numbers}


def _total(
    name: str, rows: Iterable[QueueRow], sources: BoardSources, levels: LevelNow, queues: Collection[str]
) -> TotalRow:
    waiting = [each for state in _states(sources.live_state, queues) for each in state.waiting]
    today, month = (add(*(part[each] for each in queues if each in part)) for part in (levels.today, levels.month))
    return TotalRow(
        name=name,
        waiting=sum(row.waiting for row in rows),
        longest_since_us=_first(waiting),
        agents=_by_state(_states_in_any(sources.live_state, queues)),
        today=_level(today, levels.rule, sources.centre.alarms),
        month=_level(month, levels.rule),
    )


def _states(live_state: LiveState, queues: Collection[str]) -> list[QueueState]:
    """Of these queues, on every node."""
    return [state for (_, queue), state in live_state.queues.items() if queue in queues]


def _first(waiting: Iterable[WaitingCaller]) -> int | None:
    return min((each.joined_us for each in waiting), default=None)


def _states_by_queue(live_state: LiveState) -> Mapping[str, Counter[AgentStatus]]:
    """The agents of each queue, all queues in one go."""
    found: defaultdict[str, Counter[AgentStatus]] = defaultdict(Counter)
    for each in live_state.agents.values():
        for queue in each.queues:
            found[queue][each.state] += 1
    return found


def _states_in_any(live_state: LiveState, queues: Collection[str]) -> Counter[AgentStatus]:
    """The agents of several queues, each once."""
    wanted = set(queues)
    return Counter(each.state for each in live_state.agents.values() if not wanted.isdisjoint(each.queues))


def _by_state(states: Counter[AgentStatus]) -> AgentsByState:
    return AgentsByState(
        logged_in=states.total() - states[AgentStatus.LOGGED_OUT],
        available=states[AgentStatus.AVAILABLE],
        ringing=states[AgentStatus.RINGING],
        on_call=states[AgentStatus.ON_CALL],
        wrap_up=states[AgentStatus.WRAP_UP],
        paused=states[AgentStatus.PAUSED],
        unreachable=states[AgentStatus.UNREACHABLE],
    )


def _level(counts: ServiceLevelCounts, rule: ServiceLevelRule | None, rules: QueueAlarms | None = None) -> LevelView:
    """The level as the reports have it. `rules`: given where it may raise an alarm."""
    target, formula = (rule.target_percent, rule.formula) if rule else (_HUNDRED, Formula.A)
    reached = level(counts, formula) if rule else None
    return LevelView(
        registered=counts.registered,
        answered=counts.answered,
        within=counts.within,
        abandoned=counts.abandoned,
        still_open=counts.still_open,
        percent=None if reached is None else shown(reached, target),
        verdict=verdict(counts, target, formula),
        still_needed=still_needed(counts, target, formula) if rule else None,
        tone=alarms.level_tone(reached, counts.registered, rules) if rules else Tone.CALM,
    )


def _agents(sources: BoardSources) -> tuple[AgentRow, ...]:
    """Everybody with an extension that queues may ring, and whoever else is in a queue; by name."""
    serving = {agent.extension for agent in sources.centre.agents if agent.queues}
    known = {login: each for login, each in sources.users.items() if each.extension in serving}
    in_queues = {name for name, state in sources.live_state.agents.items() if state.state is not AgentStatus.LOGGED_OUT}
    rows = [_agent(login, sources) for login in {*known, *in_queues}]
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.login)))


def _agent(login: str, sources: BoardSources) -> AgentRow:
    user, state = sources.users.get(login), sources.live_state.agents.get(login)
    extension = extension_of(state.interface) if state else ""
    return AgentRow(
        login=login,
        name=user.name if user else login,
        extension=user.extension if user else extension,
        state=state.state if state else AgentStatus.LOGGED_OUT,
        reason=state.reason if state else "",
        since_us=state.since_us if state else None,
        queues=state.queues if state else (),
        tone=_agent_tone(state, sources) if state else Tone.CALM,
        known=state is not None,
    )


def _agent_tone(state: AgentState, sources: BoardSources) -> Tone:
    return alarms.agent_tone(state.state, state.reason, state.since_us, sources.now_us, sources.centre.alarms)


def _waiting(sources: BoardSources) -> tuple[WaitingRow, ...]:
    """Callers who wait, the longest first."""
    found = [
        _waiting_row(each, state, sources) for state in sources.live_state.queues.values() for each in state.waiting
    ]
    return tuple(sorted(found, key=lambda row: (row.joined_us, row.uniqueid)))


def _waiting_row(caller: WaitingCaller, state: QueueState, sources: BoardSources) -> WaitingRow:
    queue, rules = sources.centre.queues_by_name.get(state.queue), sources.centre.alarms.of_queue(state.queue)
    return WaitingRow(
        node=state.node,
        uniqueid=caller.uniqueid,
        caller=sources.read_number(caller.caller),
        queue=state.queue,
        title=queue.title if queue else state.queue,
        position=caller.position,
        joined_us=caller.joined_us,
        tone=alarms.wait_tone(caller.joined_us, sources.now_us, rules),
    )


def _alarms(centre: Centre, queues: Iterable[QueueRow], agents: Iterable[AgentRow]) -> tuple[Alarm, ...]:
    of_queues = [each for row in queues for each in alarms.queue_alarms(row, centre.alarms.of_queue(row.queue))]
    of_agents = filter(None, (alarms.agent_alarm(row, centre.alarms) for row in agents))
    return alarms.urgent_first([*of_queues, *of_agents])
