"""The staffing plan as people read it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from itertools import groupby

from callcenter.spanish import clock_time, percentage, short_date, weekday_name, whole
from reports.kinds.asked import Asked, Scene
from reports.measures.frame import framed
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind
from reports.staffing.figures import AgentNeed, PlannedDay, StaffingPlan, clock
from reports.staffing.forecast import WEEKS_READ, WeekError
from reports.staffing.history import FEWEST_ABANDONED

TITLE = "Dotación"
EXPECTED = Metric(
    "Llamadas previstas",
    ValueKind.WHOLE,
    "Media por día de la semana y media hora, robusta y con tendencia, de las semanas anteriores.",
    "Previstas",
)
CAME = Metric("Llamadas recibidas", ValueKind.WHOLE, "Las que entraron ese día a las colas, donde el día ya pasó.")
HANDLE = Metric("Tiempo de atención", ValueKind.DURATION, "Conversación media más el cierre de la cola.")
PATIENCE = Metric(
    "Paciencia media", ValueKind.DURATION, "Suma de todas las esperas sobre las llamadas que colgaron esperando."
)
SHRINKAGE = Metric("Tiempo en pausas", ValueKind.PERCENT, "Tiempo en pausa sobre tiempo ingresado, por cien.")
NEEDED = Metric(
    "Agentes necesarios",
    ValueKind.WHOLE,
    "Los menos que, atendiendo sin pausa, alcanzan la meta del nivel de servicio; por Erlang A.",
    "Necesarios",
)
BY_C = Metric(
    "Por Erlang C", ValueKind.WHOLE, "Los necesarios si ningún cliente abandonara: una cota por arriba.", "Erlang C"
)
ON_DUTY = Metric(
    "Con pausas", ValueKind.WHOLE, "Agentes que deben estar ingresados para que, con las pausas, alcancen."
)
SCHEDULED = Metric(
    "Programados", ValueKind.WHOLE, "Según los turnos del archivo del centro; sin ellos, los que estaban ingresados."
)
DIFFERENCE = Metric("Diferencia", ValueKind.WHOLE, "Programados menos los que deben estar ingresados.")
LEVEL = Metric(
    "Nivel previsto", ValueKind.PERCENT, "Nivel de servicio a esperar con los programados, sin los que estén en pausa."
)
MISSING = Metric(
    "Medias horas sin cubrir", ValueKind.WHOLE, "Medias horas con menos programados que los que deben estar."
)
PEAK = Metric("Pico de agentes", ValueKind.WHOLE, "Los ingresados que pide la media hora más cargada.")
HOURS_NEEDED = Metric("Horas-agente", ValueKind.WHOLE, "Suma de los ingresados que pide cada media hora, en horas.")
ERROR = Metric("Error por media hora", ValueKind.PERCENT, "Diferencias absolutas por media hora sobre las llamadas.")
DAY_ERROR = Metric("Error por día", ValueKind.PERCENT, "Diferencias absolutas por día sobre las llamadas.")
_NEED = (EXPECTED, NEEDED, BY_C, ON_DUTY, SCHEDULED, DIFFERENCE, LEVEL)
_FOUND = (HANDLE, PATIENCE, SHRINKAGE, MISSING, PEAK, HOURS_NEEDED, CAME, ERROR, DAY_ERROR)
FIGURES = (*_NEED, *_FOUND)
NO_HISTORY = f"Sin llamadas en las {WEEKS_READ} semanas anteriores: no hay de qué prever."


def staffing_document(plan: StaffingPlan, asked: Asked, scene: Scene) -> ReportDocument:
    """The document of this plan."""
    body: list[Table | Chart | None] = (
        [_errors(plan.errors)] if plan.known is None else [*_charts(plan), *_tables(plan)]
    )
    return framed(TITLE, asked, scene, _rule(plan), _key_figures(plan), body, _notes(plan))


def _rule(plan: StaffingPlan) -> str:
    if plan.known is None:
        return "Erlang A sobre las llamadas previstas por media hora"
    rule, formula = plan.known.rule, "A" if plan.known.patience_seconds else "C"
    target = percentage(rule.target_percent, 0 if rule.target_percent == round(rule.target_percent) else 2)
    return f"Erlang {formula}: {target} de las llamadas atendidas en {rule.threshold_seconds} s, por media hora"


def _key_figures(plan: StaffingPlan) -> Iterator[KeyFigure]:
    known = plan.known
    yield EXPECTED.figure(round(sum(day.calls for day in plan.days)) if known else None)
    yield PEAK.figure(max((need.on_duty for day in plan.days for need in day.needs), default=None))
    yield MISSING.figure(len(plan.missing) if known and _is_scheduled(plan) else None, _source(plan))
    yield HANDLE.figure(_seconds(known.handle_seconds) if known else None)
    patience = known.patience_seconds if known else None
    yield PATIENCE.figure(_seconds(patience), f"de {whole(plan.handling.hung_up)} que colgaron")
    yield SHRINKAGE.figure(_percent(known.shrinkage) if known else None)
    calls = sum(week.calls for week in plan.errors)
    yield ERROR.figure(_error(sum(week.by_half_hour for week in plan.errors), calls), "de la previsión, en el pasado")


def _is_scheduled(plan: StaffingPlan) -> bool:
    return any(need.scheduled is not None for day in plan.days for need in day.needs)


def _source(plan: StaffingPlan) -> str:
    return "turnos del archivo del centro" if plan.by_shifts else "agentes que estaban ingresados"


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=round(value))


def _percent(value: float | None) -> Decimal | None:
    """A level is never rounded up to its target."""
    return None if value is None else (Decimal(value) * 100).quantize(Decimal("0.01"), ROUND_DOWN)


def _error(differences: float, calls: int) -> Decimal | None:
    return _percent(differences / calls) if calls else None


def _tables(plan: StaffingPlan) -> Iterator[Table]:
    yield _by_day(plan.days)
    for weekday, days in _by_weekday(plan.days):
        half_hours = [(_name(at), *_need(need)) for at, need in enumerate(_busiest_day(days)) if need.calls >= 0.5]
        if half_hours:
            yield Table(weekday.capitalize(), (Column("Media hora"), *columns(*_NEED)), half_hours)
    rows = [
        (day.day, _name(at), *_need(need))
        for day in plan.days
        for at, need in enumerate(day.needs)
        if need.calls >= 0.5
    ]
    of = (Column("Día", ValueKind.DATE), Column("Media hora"), *columns(*_NEED))
    yield Table("Cada media hora", of, rows, to_work_on=True)
    yield _errors(plan.errors)


def _by_weekday(days: Sequence[PlannedDay]) -> Iterator[tuple[str, list[PlannedDay]]]:
    working = sorted((day for day in days if not day.holiday), key=lambda day: (day.weekday, day.day))
    for _, found in groupby(working, key=lambda day: day.weekday):
        of_weekday = list(found)
        yield weekday_name(of_weekday[0].day), of_weekday


def _busiest_day(days: Sequence[PlannedDay]) -> tuple[AgentNeed, ...]:
    """The half-hours of the busiest of these days: what suffices then suffices on the others."""
    return max(days, key=lambda day: day.calls).needs


def _need(need: AgentNeed) -> Row:
    return (
        *(round(need.calls), need.needed, need.by_erlang_c, need.on_duty, need.scheduled, need.difference),
        _percent(need.level),
    )


def _by_day(days: Sequence[PlannedDay]) -> Table:
    of = (Column("Día", ValueKind.DATE), Column("Día de la semana"), Column("Feriado"))
    figures = columns(EXPECTED, CAME, PEAK, HOURS_NEEDED)
    rows = [
        (
            *(day.day, weekday_name(day.day), day.holiday, round(day.calls) if day.is_known else None, day.came),
            max(need.on_duty for need in day.needs) if day.is_known else None,
            round(sum(need.on_duty for need in day.needs) / 2) if day.is_known else None,
        )
        for day in days
    ]
    return Table("Por día", (*of, *figures), rows)


def _errors(errors: Sequence[WeekError]) -> Table:
    rows = [
        (
            f"Semana del {short_date(week.first_day)}",
            *(round(week.expected), week.calls, _error(week.by_half_hour, week.calls), _error(week.by_day, week.calls)),
        )
        for week in errors
    ]
    of = (Column("Semana"), *columns(EXPECTED, CAME, ERROR, DAY_ERROR))
    return Table("Error de la previsión en el pasado", of, rows)


def _charts(plan: StaffingPlan) -> Iterator[Chart]:
    labels = tuple(short_date(day.day) for day in plan.days)
    expected = Series(EXPECTED.heading, tuple(round(day.calls) for day in plan.days))
    yield Chart("Llamadas previstas por día", ChartForm.BARS, ValueKind.WHOLE, labels, (expected,))
    busiest = max(plan.days, key=lambda day: day.calls)
    half_hours = tuple(map(_name, range(len(busiest.needs))))
    needed = Series(ON_DUTY.heading, tuple(need.on_duty for need in busiest.needs))
    scheduled = Series(SCHEDULED.heading, tuple(need.scheduled for need in busiest.needs))
    title = f"Agentes por media hora, {weekday_name(busiest.day)} {short_date(busiest.day)}"
    yield Chart(title, ChartForm.LINES, ValueKind.WHOLE, half_hours, (needed, scheduled))


def _name(half_hour: int) -> str:
    return clock_time(clock(half_hour))


def _notes(plan: StaffingPlan) -> Iterator[str]:
    if plan.known is None:
        yield NO_HISTORY
        return
    yield (
        f"Previsión: {WEEKS_READ} semanas anteriores, sin feriados; mediana de cada día de la semana, con la tendencia"
        " de Theil-Sen, repartida por media hora como en esos días. Un feriado se prevé como un domingo."
    )
    if plan.known.model.outliers:
        days = ", ".join(map(short_date, plan.known.model.outliers))
        yield f"Días fuera de lo común, que no cuentan: {days}."
    unknown = dict.fromkeys(weekday_name(day.day) for day in plan.days if not day.is_known)
    if unknown:
        yield f"Sin ningún día de estos en el pasado, lo que llegue no se puede prever: {', '.join(unknown)}."
    if plan.known.patience_seconds is None:
        yield f"Colgaron menos de {FEWEST_ABANDONED} clientes: sin su paciencia los agentes se calculan por Erlang C."
    yield "El error de cada semana es el de una previsión hecha solo con lo anterior a ella (WAPE)."
    yield "Cada día de la semana muestra el más cargado de los pedidos. Vacaciones y ausencias no están en los datos."
