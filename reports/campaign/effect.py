"""Whether a campaign's calls made customers pay: groups beside one another, with what chance alone may do. Pure."""

from decimal import Decimal

from callcenter.spanish import amount, short_date
from reports.campaign.comparison import Group, difference, rounded
from reports.campaign.figures import CampaignReport
from reports.render.document import Column, Row, Table, ValueKind

TOO_FEW = "muy pocos para comparar"
_WHOLE, _PERCENT = ValueKind.WHOLE, ValueKind.PERCENT


def effect(report: CampaignReport) -> Table:
    """Those who were called beside those who were not, and the contacted beside the others."""
    groups = report.comparisons
    columns = (
        *(Column("Grupo"), Column("Clientes", _WHOLE), Column("Pagaron", _WHOLE), Column("% que pagó", _PERCENT)),
        *(Column("Comparado con"), Column("% de estos", _PERCENT)),
        *(Column("Diferencia, en puntos"), Column("Intervalo del 95 %")),
    )
    rows = (
        _compared("Toda la campaña", groups.called, "Reservados sin llamar", groups.held_out),
        _compared("Contactados", groups.contacted, "Reservados sin llamar", groups.held_out),
        _compared("Contactados", groups.contacted, "Llamados sin contacto", groups.not_reached),
    )
    since = "" if groups.since is None else f" ({short_date(groups.since)}, la mediana de los contactos)"
    note = (
        f"Pagos en {report.about.paid_within_days} días: de los contactados desde su contacto; de los demás, y de toda"
        f" la campaña, desde un mismo día{since}. La primera fila es la prueba del efecto: a los reservados los eligió"
        " el azar. Quien contesta suele pagar más también sin la llamada; por eso las otras dos solo orientan."
    )
    return Table("Efecto de la campaña en los pagos", columns, rows, note=note)


def _compared(name: str, group: Group, other_name: str, other: Group) -> Row:
    found = difference(group, other)
    share, other_share = rounded(group.percent), rounded(other.percent)
    points = TOO_FEW if found is None else _more(found.points)
    interval = "" if found is None else f"de {_more(found.low)} a {_more(found.high)}"
    return (name, group.customers, group.paid, share, other_name, other_share, points, interval)


def _more(points: Decimal) -> str:
    """With a word for the sign: a text that begins with one is marked in spreadsheets, lest it be a formula."""
    return "0,00" if not points else f"{amount(abs(points))} {'más' if points > 0 else 'menos'}"
