"""The managed customers one by one, for the spreadsheet. Pure."""

from collections.abc import Mapping

from callcenter.campaign_outcomes import OUTCOMES_IN_SPANISH, CallOutcome
from reports.campaign.customers import ManagedCustomer
from reports.campaign.figures import CampaignReport
from reports.render.document import Column, Row, Table, ValueKind

UNSAID = "Sin resultado aún"
COLUMNS = (
    *(Column("Código"), Column("Nombre"), Column("Número llamado"), Column("Resultado")),
    *(Column("Fecha acordada", ValueKind.DATE), Column("Agente"), Column("Intentos", ValueKind.WHOLE)),
    *(Column("Pagó el", ValueKind.DATE), Column("Pagado", ValueKind.MONEY)),
)


def result(outcome: CallOutcome | None) -> str:
    """An outcome in the words of the desk."""
    return UNSAID if outcome is None else OUTCOMES_IN_SPANISH[outcome]


def managed_list(report: CampaignReport, agents: Mapping[str, str]) -> Table:
    """All managed customers, by name. `agents`: names by login. Payments: those after the contact."""
    rows = [_row(each, agents) for each in report.managed]
    return Table("Clientes gestionados", COLUMNS, rows, to_work_on=True)


def _row(each: ManagedCustomer, agents: Mapping[str, str]) -> Row:
    call, customer = each.decisive, each.customer
    return (
        *(customer.code, customer.name, call.number, result(each.outcome)),
        *(call.agreed_on, agents.get(call.member, call.member), len(each.calls)),
        *(each.effect[0].paid_on if each.effect else None, each.amount if each.effect else None),
    )
