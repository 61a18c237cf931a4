"""The call detail as people read it: a list to work on, and how many calls came to what. Pure."""

from collections import Counter
from collections.abc import Iterator

from callcenter.call_words import ENDED_BY, FINAL_STAGES, OUTCOMES
from callcenter.instants import as_datetime
from callcenter.spanish import whole
from reports.call_detail.figures import CallDetail, DetailCall, RecordingState
from reports.kinds.asked import Asked, Scene
from reports.measures import metrics as m
from reports.measures.frame import AGENT, LINE, NO_CALLS, QUEUE, Names, framed, telephone
from reports.measures.lengths import length, share
from reports.measures.metric import Metric
from reports.render.document import Chart, Column, KeyFigure, ReportDocument, Row, Table, ValueKind

TITLE = "Detalle de llamadas"
RULE = "Llamadas de clientes que llegaron en estos días, cada una una vez, en el orden de llegada"
CALLS = Metric("Llamadas", ValueKind.WHOLE, "Llamadas de clientes que llegaron a las líneas.")
SHARE = Metric("% de las llamadas", ValueKind.PERCENT, "Su parte de todas las llamadas.", "%")
FIGURES = (CALLS, SHARE, m.WAIT, m.TALK)
RECORDINGS = {RecordingState.NONE: "no", RecordingState.KEPT: "sí", RecordingState.DELETED: "borrada"}
COLUMNS = (
    *(Column("Llegada", ValueKind.MOMENT), LINE, Column("Teléfono"), QUEUE),
    *(Column("Posición al entrar", ValueKind.WHOLE, "Pos."), m.WAIT.column, AGENT, m.TALK.column),
    *(Column("Resultado"), Column("Cortó"), Column("Transferida a"), Column("Grabación")),
)


def call_detail_document(detail: CallDetail, asked: Asked, scene: Scene, names: Names) -> ReportDocument:
    """The document of these calls."""
    rows = [_row(call, scene, names) for call in detail.calls]
    body: list[Table | Chart | None] = [_outcomes(detail), Table(TITLE, COLUMNS, rows, to_work_on=True)]
    return framed(TITLE, asked, scene, RULE, _key_figures(detail), body, _notes(detail))


def _key_figures(detail: CallDetail) -> Iterator[KeyFigure]:
    yield CALLS.figure(detail.number)


def _notes(detail: CallDetail) -> Iterator[str]:
    if not detail.number:
        yield NO_CALLS
    if detail.number > len(detail.calls):
        yield (
            f"Están las primeras {whole(len(detail.calls))} llamadas de {whole(detail.number)}:"
            " para ver las demás pida menos días o menos líneas."
        )
    yield "Una llamada que pasó por varias colas tiene una fila; la espera y la conversación son las sumas."


def _outcomes(detail: CallDetail) -> Table:
    numbers = Counter(_outcome(call) for call in detail.calls)
    rows = [(name, number, share(number, len(detail.calls))) for name, number in sorted(numbers.items())]
    return Table("Por resultado", (Column("Resultado"), CALLS.column, SHARE.column), rows)


def _outcome(call: DetailCall) -> str:
    return FINAL_STAGES[call.final_stage] if call.outcome is None else OUTCOMES[call.outcome]


def _row(call: DetailCall, scene: Scene, names: Names) -> Row:
    last = call.entries[-1] if call.entries else None
    return (
        as_datetime(call.arrived_us, scene.zone),
        names.line(call.line),
        telephone(call.caller, scene),
        " → ".join(call.queues),
        last.entered_position if last else None,
        length(call.wait_us),
        ", ".join(map(names.agent, call.members)),
        length(call.talk_us),
        _outcome(call),
        ENDED_BY[last.ended_by] if last else "",
        last.transferred_to if last else "",
        RECORDINGS[call.recording],
    )
