"""The campaigns of some days as people read them: each with the figures of its own report. Pure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reports.campaign.comparison import rounded
from reports.campaign.document import abandonment_rate
from reports.campaign.figures import CampaignReport
from reports.kinds.asked import Asked, Scene
from reports.measures.frame import framed
from reports.measures.lengths import share
from reports.measures.metric import Metric, columns
from reports.render.document import Chart, ChartForm, Column, KeyFigure, ReportDocument, Row, Series, Table, ValueKind

TITLE = "Campañas"
RULE = "GC-PRC-OPE-ASE-02, K: campañas que tuvieron algún día de estos, cada una entera"
_WHOLE, _PERCENT = ValueKind.WHOLE, ValueKind.PERCENT
CUSTOMERS = Metric("Clientes", _WHOLE, "Clientes de la campaña.")
MANAGED = Metric("Gestionados", _WHOLE, "Clientes a los que se llamó al menos una vez.")
CONTACTED = Metric("Contactados", _WHOLE, "Clientes con los que se habló en alguna llamada.")
CONTACTED_PERCENT = Metric("% contactados", _PERCENT, "Contactados sobre gestionados, por cien.")
PROMISED = Metric("Prometieron pagar", _WHOLE, "Contactados que prometieron pagar.", "Prometieron")
PAID = Metric("Pagaron tras el contacto", _WHOLE, "Contactados que pagaron dentro del plazo.", "Pagaron")
EFFECT = Metric("Efectividad", _PERCENT, "Los que pagaron tras el contacto sobre los contactados, por cien.")
AMOUNT = Metric("Monto pagado", ValueKind.MONEY, "Suma de los pagos tras el contacto.")
CALLS = Metric("Llamadas a clientes", _WHOLE, "Llamadas de la campaña a sus clientes.")
ABANDONED = Metric(
    "Tasa de abandono", _PERCENT, "De las que contestó una persona, las que ningún agente tomó a tiempo."
)
FIGURES = (
    *(CUSTOMERS, MANAGED, CONTACTED, CONTACTED_PERCENT, PROMISED, PAID, EFFECT, AMOUNT, CALLS, ABANDONED),
    Metric("Campañas", _WHOLE, "Campañas que tuvieron algún día de estos."),
)
COLUMNS = (Column("Campaña"), Column("Desde", ValueKind.DATE), Column("Hasta", ValueKind.DATE))


def campaigns_document(reports: Sequence[CampaignReport], asked: Asked, scene: Scene) -> ReportDocument:
    """The document of these campaigns."""
    rows = [
        (each.about.title or each.about.name, each.about.first_day, each.about.last_day, *_figures(each))
        for each in reports
    ]
    body: list[Table | Chart | None] = [*_charts(reports), Table(TITLE, (*COLUMNS, *columns(*FIGURES[:-1])), rows)]
    return framed(TITLE, asked, scene, RULE, _key_figures(reports), body, _notes(reports))


def _key_figures(reports: Sequence[CampaignReport]) -> Iterator[KeyFigure]:
    contacted = sum(each.total.contacted for each in reports)
    yield FIGURES[-1].figure(len(reports))
    yield MANAGED.figure(sum(each.total.managed for each in reports))
    yield CONTACTED.figure(contacted)
    yield EFFECT.figure(_effect(reports), "de las campañas con pagos cargados")


def _effect(reports: Sequence[CampaignReport]) -> Decimal | None:
    """From summed counts, of the campaigns whose payments are known."""
    known = [each.total for each in reports if each.knows_payments]
    return share(sum(each.paid for each in known), sum(each.contacted for each in known))


def _figures(each: CampaignReport) -> Row:
    """As in the campaign's own report: what nobody knows is shown as unknown."""
    total, known = each.total, each.knows_payments
    return (
        *(each.customers, total.managed, total.contacted, rounded(total.contacted_percent), total.promised),
        *((total.paid, rounded(total.paid_percent), total.amount) if known else (None, None, None)),
        *(total.calls, abandonment_rate(each, each.whole)),
    )


def _charts(reports: Sequence[CampaignReport]) -> Iterator[Chart]:
    if reports:
        labels = tuple(each.about.title or each.about.name for each in reports)
        managed = Series(MANAGED.heading, tuple(each.total.managed for each in reports))
        contacted = Series(CONTACTED.heading, tuple(each.total.contacted for each in reports))
        yield Chart("Gestionados y contactados", ChartForm.BARS, _WHOLE, labels, (managed, contacted))


def _notes(reports: Sequence[CampaignReport]) -> Iterator[str]:
    if not reports:
        yield "Sin campañas en estos días."
    if any(not each.knows_payments for each in reports):
        yield "Donde no hay listas de pagos cargadas, los pagos no se conocen todavía."
