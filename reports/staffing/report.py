"""`dotacion`: the staffing plan in the catalogue."""

from sqlalchemy import Connection

from reports.kinds.asked import Asked, Filter, Scene
from reports.kinds.kind import ReportGroup, ReportKind, ReportPeriod
from reports.measures.dimensions import dimensions
from reports.measures.level_rules import level_rules
from reports.measures.metric import meanings
from reports.render.document import ReportDocument
from reports.staffing.document import FIGURES, TITLE, staffing_document
from reports.staffing.figures import PlanBasis, PlannedDay, StaffingPlan, planned, scheduled_by
from reports.staffing.forecast import WEEKS_READ, backtest, learnt
from reports.staffing.history import DayCalls, since_first_call
from reports.staffing.queries import history_asked, read_calendar, read_days, read_handling, read_presence


def make(connection: Connection, asked: Asked, scene: Scene) -> ReportDocument:
    """The plan of the days that are asked for, of the past or to come, by the weeks before them."""
    return staffing_document(_plan(connection, asked, scene), asked, scene)


def _plan(connection: Connection, asked: Asked, scene: Scene) -> StaffingPlan:
    calendar, history = read_calendar(connection, scene), history_asked(asked, scene, WEEKS_READ)
    past = since_first_call(read_days(connection, history, scene, calendar))
    handling, model = read_handling(connection, history, scene), learnt(past)
    errors = backtest(past, lambda day: calendar.is_holiday(day) is not None)
    by_shifts = any(not asked.queues or shift.queue in asked.queues for shift in scene.centre.shifts)
    if model is None or handling.handle_seconds is None:
        return StaffingPlan(None, (), errors, handling, by_shifts)
    presence = read_presence(connection, history, scene, past)
    known = PlanBasis(
        model,
        handling.handle_seconds,
        handling.patience_seconds,
        presence.shrinkage,
        scheduled_by(scene.centre, asked.queues, presence),
        level_rules(scene.centre, asked).parts[-1][1],
    )
    came = read_days(connection, asked, scene, calendar)
    return StaffingPlan(known, _days(known, came, scene), errors, handling, by_shifts)


def _days(known: PlanBasis, days: list[DayCalls], scene: Scene) -> tuple[PlannedDay, ...]:
    """Only days that are over have all of their calls."""
    today = scene.made.astimezone(scene.zone).date()
    return planned(known, [(day.day, day.holiday, day if day.day < today else None) for day in days])


METRICS = {**meanings(*FIGURES), **dimensions("Día", "Día de la semana", "Feriado", "Media hora", "Semana")}
KIND = ReportKind(
    "dotacion",
    TITLE,
    "Llamadas previstas y agentes necesarios por media hora, contra los programados, con el error de la previsión",
    ReportGroup.STAFFING,
    make,
    frozenset({Filter.QUEUE}),
    ReportPeriod.ANY_DAYS,
    metrics=METRICS,
)
