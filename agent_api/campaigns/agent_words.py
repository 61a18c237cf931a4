"""What an agent reads of a campaign, in Spanish, and the keys of the outcomes. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from backoffice.smartflex.customers import SPANISH
from callcenter.campaign_outcomes import OUTCOMES_IN_SPANISH, CallOutcome
from callcenter.spanish import money, short_date
from dialer.campaigns.turns import WhyNot
from dialer.contacts.model import ListedService, SkipReason

# In the order of their keys: those of a call that somebody took first.
OUTCOME_KEYS: Mapping[CallOutcome, str] = {
    CallOutcome.CONTACTED: "1",
    CallOutcome.PROMISED: "2",
    CallOutcome.ALREADY_PAID: "3",
    CallOutcome.WRONG_NUMBER: "4",
    CallOutcome.NO_ANSWER: "5",
    CallOutcome.BUSY: "6",
    CallOutcome.MACHINE: "7",
    CallOutcome.REFUSED: "8",
    CallOutcome.NEVER_AGAIN: "9",
    CallOutcome.CALL_AGAIN: "0",
}
OUTCOMES = OUTCOMES_IN_SPANISH
SKIP_REASONS: Mapping[SkipReason, str] = {
    SkipReason.NOT_NOW: "Ahora no: vuelve en una hora",
    SkipReason.ALREADY_PAID: "Ya pagó",
    SkipReason.WRONG_DATA: "Datos equivocados",
    SkipReason.OTHER: "Otro motivo: vuelve en una hora",
}
# Why an agent is shown no customer of a campaign now. What only the dialer is stopped by has no words here.
WHY_NOT: Mapping[WhyNot, str] = {
    WhyNot.WAITS_FOR_LIST: "La campaña espera su lista de clientes.",
    WhyNot.NOT_STARTED: "La campaña todavía no empezó.",
    WhyNot.PAUSED: "La campaña está en pausa: supervisión la reanuda.",
    WhyNot.ENDED: "La campaña terminó.",
    WhyNot.BEFORE_WINDOW: "El período de la campaña todavía no empezó.",
    WhyNot.AFTER_WINDOW: "El período de la campaña ya terminó.",
    WhyNot.OUT_OF_HOURS: "Ahora está fuera del horario de llamadas.",
    WhyNot.HOLIDAY: "Hoy es feriado: no se llama.",
}
# Why a customer cannot be called at the moment that was agreed.
NOT_AGREED: Mapping[WhyNot, str] = {
    WhyNot.BEFORE_WINDOW: "Ese día la campaña todavía no empezó: llama del {first} al {last}.",
    WhyNot.AFTER_WINDOW: "Para entonces la campaña terminó: llama hasta el {last}.",
    WhyNot.OUT_OF_HOURS: "Esa hora está fuera del horario de llamadas. Elija otra.",
    WhyNot.HOLIDAY: "Ese día es feriado y no se llama. Elija otro.",
}
_PLACEHOLDER = re.compile(r"\{(nombre|servicio|vencimiento|monto|centro)\}")


def services_text(services: Sequence[ListedService]) -> str:
    """`Internet y Televisión por cable`."""
    names = list(dict.fromkeys(SPANISH[each.service] for each in services))
    return " y ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


@dataclass(frozen=True, slots=True)
class ScriptValues:
    """What a script says of a customer, as it is known. `amount` in bolivianos; `centre`: who calls."""

    name: str
    services: Sequence[ListedService]
    expires_on: date | None
    amount: Decimal | None
    centre: str


def script_of(script: str, values: ScriptValues) -> str:
    """What the agent says to this customer. What is not known of them is left to the agent, in brackets."""
    texts = {
        "nombre": values.name or "[nombre]",
        "servicio": services_text(values.services) or "[servicio]",
        "vencimiento": short_date(values.expires_on) if values.expires_on is not None else "[vencimiento]",
        "monto": money(values.amount).replace(" ", "\u00a0") if values.amount is not None else "[monto]",
        "centro": values.centre,
    }
    return _PLACEHOLDER.sub(lambda found: texts[found[1]], script)


def moment_text(moment: datetime) -> str:
    """`27/11/2026 a las 10:30`."""
    return f"{short_date(moment.date())} a las {moment:%H:%M}"
