"""What supervisors decide of a campaign, and what is refused of it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from string import Formatter
from typing import Any

from callcenter.centre.model import Centre
from dialer.campaigns.calling_hours import is_over
from dialer.campaigns.model import Campaign, CampaignKind, CampaignRules, DialMode
from dialer.campaigns.window import EARLIEST, LATEST, Window

LONGEST_TITLE, LONGEST_SCRIPT, LONGEST_SEGMENT, MOST_SEGMENTS = 80, 4000, 40, 20
LONGEST_WINDOW_DAYS = 366
SHORTEST_RING_SECONDS, LONGEST_RING_SECONDS = 15, 60
HIGHEST_CEILING_PERCENT = 3.0
MOST_HELD_OUT_PERCENT = 50
MOST_ATTEMPTS = 50
LONGEST_PAUSE_SECONDS = 30 * 24 * 3600
MOST_PAID_WITHIN_DAYS = 90
# What a script may name of the call; whoever shows it puts the customer's in their places.
SCRIPT_FIELDS = ("agente", "nombre", "servicio", "vencimiento", "monto")
_LIMITS = {
    "number_a_day": "llamadas por número y día",
    "customer_a_day": "llamadas por cliente y día",
    "number_in_all": "llamadas por número en total",
    "customer_in_all": "llamadas por cliente en total",
}


class CampaignRefusal(ValueError):
    """Nothing was changed; the Spanish text says why, and what to do."""


class UnknownCampaign(CampaignRefusal):
    """There is no such campaign."""


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """The fields of a campaign that supervisors change; each means what it means in `Campaign`."""

    title: str
    mode: DialMode
    window: Window
    rules: CampaignRules
    queue: str
    line: str
    script: str = ""
    held_out_percent: int = 0
    detects_machines: bool = False


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign to be. `name`: no other has it, however often it is asked for."""

    kind: CampaignKind
    name: str
    settings: CampaignSettings


def settings_of(campaign: Campaign) -> CampaignSettings:
    """What was decided of a campaign."""
    return CampaignSettings(**{each.name: getattr(campaign, each.name) for each in fields(CampaignSettings)})


def with_settings(campaign: Campaign, settings: CampaignSettings) -> Campaign:
    """The campaign as these would have it."""
    values: dict[str, Any] = {each.name: getattr(settings, each.name) for each in fields(settings)}
    return replace(campaign, **values)


def refusals(wanted: CampaignSettings, centre: Centre, now: datetime) -> tuple[str, ...]:
    """What is wrong with it, in Spanish, each with its remedy; nothing: it can be kept. `now` in the centre's zone."""
    rules = wanted.rules
    return (
        *_of_texts(wanted),
        *_of_place(wanted, centre),
        *_of_days(wanted.window, rules, now),
        *_of_limits(rules),
        *_of_figures(wanted),
    )


def _of_texts(wanted: CampaignSettings) -> Iterator[str]:
    title = wanted.title
    if not 1 <= len(title.strip()) <= LONGEST_TITLE or not title.isprintable():
        yield f"Escriba un título de 1 a {LONGEST_TITLE} caracteres."
    if len(wanted.script) > LONGEST_SCRIPT:
        yield f"El guion tiene más de {LONGEST_SCRIPT} caracteres: acórtelo."
    if not _is_readable(wanted.script):
        known = ", ".join(f"{{{name}}}" for name in SCRIPT_FIELDS)
        yield f"El guion tiene llaves que no se entienden: use solo {known}."
    segments = wanted.rules.segments
    if len(segments) > MOST_SEGMENTS or any(not 1 <= len(each) <= LONGEST_SEGMENT for each in segments):
        yield f"Escriba hasta {MOST_SEGMENTS} segmentos, de 1 a {LONGEST_SEGMENT} caracteres cada uno."
    if len(set(wanted.rules.order)) != len(wanted.rules.order) or not wanted.rules.order:
        yield "El orden nombra dos veces el mismo criterio: elija cada uno una vez."


def _is_readable(script: str) -> bool:
    try:
        parts = list(Formatter().parse(script))
    except ValueError:
        return False
    return all(name is None or (name in SCRIPT_FIELDS and not spec and not how) for _, name, spec, how in parts)


def _of_place(wanted: CampaignSettings, centre: Centre) -> Iterator[str]:
    if wanted.queue not in {each.name for each in centre.outbound}:
        yield f"El centro no tiene el servicio saliente {wanted.queue!r}: elija uno de la lista."
    if wanted.line not in centre.lines_by_number:
        yield f"El centro no tiene la línea {wanted.line!r}: elija una de la lista."


def _of_days(window: Window, rules: CampaignRules, now: datetime) -> Iterator[str]:
    if window.last < window.first:
        yield "El último día es anterior al primero: cambie las fechas."
    elif not EARLIEST <= window.first <= window.last <= LATEST:
        yield f"Las fechas van de {EARLIEST.year} a {LATEST.year}: corríjalas."
    elif (window.last - window.first).days >= LONGEST_WINDOW_DAYS:
        yield f"La campaña dura más de {LONGEST_WINDOW_DAYS} días: acorte las fechas."
    elif not rules.hours:
        yield "Falta el horario: indique al menos un día con sus horas."
    elif is_over(window, rules.hours, now):
        yield "Con estos días y este horario no queda ninguna hora de llamada: cambie las fechas o el horario."


def _of_limits(rules: CampaignRules) -> Iterator[str]:
    for name, shown in _LIMITS.items():
        if not 1 <= getattr(rules, name) <= MOST_ATTEMPTS:
            yield f"El límite de {shown} debe ser de 1 a {MOST_ATTEMPTS}."


def _of_figures(wanted: CampaignSettings) -> Iterator[str]:
    rules = wanted.rules
    if not SHORTEST_RING_SECONDS <= rules.ring_seconds <= LONGEST_RING_SECONDS:
        yield f"El teléfono debe sonar de {SHORTEST_RING_SECONDS} a {LONGEST_RING_SECONDS} s."
    if not 0 < rules.ceiling_percent <= HIGHEST_CEILING_PERCENT:
        yield f"El tope de abandono debe ser mayor que 0 y de {HIGHEST_CEILING_PERCENT:g} % como máximo."
    if not 0 <= wanted.held_out_percent <= MOST_HELD_OUT_PERCENT:
        yield f"Los clientes que no se llaman, para comparar, son del 0 al {MOST_HELD_OUT_PERCENT} %."
    if not 1 <= rules.paid_within_days <= MOST_PAID_WITHIN_DAYS:
        yield f"Los días para contar un pago van de 1 a {MOST_PAID_WITHIN_DAYS}."
    if any(not 0 <= seconds <= LONGEST_PAUSE_SECONDS for seconds in rules.pauses_seconds.values()):
        yield f"Las esperas entre llamadas son de 0 a {LONGEST_PAUSE_SECONDS // (24 * 3600)} días."
