"""The report on agents as people read it. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from callcenter.instants import as_datetime
from reports.agents.figures import AgentsReport, AgentTimes, MemberCalls
from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import AGENT, Names, framed
from reports.measures.lengths import length, mean, share
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind

TITLE = "Agentes"
RULE = (
    "Ocupación = tiempo en llamada o en cierre / tiempo ingresado sin pausas x 100;"
    " lo hecho durante una pausa no cuenta ni arriba ni abajo"
)
SESSIONS = Metric("Sesiones", ValueKind.WHOLE, "Veces que el agente ingresó a sus colas: de la primera a la última.")
LOGGED_IN = Metric("Ingresado", ValueKind.DURATION, "Tiempo ingresado al menos a una cola, con las pausas.")
PAUSED = Metric("En pausa", ValueKind.DURATION, "Tiempo en pausa en al menos una cola.")
AVAILABLE = Metric("Ingresado sin pausas", ValueKind.DURATION, "Tiempo ingresado y fuera de pausa.", "Sin pausas")
OCCUPANCY = Metric(
    "Ocupación",
    ValueKind.PERCENT,
    "Tiempo en llamada o en cierre sobre el tiempo ingresado sin pausas, por cien.",
)
ON_CALL = Metric("En llamada", ValueKind.DURATION, "Tiempo en conversación con clientes de sus colas.")
WRAP_UP = Metric("Cierre", ValueKind.DURATION, "Tiempo que la cola reserva después de cada conversación.")
NO_ANSWER = Metric("No contestó", ValueKind.WHOLE, "Llamadas que sonaron en su teléfono y no contestó.")
REJECTED = Metric("Rechazadas por el agente", ValueKind.WHOLE, "Llamadas ofrecidas que el agente rechazó.", "Rechazó")
PAUSES = Metric("Pausas", ValueKind.WHOLE, "Pausas que comenzaron en estos días.")
OF_LOGGED_IN = Metric("% del tiempo ingresado", ValueKind.PERCENT, "Tiempo de la pausa sobre el ingresado.", "% ingr.")
LASTED = Metric("Duración", ValueKind.DURATION, "Del ingreso a la salida de la última cola de una sesión.")
AGENTS = Metric("Agentes", ValueKind.WHOLE, "Agentes que estuvieron ingresados o atendieron.")
_TIMES = (SESSIONS, LOGGED_IN, PAUSED, AVAILABLE, OCCUPANCY, ON_CALL, WRAP_UP)
_CALLS = (m.ANSWERED, m.TALK, m.MEAN_TALK, NO_ANSWER, REJECTED, m.TRANSFERRED)
_BY_AGENT, FIGURES = (*_TIMES, *_CALLS), (*_TIMES, *_CALLS, PAUSES, OF_LOGGED_IN, LASTED, AGENTS)
_Key = tuple[str, date]


def agents_document(report: AgentsReport, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these figures."""
    members = sorted({member for member, _ in report.member_days})
    body: list[Table | Chart | None] = [
        *_charts(report, members, names),
        _by_agent(report, members, names),
        _pauses(report, members, names),
        _by_day(report, names),
        _sessions(report, scene, names),
    ]
    notes = [*([] if members else ["Nadie estuvo ingresado en estos días."]), *_notes()]
    return framed(TITLE, asked, scene, RULE, _key_figures(report, members), body, notes)


def _of(report: AgentsReport, member: str) -> list[_Key]:
    return [key for key in report.member_days if key[0] == member]


def _key_figures(report: AgentsReport, members: list[str]) -> Iterator[KeyFigure]:
    times, calls = report.of(report.member_days)
    yield AGENTS.figure(len(members))
    yield LOGGED_IN.figure(length(times.logged_in_us))
    yield OCCUPANCY.figure(share(times.occupied_us, times.available_us))
    yield m.ANSWERED.figure(calls.answered)
    yield m.MEAN_TALK.figure(mean(calls.talk_us, calls.answered))
    yield NO_ANSWER.figure(calls.no_answer)
    yield REJECTED.figure(calls.rejected)


def _figures(times: AgentTimes, calls: MemberCalls) -> Row:
    return (
        *(times.sessions, length(times.logged_in_us), length(times.paused_us), length(times.available_us)),
        *(share(times.occupied_us, times.available_us), length(times.on_call_us), length(times.wrap_up_us)),
        *(calls.answered, length(calls.talk_us), mean(calls.talk_us, calls.answered)),
        *(calls.no_answer, calls.rejected, calls.transferred),
    )


def _by_agent(report: AgentsReport, members: list[str], names: Names) -> Table:
    rows = [(names.agent(member), *_figures(*report.of(_of(report, member)))) for member in members]
    totals = ("Total", *_figures(*report.of(report.member_days)))
    return Table("Por agente", (AGENT, *columns(*_BY_AGENT)), rows, totals if rows else None)


def _by_day(report: AgentsReport, names: Names) -> Table:
    rows = [(names.agent(key[0]), key[1], *_figures(*report.of([key]))) for key in report.member_days]
    return Table("Por agente y día", (AGENT, Column("Día", ValueKind.DATE), *columns(*_BY_AGENT)), rows)


def _pauses(report: AgentsReport, members: list[str], names: Names) -> Table:
    rows = [row for member in members for row in _pauses_of(report.of(_of(report, member))[0], names.agent(member))]
    everybody = list(_pauses_of(report.of(report.member_days)[0], "Todos"))
    shown = columns(PAUSES, PAUSED, OF_LOGGED_IN)
    return Table("Pausas por motivo", (AGENT, Column("Motivo"), *shown), [*rows, *everybody])


def _pauses_of(times: AgentTimes, who: str) -> Iterable[Row]:
    for reason, lasted in sorted(times.pause_us.items()):
        of_time = share(lasted, times.logged_in_us)
        yield (who, reason or "sin motivo", times.pauses[reason], length(lasted), of_time)


def _sessions(report: AgentsReport, scene: Scene, names: Names) -> Table:
    moments = (Column("Ingreso", ValueKind.MOMENT), Column("Salida", ValueKind.MOMENT, missing="sigue"))
    rows = [
        (
            names.agent(each.member),
            as_datetime(each.began_us, scene.zone),
            None if each.ended_us is None else as_datetime(each.ended_us, scene.zone),
            None if each.ended_us is None else length(each.ended_us - each.began_us),
        )
        for each in report.sessions
    ]
    return Table("Sesiones", (AGENT, *moments, LASTED.column), rows)


def _charts(report: AgentsReport, members: list[str], names: Names) -> Iterator[Chart]:
    if not members:
        return
    labels = tuple(map(names.agent, members))
    sums = [report.of(_of(report, member)) for member in members]
    occupied = tuple(share(times.occupied_us, times.available_us) for times, _ in sums)
    yield _chart("Ocupación por agente", ValueKind.PERCENT, labels, Series(OCCUPANCY.heading, occupied))
    answered = Series(m.ANSWERED.heading, tuple(calls.answered for _, calls in sums))
    yield _chart("Atendidas por agente", ValueKind.WHOLE, labels, answered)


def _chart(title: str, kind: ValueKind, labels: tuple[str, ...], series: Series) -> Chart:
    return Chart(title, ChartForm.BARS, kind, labels, (series,))


def _notes() -> Iterator[str]:
    yield "Cuentan todas las conversaciones de colas, también las internas y las devoluciones, el día en que empezaron."
    yield "Lo que pasa de la medianoche cuenta en cada día su parte; sesiones y pausas, el día en que comenzaron."
    yield "Las pausas de distintos motivos pueden superponerse: su suma puede superar el tiempo en pausa."
