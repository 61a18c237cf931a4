"""What is to be done about campaigns at an instant: which is to be made, which begins, which is over. Pure.

It follows from the instant and the tables alone, so that a restart at any moment neither skips nor repeats anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from callcenter import spanish
from callcenter.centre.model import Centre, Outbound
from dialer.campaigns.calling_hours import is_over
from dialer.campaigns.model import Campaign, CampaignEvent, CampaignKind, CampaignRules, CampaignState, DialMode
from dialer.campaigns.settings import CampaignSettings, NewCampaign, refusals, settings_of
from dialer.campaigns.window import Window, prepaid_window

# As the procedure has it (GC-PRC-OPE-ASE-02, K): who calls, for whom, which service, until when, where to pay.
SCRIPT = (
    "Buenos días/tardes, le habla {agente}, del Centro de Atención de Llamadas. ¿Hablo con {nombre}?\n"
    "Le llamamos para recordarle que su servicio prepago de {servicio} vence el {vencimiento}.\n"
    "Para que no se interrumpa, puede pagar {monto} en nuestras oficinas, en los puntos de cobranza autorizados o por "
    "la banca por internet o el código QR de su banco.\n"
    "¿Desea que le ayude con algo más? Gracias por su atención."
)

_DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happens to a campaign by itself."""

    campaign: Campaign
    event: CampaignEvent


def prepaid_name(month: date) -> str:
    """`prepago-2026-11`; `month`: any day of it."""
    return f"prepago-{month:%Y-%m}"


def prepaid_service(centre: Centre) -> Outbound | None:
    """The outbound service of the prepaid customers: the first that says its line and its hours."""
    return next((each for each in centre.outbound if each.line and each.hours), None)


def prepaid_campaign(now: datetime, centre: Centre, previous: Campaign | None) -> NewCampaign | None:
    """The campaign of the month of `now`, in the centre's zone; None: the centre has no service for it.

    It is as the `previous` one was left, where the centre still has what that names.
    """
    service, today = prepaid_service(centre), now.date()
    if service is None:
        return None
    window, title = prepaid_window(today), f"Prepago: vencimientos de fin de {spanish.month_name(today)}"
    wanted = _first_settings(today, centre, service)
    if previous is not None:
        as_before = replace(settings_of(previous), title=title, window=window)
        wanted = wanted if refusals(as_before, centre, now) else as_before
    return NewCampaign(CampaignKind.PREPAID_EXPIRY, prepaid_name(today), wanted)


def _first_settings(today: date, centre: Centre, service: Outbound) -> CampaignSettings:
    assert service.line and service.hours
    return CampaignSettings(
        title=f"Prepago: vencimientos de fin de {spanish.month_name(today)}",
        mode=DialMode.PREVIEW,
        window=prepaid_window(today),
        rules=CampaignRules(centre.hours[service.hours]),
        queue=service.name,
        line=service.line,
        script=SCRIPT,
    )


def blank_settings(now: datetime, centre: Centre) -> CampaignSettings:
    """What a general campaign begins with: a title and days are still to be said, and what the centre does not say.

    Its day is the next one with an hour left to call, of an evening tomorrow. `now` in the centre's zone.
    """
    service = prepaid_service(centre)
    hours = centre.hours[service.hours] if service and service.hours else ()
    days = [now.date() + timedelta(days=each) for each in range(_DAYS_OF_A_WEEK + 1)]
    first = next((day for day in days if not is_over(Window(day, day), hours, now)), now.date())
    return CampaignSettings(
        title="",
        mode=DialMode.PREVIEW,
        window=Window(first, first),
        rules=CampaignRules(hours),
        queue=service.name if service else "",
        line=service.line if service and service.line else "",
    )


def moves(standing: Sequence[Campaign], now: datetime) -> Iterator[Move]:
    """What happens now, in the centre's zone, to campaigns that have not ended."""
    for campaign in standing:
        if is_over(campaign.window, campaign.rules.hours, now):
            yield Move(campaign, CampaignEvent.END)
        elif campaign.state is CampaignState.READY and now.date() >= campaign.window.first:
            yield Move(campaign, CampaignEvent.START)
