"""The distribution in time as people read it. Pure."""

from collections.abc import Iterator, Mapping

from callcenter.spanish import percentage
from reports.distribution.figures import Distribution, Slice
from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import NO_CALLS, framed
from reports.measures.lengths import length, mean, share
from reports.measures.level_rules import LevelRules
from reports.measures.metric import Metric, columns
from reports.render.document import (
    Chart,
    ChartForm,
    Column,
    KeyFigure,
    ReportDocument,
    Row,
    Series,
    Table,
    TargetLine,
    ValueKind,
)

TITLE = "Distribución de las llamadas"
ABANDON_WAIT = Metric(
    "Espera media hasta abandonar", ValueKind.DURATION, "Espera media de las abandonadas.", "Esp. aband."
)
FIGURES = (
    *(m.RECEIVED, m.ANSWERED, m.ANSWERED_PERCENT, m.ABANDONED, m.ABANDONED_PERCENT, m.REFUSED),
    *(m.WITHIN, m.LEVEL, m.MEAN_WAIT, ABANDON_WAIT, m.LONGEST_WAIT),
)


def distribution_document(found: Distribution, asked: Asked, scene: Scene, rules: LevelRules) -> ReportDocument:
    """The document of these figures."""
    body: list[Table | Chart | None] = [*_charts(found, rules), *_tables(found, rules)]
    notes = [] if found.total.level.registered else [NO_CALLS]
    notes.append("Cada llamada cuenta en la hora y el día en que entró a la cola, en la hora del centro.")
    notes.append("La espera media es de las atendidas. Los porcentajes salen de conteos sumados, no de promedios.")
    return framed(TITLE, asked, scene, rules.in_words(), _key_figures(found.total, rules), body, notes)


def _key_figures(total: Slice, rules: LevelRules) -> Iterator[KeyFigure]:
    yield m.RECEIVED.figure(total.level.registered)
    yield m.ANSWERED.figure(total.level.answered)
    yield m.ABANDONED_PERCENT.figure(share(total.level.abandoned, total.level.registered))
    target = rules.target_percent
    yield m.LEVEL.figure(rules.level(total.level), "" if target is None else f"meta {percentage(target)}")
    yield m.MEAN_WAIT.figure(mean(total.answered_wait_us, total.level.answered))


def _tables(found: Distribution, rules: LevelRules) -> Iterator[Table]:
    divisions = (
        ("Por hora", "Hora", found.hours),
        ("Por día de la semana", "Día de la semana", found.weekdays),
        ("Por día", "Día", found.days),
        ("Por semana", "Semana", found.weeks),
        ("Por mes", "Mes", found.months),
    )
    for title, heading, parts in divisions:
        rows = [(name, *_figures(part, rules)) for name, part in parts.items()]
        yield Table(title, (Column(heading), *columns(*FIGURES)), rows, ("Total", *_figures(found.total, rules)))


def _figures(part: Slice, rules: LevelRules) -> Row:
    level = part.level
    return (
        *(level.registered, level.answered, share(level.answered, level.registered)),
        *(level.abandoned, share(level.abandoned, level.registered), level.full + level.join_refused),
        *(level.within, rules.level(level), mean(part.answered_wait_us, level.answered)),
        mean(part.abandoned_wait_us, level.abandoned),
        length(part.longest_wait_us) if level.registered else None,
    )


def _charts(found: Distribution, rules: LevelRules) -> Iterator[Chart]:
    if not found.total.level.registered:
        return
    yield _calls("Llamadas por hora", found.hours)
    yield _level("Nivel de servicio por hora", found.hours, rules)
    if len(found.days) > 1:
        yield _calls("Llamadas por día", found.days)
        yield _level("Nivel de servicio por día", found.days, rules)
        yield _calls("Llamadas por día de la semana", found.weekdays)


def _calls(title: str, parts: Mapping[str, Slice]) -> Chart:
    answered = Series(m.ANSWERED.heading, tuple(part.level.answered for part in parts.values()))
    abandoned = Series(m.ABANDONED.heading, tuple(part.level.abandoned for part in parts.values()))
    return Chart(title, ChartForm.BARS, ValueKind.WHOLE, tuple(parts), (answered, abandoned))


def _level(title: str, parts: Mapping[str, Slice], rules: LevelRules) -> Chart:
    levels = Series(m.LEVEL.heading, tuple(rules.level(part.level) for part in parts.values()))
    target = rules.target_percent
    line = None if target is None else TargetLine(f"Meta {percentage(target)}", target)
    return Chart(title, ChartForm.LINES, ValueKind.PERCENT, tuple(parts), (levels,), line)
