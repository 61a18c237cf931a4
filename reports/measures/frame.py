"""The frame of an operational report: title, days and filters, rule, and names of queues, lines and agents. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from callcenter.centre.model import Centre
from callcenter.numbers import UnreadableNumber, normalise, show
from callcenter.spanish import short_date
from reports.kinds.asked import Asked, Scene
from reports.render.document import Chart, Column, KeyFigure, ReportDocument, Table

NO_CALLS = "Sin llamadas en estos días."
NOBODY, NO_QUEUE = "sin agente", "sin cola"
QUEUE, AGENT, LINE = Column("Cola"), Column("Agente"), Column("Línea")


@dataclass(frozen=True, slots=True)
class Names:
    """What queues, lines and agents are called. `agents`: by login and by extension."""

    centre: Centre
    agents: Mapping[str, str]

    def agent(self, member: str) -> str:
        """`1001 Ana Rojas`; the member alone where nobody has that login."""
        return f"{member} {self.agents.get(member, '')}".strip() or NOBODY

    def queue(self, name: str) -> str:
        """`101 Reclamos técnicos`."""
        known = self.centre.queues_by_name.get(name)
        return f"{name} {known.title}" if known else name or NO_QUEUE

    def line(self, number: str) -> str:
        """`101 Reclamos técnicos`."""
        known = self.centre.lines_by_number.get(number)
        return f"{number} {known.name}" if known else number or "sin línea"


def framed(
    title: str,
    asked: Asked,
    scene: Scene,
    rule: str,
    figures: Iterable[KeyFigure],
    body: Iterable[Table | Chart | None],
    notes: Iterable[str] = (),
) -> ReportDocument:
    """The document; parts of the body that are None are left out."""
    return ReportDocument(
        title=title,
        subtitle=subtitle(asked),
        centre=scene.centre.about.name,
        zone=scene.zone,
        made=scene.made,
        rule=rule,
        key_figures=tuple(figures),
        body=tuple(part for part in body if part is not None),
        notes=tuple(notes),
    )


def subtitle(asked: Asked) -> str:
    """Days and filters: `Del 01/11/2026 al 30/11/2026; colas 101, 102`."""
    if asked.first_day == asked.last_day:
        days = short_date(asked.first_day)
    else:
        days = f"Del {short_date(asked.first_day)} al {short_date(asked.last_day)}"
    limits = (("líneas", asked.lines), ("colas", asked.queues), ("agentes", asked.agents))
    return "; ".join([days, *(f"{what} {', '.join(names)}" for what, names in limits if names)])


def telephone(caller: str, scene: Scene) -> str:
    """As people read it; what is no number of any plan as it came."""
    number = normalise(caller, scene.centre.about.area_code)
    return caller if isinstance(number, UnreadableNumber) else show(number)
