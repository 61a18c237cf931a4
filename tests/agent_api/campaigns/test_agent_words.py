"""What agents read of campaigns."""

from datetime import date
from decimal import Decimal

import pytest

from agent_api.campaigns.agent_words import (
    NOT_AGREED,
    OUTCOME_KEYS,
    OUTCOMES,
    SKIP_REASONS,
    WHY_NOT,
    ScriptValues,
    script_of,
    services_text,
)
from backoffice.smartflex.customers import ProductKind
from callcenter.campaign_outcomes import CallOutcome
from dialer.campaigns.turns import WhyNot
from dialer.contacts.model import ListedService, SkipReason

INTERNET, CABLE = (ListedService(kind, date(2026, 11, 30)) for kind in (ProductKind.INTERNET, ProductKind.CABLE_TV))
# Why only the dialer places no call; and the states of a campaign, which a moment that was agreed is not judged by.
DIALERS = {
    *(WhyNot.NOBODY_DUE, WhyNot.THEIR_AGENT, WhyNot.NO_AGENTS, WhyNot.OTHERS_FIRST),
    *(
        WhyNot.CALLBACKS_FIRST,
        WhyNot.CEILING,
        WhyNot.TRUNK_FULL,
        WhyNot.TOO_FAST,
        WhyNot.ASTERISK_AWAY,
        WhyNot.NO_LEDGER,
        WhyNot.DIALER_AWAY,
    ),
    *(WhyNot.NO_SERVICE, WhyNot.NO_LINE, WhyNot.NO_TRUNK, WhyNot.REFUSED),
}
STATES = {WhyNot.WAITS_FOR_LIST, WhyNot.NOT_STARTED, WhyNot.PAUSED, WhyNot.ENDED}


def test_every_outcome_reason_and_refusal_has_words() -> None:
    assert set(OUTCOMES) == set(CallOutcome) and set(SKIP_REASONS) == set(SkipReason)
    assert set(WHY_NOT) == set(WhyNot) - DIALERS
    assert set(NOT_AGREED) == set(WHY_NOT) - STATES


def test_every_outcome_of_an_agent_has_a_key_of_its_own() -> None:
    assert sorted(OUTCOME_KEYS.values()) == list("0123456789")
    assert set(OUTCOMES) - set(OUTCOME_KEYS) == {CallOutcome.HUNG_UP, CallOutcome.ABANDONED, CallOutcome.FAILED}


def test_the_script_is_filled_in() -> None:
    values = ScriptValues("Ana Quispe", (INTERNET, CABLE), date(2026, 11, 30), Decimal("120.5"), "Troncal")
    script = "{nombre}, {servicio}, {vencimiento}, {monto}, {centro}"
    said = "Ana Quispe, Internet y Televisión por cable, 30/11/2026, Bs\u00a0120,50, Troncal"
    assert script_of(script, values) == said


@pytest.mark.parametrize("script", ["{nombre!r}", "{0}", "{", "{nombre.__class__}", "{Nombre}", "100 %s {}"])
def test_whatever_else_is_in_a_script_stays_as_it_is(script: str) -> None:
    assert script_of(script, ScriptValues("Ana", (), None, None, "Troncal")) == script


def test_what_is_not_known_is_left_to_the_agent() -> None:
    script = "{nombre} {servicio} {vencimiento} {monto}"
    assert script_of(script, ScriptValues("", (), None, None, "")) == "[nombre] [servicio] [vencimiento] [monto]"


def test_services_are_named_once() -> None:
    assert services_text((INTERNET, INTERNET)) == "Internet"
    assert services_text(()) == ""
