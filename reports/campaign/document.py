"""The campaign's report as people read it. Pure.

Key figures, what they are held against, charts and tables, and the list of managed customers for the spreadsheet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_UP, Decimal
from zoneinfo import ZoneInfo

from callcenter.campaign_outcomes import OUTCOMES_IN_SPANISH
from callcenter.spanish import amount, percentage, short_date, whole
from reports.campaign.comparison import CENT, FEWEST, rounded
from reports.campaign.effect import effect
from reports.campaign.figures import CampaignDay, CampaignReport, Tally
from reports.campaign.managed_list import managed_list, result
from reports.campaign.who_answered import who_answered
from reports.render.document import (
    Chart,
    ChartForm,
    Column,
    KeyFigure,
    ReportDocument,
    Row,
    Series,
    Table,
    ValueKind,
)

SERVICES = {
    **{"": "Sin dato", "both": "Internet y TV por cable", "internet": "Internet", "cable_tv": "TV por cable"},
    **{"fixed_telephony": "Telefonía fija", "multimedia": "Multimedia", "mobile": "Móvil", "fijacom_4g": "Fijacom 4G"},
}
_WHOLE, _PERCENT, _MONEY = ValueKind.WHOLE, ValueKind.PERCENT, ValueKind.MONEY
_CONTACT = (Column("Contactados", _WHOLE, "Contact."), Column("Prometieron", _WHOLE, "Promet."))
_PAYMENT = (Column("Pagaron", _WHOLE), Column("Efectividad", _PERCENT, "Efect."), Column("Pagado", _MONEY))


@dataclass(frozen=True, slots=True)
class Made:
    """Where and when a report is made, and who its agents are: names by login."""

    centre: str
    zone: ZoneInfo
    at: datetime
    agents: Mapping[str, str]


def campaign_document(report: CampaignReport, made: Made) -> ReportDocument:
    """The report of a campaign."""
    about = report.about
    return ReportDocument(
        title="Informe de campaña",
        subtitle=f"{about.title}: del {short_date(about.first_day)} al {short_date(about.last_day)} ({about.name})",
        centre=made.centre,
        zone=made.zone,
        made=made.at,
        rule=(
            "GC-PRC-OPE-ASE-02, K: clientes gestionados, y de los contactados los que pagaron hasta"
            f" {about.paid_within_days} días después"
        ),
        key_figures=tuple(_key_figures(report)),
        body=tuple(_body(report, made)),
        notes=tuple(_notes(report)),
    )


def _body(report: CampaignReport, made: Made) -> Iterator[Table | Chart]:
    """In an order that fills the pages of a PDF. Where nobody has said who paid, nothing shows that nobody did."""
    if report.knows_payments:
        yield effect(report)
    yield from _results_chart(report)
    yield _by_attempt(report)
    yield from _course_charts(report)
    yield from _tables(report, made)
    yield managed_list(report, made.agents)


# -- key figures -------------------------------------------------------------------------------------------


def _key_figures(report: CampaignReport) -> Iterator[KeyFigure]:
    total, rate = report.total, report.whole
    days, ceiling = report.about.paid_within_days, _ceiling(report)
    known = report.knows_payments
    percent = rounded(total.paid_percent) if known else None
    yield KeyFigure("Clientes gestionados", _WHOLE, total.managed, f"de {whole(report.customers)} en la campaña")
    yield KeyFigure("Contactados", _WHOLE, total.contacted, f"{percentage(total.contacted_percent)} de los gestionados")
    yield KeyFigure("Pagaron tras el contacto", _WHOLE, total.paid if known else None, f"en los {days} días siguientes")
    yield KeyFigure("Efectividad", _PERCENT, percent, "pagaron, de los contactados")
    yield KeyFigure("Monto pagado", _MONEY, total.amount if known else None, "tras el contacto")
    yield KeyFigure("Prometieron pagar", _WHOLE, total.promised, f"{whole(total.kept)} cumplieron")
    yield KeyFigure("Intentos por contactado", ValueKind.TEXT, _average(report), f"{whole(total.calls)} en total")
    yield KeyFigure(
        "Tasa de abandono", _PERCENT, abandonment_rate(report, rate), f"{_verdict(report, rate)}; tope {ceiling}"
    )


def _average(report: CampaignReport) -> str:
    average = report.calls_per_contacted
    return "sin datos" if average is None else amount(average)


def _ceiling(report: CampaignReport) -> str:
    ceiling = report.about.ceiling_percent
    return percentage(ceiling, 0 if ceiling == ceiling.to_integral_value() else 2)


def _verdict(report: CampaignReport, day: CampaignDay) -> str:
    if not day.live:
        return "sin datos"
    return "dentro" if report.is_within_ceiling(day) else "excedido"


def abandonment_rate(report: CampaignReport, day: CampaignDay) -> Decimal | None:
    """In two decimals; one over the ceiling is never rounded down to it."""
    percent, ceiling = day.abandoned_percent, report.about.ceiling_percent
    nearest = rounded(percent)
    if percent is None or nearest is None or not nearest <= ceiling < percent:
        return nearest
    return percent.quantize(CENT, ROUND_UP)


# -- charts ------------------------------------------------------------------------------------------------


def _results_chart(report: CampaignReport) -> Iterator[Chart]:
    """Of calls, the most frequent first."""
    counted = [(result(outcome), report.outcomes.get(outcome, 0)) for outcome in (*OUTCOMES_IN_SPANISH, None)]
    results = sorted((each for each in counted if each[1]), key=lambda each: -each[1])
    if results:
        names, counts = zip(*results, strict=True)
        yield _chart("Resultados de las llamadas", ChartForm.BARS, names, Series("Llamadas", counts))


def _course_charts(report: CampaignReport) -> Iterator[Chart]:
    """Calls and contacts by day; who paid by day."""
    called = {day: tally for day, tally in report.days.items() if tally.calls}
    if called:
        calls = Series("Llamadas", tuple(tally.calls for tally in called.values()))
        contacts = Series("Contactos", tuple(tally.contacted for tally in called.values()))
        yield _chart("Llamadas y contactos por día", ChartForm.LINES, _days(called), calls, contacts)
    paid = {day: tally for day, tally in report.days.items() if tally.amount}
    if paid:
        paying = Series("Clientes que pagaron", tuple(tally.paying for tally in paid.values()))
        yield _chart("Clientes que pagaron tras el contacto, por día", ChartForm.BARS, _days(paid), paying)


def _chart(title: str, form: ChartForm, labels: tuple[str, ...], *series: Series) -> Chart:
    return Chart(title, form, _WHOLE, labels, series)


def _days(days: Mapping[date, CampaignDay]) -> tuple[str, ...]:
    return tuple(f"{day.day}/{day.month}" for day in days)


# -- tables ------------------------------------------------------------------------------------------------


def _tables(report: CampaignReport, made: Made) -> Iterator[Table]:
    yield _results(report)
    first = (Column("Gestionados", _WHOLE, "Gestion."), Column("No contactados", _WHOLE, "No cont."))
    columns, knows = (*_CONTACT, *(_PAYMENT if report.knows_payments else ())), report.knows_payments
    yield Table(
        "Por servicio",
        (Column("Servicio"), *first, *columns),
        [(SERVICES.get(name, name), *_managed(each), *_effect(each, knows)) for name, each in report.services.items()],
        ("Total", *_managed(report.total), *_effect(report.total, knows)),
    )
    yield Table(
        "Por agente",
        (Column("Agente"), *columns),
        [
            (made.agents.get(login, login) or "Sin agente", *_effect(each, knows))
            for login, each in report.agents.items()
        ],
        ("Total", *_effect(report.total, knows)),
        "Cada cliente figura con quien lo contactó primero.",
    )
    yield _by_day(report)
    yield who_answered(report)


def _agent(login: str, made: Made) -> str:
    return made.agents.get(login, login) or "Sin agente"


def _managed(each: Tally) -> Row:
    return (each.managed, each.not_reached)


def _effect(each: Tally, knows_payments: bool) -> Row:
    payment = (each.paid, rounded(each.paid_percent), each.amount) if knows_payments else ()
    return (each.contacted, each.promised, *payment)


def _results(report: CampaignReport) -> Table:
    columns = (Column("Resultado"), Column("Llamadas", _WHOLE), Column("Clientes", _WHOLE))
    rows = [
        (result(outcome), report.outcomes.get(outcome, 0), report.results.get(outcome, 0))
        for outcome in (*OUTCOMES_IN_SPANISH, None)
        if report.outcomes.get(outcome)
    ]
    total = ("Total", report.total.calls, report.total.managed)
    note = "Clientes: por el resultado de la última llamada en que se habló con ellos o, sin ella, de la última."
    return Table("Por resultado", columns, rows, total, note)


def _by_day(report: CampaignReport) -> Table:
    columns = (
        *(Column("Día", ValueKind.DATE), Column("Llamadas", _WHOLE), Column("Contactos", _WHOLE)),
        *(
            Column("Contestaron", _WHOLE),
            Column("Abandonadas", _WHOLE),
            Column("Tasa de abandono", _PERCENT, "Tasa", missing=""),
        ),
        Column(f"Tope {_ceiling(report)}"),
        *((Column("Pagaron", _WHOLE), Column("Pagado", _MONEY)) if report.knows_payments else ()),
    )
    rows = [(day, *_day(report, each), *_paid(report, each.paying, each.amount)) for day, each in report.days.items()]
    total = ("Total", *_day(report, report.whole), *_paid(report, report.total.paid, report.total.amount))
    worst = report.worst_day
    note = "Contestaron: personas, sin contestadores. Abandonadas: de ellas, las que ningún agente atendió a tiempo."
    if worst is not None:
        rate = abandonment_rate(report, report.days[worst])
        note += f" El peor día fue el {short_date(worst)}, con {percentage(rate)}."
    return Table("Por día", columns, rows, total, note)


def _day(report: CampaignReport, day: CampaignDay) -> Row:
    verdict = "" if not day.live else _verdict(report, day)
    return (day.calls, day.contacted, day.live, day.abandoned, abandonment_rate(report, day), verdict)


def _paid(report: CampaignReport, count: int, paid: Decimal) -> Row:
    return (count, paid) if report.knows_payments else ()


def _by_attempt(report: CampaignReport) -> Table:
    counts = (Column("Llamadas", _WHOLE), Column("Contactos", _WHOLE), Column("% de contacto", _PERCENT))
    rows = [
        (f"{number}.º", each.calls, each.contacted, rounded(each.contacted_percent))
        for number, each in report.attempts.items()
    ]
    return Table("Por número de intento", (Column("Intento"), *counts), rows)


# -- notes -------------------------------------------------------------------------------------------------


def _notes(report: CampaignReport) -> Iterator[str]:
    days = report.about.paid_within_days
    yield "Gestionado: cliente al que se llamó al menos una vez. Contactado: se habló con una persona en una llamada."
    yield (
        f"Pagaron: pagos desde el día del primer contacto hasta {days} días después; los anteriores no cuentan, ni los"
        " de quien dijo que ya había pagado. Un pago que está en varias listas cuenta una vez."
    )
    yield (
        "Diferencia de proporciones con el intervalo de Newcombe (de los de Wilson), 95 %; con menos de"
        f" {FEWEST} clientes en un grupo no se compara."
    )
    yield "Tasa de abandono: de las llamadas que contestó una persona, las que ningún agente atendió a tiempo."
    yield from _provisional(report)


def _provisional(report: CampaignReport) -> Iterator[str]:
    until, complete = report.payments_until, report.complete_on
    if until is None:
        yield "No hay listas de pagos cargadas para estos días: los pagos y la efectividad no se conocen todavía."
    elif complete is not None and until < complete:
        yield (
            f"Provisional: hay pagos cargados hasta el {short_date(until)}, y los del último contacto cuentan hasta el"
            f" {short_date(complete)}."
        )
