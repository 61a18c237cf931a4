"""Why a campaign calls or does not, now and at any other moment, and how people read it."""

from dataclasses import replace
from datetime import date

import pytest

from callcenter.centre.model import Centre
from callcenter.routing.calendar import Calendar
from dialer.campaigns.explanation import Due, Explanation, explain, lacking
from dialer.campaigns.model import Campaign, CampaignKind, CampaignState
from dialer.campaigns.reasons import REASONS, in_words
from dialer.campaigns.settings import with_settings
from dialer.campaigns.turns import WhyNot
from dialer.campaigns.window import Window
from tests.dialer.campaigns.kept import CENTRE, ZONE, at, settings

WANTED = settings()
BARE = (1, CampaignKind.GENERAL, "corte", "Corte", WANTED.mode, CampaignState.RUNNING, WANTED.window, WANTED.rules)
RUNNING = with_settings(Campaign(*BARE, WANTED.queue, WANTED.line), WANTED)  # from Monday 23 to Monday 30 November 2026
READY = replace(RUNNING, state=CampaignState.READY)
NOW, AT_NIGHT = at(2026, 11, 26, 10), at(2026, 11, 28, 18, 5)
SOME = Due(ready=12, waiting=3, next_due_us=at(2026, 11, 26, 13))


CHRISTMAS = replace(RUNNING, window=Window(date(2026, 12, 21), date(2026, 12, 31)))
INSIDE = CENTRE.model_construct(**{name: getattr(CENTRE, name) for name in type(CENTRE).model_fields} | {"trunks": ()})


def explained(
    campaign: Campaign,
    at_us: int,
    *,
    due: Due = SOME,
    now_us: int = NOW,
    live: WhyNot | None = None,
    centre: Centre = CENTRE,
) -> Explanation:
    missing = lacking(campaign, centre)
    return explain(campaign, Calendar(ZONE), ZONE, due, at_us=at_us, now_us=now_us, lacking=missing, live=live)


@pytest.mark.parametrize(
    ("campaign", "at_us", "why"),
    [
        (RUNNING, NOW, None),
        (RUNNING, AT_NIGHT, WhyNot.OUT_OF_HOURS),
        (RUNNING, at(2026, 12, 1, 10), WhyNot.AFTER_WINDOW),
        (replace(RUNNING, state=CampaignState.PAUSED), NOW, WhyNot.PAUSED),
        (replace(RUNNING, state=CampaignState.DRAFT), at(2026, 11, 27, 10), WhyNot.WAITS_FOR_LIST),
        # What is ready is begun by its window: at this moment not yet, at a later one it will have been.
        (READY, NOW, WhyNot.NOT_STARTED),
        (READY, at(2026, 11, 27, 10), None),
        (READY, at(2026, 11, 22, 10), WhyNot.BEFORE_WINDOW),
    ],
)
def test_the_reason_is_that_of_the_moment(campaign: Campaign, at_us: int, why: WhyNot | None) -> None:
    assert explained(campaign, at_us).why_not is why


def test_without_anybody_whose_turn_it_is_nobody_is_called() -> None:
    assert explained(RUNNING, NOW, due=Due(waiting=3)).why_not is WhyNot.NOBODY_DUE


def test_what_the_dialer_says_counts_now_and_not_at_another_moment() -> None:
    assert explained(RUNNING, NOW, live=WhyNot.NO_AGENTS).why_not is WhyNot.NO_AGENTS
    assert explained(RUNNING, at(2026, 11, 26, 11), live=WhyNot.NO_AGENTS).why_not is None
    assert explained(replace(RUNNING, state=CampaignState.PAUSED), NOW, live=WhyNot.NO_AGENTS).why_not is WhyNot.PAUSED


# What follows from the tables, with tables that it follows from. Everything else is the dialer's to say.
TABLES = {
    WhyNot.WAITS_FOR_LIST: lambda: explained(replace(RUNNING, state=CampaignState.DRAFT), NOW),
    WhyNot.NOT_STARTED: lambda: explained(READY, NOW),
    WhyNot.PAUSED: lambda: explained(replace(RUNNING, state=CampaignState.PAUSED), NOW),
    WhyNot.ENDED: lambda: explained(replace(RUNNING, state=CampaignState.ENDED), NOW),
    WhyNot.BEFORE_WINDOW: lambda: explained(RUNNING, at(2026, 11, 22, 10)),
    WhyNot.AFTER_WINDOW: lambda: explained(RUNNING, at(2026, 12, 1, 10)),
    WhyNot.OUT_OF_HOURS: lambda: explained(RUNNING, AT_NIGHT),
    WhyNot.HOLIDAY: lambda: explained(CHRISTMAS, at(2026, 12, 25, 10)),
    WhyNot.NOBODY_DUE: lambda: explained(RUNNING, NOW, due=Due(waiting=3)),
    WhyNot.THEIR_AGENT: lambda: explained(RUNNING, NOW, due=Due(ready=2, kept=2)),
    WhyNot.NO_SERVICE: lambda: explained(replace(RUNNING, queue="cortes"), NOW),
    WhyNot.NO_LINE: lambda: explained(replace(RUNNING, line="1999"), NOW),
    WhyNot.NO_TRUNK: lambda: explained(RUNNING, NOW, centre=INSIDE),
}


@pytest.mark.parametrize("why", WhyNot)
def test_every_reason_is_said_of_the_tables_or_of_the_floor(why: WhyNot) -> None:
    found = TABLES[why]() if why in TABLES else explained(RUNNING, NOW, live=why)
    assert found.why_not is why


def test_customers_who_wait_for_their_agent_hold_up_nobody_else() -> None:
    assert explained(RUNNING, NOW, due=Due(ready=3, kept=2)).why_not is None


def test_what_keeps_all_from_being_called_is_said_before_whose_call_it_is() -> None:
    kept = Due(ready=2, kept=2)
    assert explained(RUNNING, NOW, due=kept, live=WhyNot.REFUSED).why_not is WhyNot.REFUSED
    assert explained(RUNNING, NOW, due=kept, live=WhyNot.NOBODY_DUE).why_not is WhyNot.THEIR_AGENT


def test_how_many_wait_for_their_agent_is_read() -> None:
    assert in_words(explained(RUNNING, NOW, due=Due(ready=2, kept=2)), ZONE) == (
        "A quienes les toca los llama el agente con quien acordaron la hora.",
        "No hay que hacer nada: si no los llama pronto, después los llama cualquier otro.",
        "2 clientes por llamar (2 con hora acordada con su agente), 0 en espera de su hora.",
    )


@pytest.mark.parametrize("live", [WhyNot.WAITS_FOR_LIST, WhyNot.NOT_STARTED, WhyNot.PAUSED, WhyNot.OUT_OF_HOURS])
def test_what_the_dialer_said_of_the_tables_before_they_changed_is_no_reason_any_more(live: WhyNot) -> None:
    assert explained(RUNNING, NOW, live=live).why_not is None


@pytest.mark.parametrize("why", WhyNot)
def test_every_reason_has_words_and_a_remedy(why: WhyNot) -> None:
    said, remedy = REASONS[why]
    assert said.endswith(".")
    assert remedy.endswith(".")


def test_an_explanation_is_read_as_sentences() -> None:
    assert in_words(explained(RUNNING, AT_NIGHT), ZONE) == (
        "Está fuera de su horario de llamadas.",
        "Espere, o cambie el horario en los ajustes.",
        "Su próxima hora de llamada: lunes 30/11/2026 08:00.",
        "12 clientes por llamar, 3 en espera de su hora; al primero le toca el jueves 26/11/2026 13:00.",
        "Según los ajustes, las listas y el calendario de ahora; qué agentes habrá no se puede saber.",
    )


def test_one_that_calls_says_so_shortly() -> None:
    assert in_words(explained(RUNNING, NOW, due=Due(ready=1, in_hand=2)), ZONE) == (
        "Puede llamar.",
        "1 cliente por llamar, 0 en espera de su hora, 2 en manos de un agente o sonando.",
    )


@pytest.mark.parametrize(
    ("campaign", "why"),
    [
        (RUNNING, None),
        (replace(RUNNING, queue="cortes"), WhyNot.NO_SERVICE),
        (replace(RUNNING, line="1999"), WhyNot.NO_LINE),
    ],
)
def test_a_campaign_lacks_what_the_centre_has_no_more(campaign: Campaign, why: WhyNot | None) -> None:
    assert lacking(campaign, CENTRE) is why


def test_without_a_trunk_nobody_is_called() -> None:
    assert lacking(RUNNING, INSIDE) is WhyNot.NO_TRUNK


def test_what_is_lacking_comes_after_the_hours_and_before_the_customers() -> None:
    of = (RUNNING, Calendar(ZONE), ZONE, Due())
    why = [explain(*of, at_us=it, now_us=NOW, lacking=WhyNot.NO_LINE).why_not for it in (NOW, AT_NIGHT)]
    assert why == [WhyNot.NO_LINE, WhyNot.OUT_OF_HOURS]


def test_customers_who_cannot_be_called_are_said() -> None:
    said = in_words(explained(RUNNING, NOW, due=Due(ready=1, set_aside=2)), ZONE)
    assert said[-1].startswith("2 clientes sin llamar: sus datos no se pueden leer, o la central rechaza sus llamadas.")
