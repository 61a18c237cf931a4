"""Who answered a campaign's calls: persons, and what became of them, and machines. Pure."""

from callcenter.campaign_outcomes import CONNECT_WITHIN_SECONDS
from reports.campaign.comparison import percent_of, rounded
from reports.campaign.figures import CampaignReport
from reports.render.document import Column, Table, ValueKind


def who_answered(report: CampaignReport) -> Table:
    """Persons first, who are the live answers that the ceiling is held to; then machines, which are none."""
    whole = report.whole
    rows = [
        ("Persona: habló con un agente u oyó el mensaje", whole.live - whole.abandoned - whole.hung_up),
        (f"Persona: colgó antes ({CONNECT_WITHIN_SECONDS} s, o en el mensaje)", whole.hung_up),
        ("Persona: abandonada, sin agente a tiempo", whole.abandoned),
        ("Contestador: detectado", whole.recognised),
        ("Contestador: marcado por el agente", whole.marked),
    ]
    answered = whole.live + whole.recognised + whole.marked
    note = (
        "Quien cuelga antes es una persona que contestó, y no una abandonada. A una persona que se toma por contestador"
        " se le corta: está entre los detectados, y si la detección se usa, debe estimarse cuántas son."
    )
    columns = (
        Column("Quién contestó"),
        Column("Llamadas", ValueKind.WHOLE),
        Column("% de las contestadas", ValueKind.PERCENT),
    )
    shown = [(name, count, rounded(percent_of(count, answered))) for name, count in rows]
    return Table("Quién contestó", columns, shown, ("Total", answered, rounded(percent_of(answered, answered))), note)
