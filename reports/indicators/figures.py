"""The indicators of the procedures: what each is of, when it is accepted, and what came of it. Pure.

With nothing to divide by an indicator is without data, never 0 % and never 100 %. Targets are compared exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from callcenter.level.formulas import shown
from reports.measures.lengths import share
from reports.satisfaction.figures import Judgement


class IndicatorName(Enum):
    """The indicators, in the order of the report."""

    COUNTER = auto()
    TELEPHONE = auto()
    REPEATED_FAULTS = auto()
    POST_SALE_EFFICACY = auto()
    POST_SALE_TIMELINESS = auto()
    ARCHIVE = auto()
    CAMPAIGN = auto()


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """How an indicator is made. `beyond`: it must be more than the target, else the target is enough.

    `target_percent` is None where the procedure names none. `room`: whose records it needs that there are not yet.
    """

    title: str
    procedure: str
    formula: str
    period: str
    target_percent: Decimal | None
    beyond: bool = False
    room: str = ""


RULES: Mapping[IndicatorName, IndicatorRule] = {
    IndicatorName.COUNTER: IndicatorRule(
        "Satisfacción en mostrador",
        "COM-DSC-P01",
        "clientes satisfechos / clientes atendidos, por encuesta",
        "semestre",
        Decimal(90),
        room="el mostrador y su encuesta",
    ),
    IndicatorName.TELEPHONE: IndicatorRule(
        "Satisfacción por teléfono",
        "COM-DSC-P01",
        "clientes satisfechos / clientes atendidos, por la encuesta telefónica",
        "semestre",
        Decimal(90),
    ),
    IndicatorName.REPEATED_FAULTS: IndicatorRule(
        "Fallas repetidas solucionadas",
        "COM-GCM-P12",
        "fallas repetidas solucionadas / fallas repetidas recibidas",
        "mes",
        Decimal(98),
        room="el trámite de fallas repetidas",
    ),
    IndicatorName.POST_SALE_EFFICACY: IndicatorRule(
        "Eficacia de la posventa",
        "GC-PRC-OPE-ASE-03",
        "solicitudes atendidas efectivamente / solicitudes",
        "día",
        Decimal(98),
        beyond=True,
        room="los trámites de posventa",
    ),
    IndicatorName.POST_SALE_TIMELINESS: IndicatorRule(
        "Oportunidad de la posventa",
        "GC-PRC-OPE-ASE-03",
        "solicitudes atendidas en menos de 24 h / solicitudes",
        "día",
        Decimal(95),
        beyond=True,
        room="los trámites de posventa",
    ),
    IndicatorName.ARCHIVE: IndicatorRule(
        "Archivo de documentos de venta",
        "Archivo",
        "documentos entregados / documentos pedidos",
        "periódico",
        Decimal(99),
        room="el archivo de documentos",
    ),
    IndicatorName.CAMPAIGN: IndicatorRule(
        "Campaña prepago: pagaron de los gestionados",
        "GC-PRC-OPE-ASE-02",
        "clientes gestionados que pagaron tras el contacto / clientes gestionados",
        "campaña",
        None,
    ),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """What came of it: `good` of `of`, None where nobody knows; `why`: why there is no value, in Spanish."""

    rule: IndicatorRule
    good: int | None = None
    of: int | None = None
    why: str = ""

    @property
    def percent(self) -> Decimal | None:
        """With two decimals, never rounded up to its target."""
        if self.good is None or not self.of:
            return None
        target = self.rule.target_percent
        return share(self.good, self.of) if target is None else shown(Decimal(self.good) * 100 / self.of, target)

    @property
    def judgement(self) -> Judgement | None:
        """None where there is a value and no target."""
        if self.good is None or not self.of:
            return Judgement.NO_DATA
        if self.rule.target_percent is None:
            return None
        reached, needed = Decimal(self.good) * 100, self.rule.target_percent * self.of
        accepted = reached > needed if self.rule.beyond else reached >= needed
        return Judgement.ACCEPTED if accepted else Judgement.OBSERVED


def indicator(name: IndicatorName, counts: tuple[int, int] | None = None, why: str = "") -> Indicator:
    """Of these counts (good, of); None: nobody counts that yet, for its room is not there or for that reason."""
    rule = RULES[name]
    if counts is None:
        return Indicator(rule, why=why or f"sin registros todavía: {rule.room}")
    good, of = counts
    return Indicator(rule, good, of, "" if of else why)
