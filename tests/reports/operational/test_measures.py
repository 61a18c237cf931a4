"""Lengths, shares, names and the frame that the operational reports share."""

from datetime import date, timedelta
from decimal import Decimal

from callcenter.level.formulas import ServiceLevelCounts
from reports.kinds.asked import Asked
from reports.measures.frame import Names, subtitle, telephone
from reports.measures.lengths import length, mean, mean_number, share
from reports.measures.level_rules import level_rules
from tests.reports.made_records import ASKED, CENTRE, DAY, SCENE


def test_nothing_to_divide_by_is_not_known_and_no_length_is_negative() -> None:
    assert (share(0, 0), mean(5, 0), length(None)) == (None, None, None)
    assert (share(1, 3), share(2, 3)) == (Decimal("33.33"), Decimal("66.67"))
    assert (mean_number(0, 0), mean_number(7, 3), mean_number(1, 200)) == (None, Decimal("2.33"), Decimal("0.01"))
    assert (length(-1), mean(-5, 2), mean(5, 2)) == (timedelta(0), timedelta(0), timedelta(microseconds=2))


def test_a_level_below_its_target_is_not_rounded_up_to_it() -> None:
    rules = level_rules(CENTRE, ASKED)
    assert rules.level(ServiceLevelCounts(answered=100_000, within=79_999)) == Decimal("79.99")
    assert rules.level(ServiceLevelCounts()) is None
    assert rules.in_words() == "Nivel de servicio: fórmula A, umbral de 20 s, meta 80,00 %"


def test_what_is_called_by_its_name_and_what_is_gone_by_its_number() -> None:
    names = Names(CENTRE, {"1001": "Ana Rojas"})
    assert (names.agent("1001"), names.agent("1009"), names.agent("")) == ("1001 Ana Rojas", "1009", "sin agente")
    assert (names.queue("101"), names.queue("gone"), names.queue("")) == ("101 Reclamos técnicos", "gone", "sin cola")
    assert (names.line("102"), names.line("777"), names.line("")) == ("102 Facturación", "777", "sin línea")


def test_a_telephone_that_is_no_number_is_shown_as_it_came() -> None:
    shown = [telephone(caller, SCENE) for caller in ("70712345", "4251000", "", "99")]
    assert shown == ["707 12345", "4 425 1000", "Número privado", "99"]


def test_the_subtitle_says_days_and_filters() -> None:
    assert subtitle(ASKED) == "02/11/2026"
    asked = Asked(DAY, date(2026, 11, 30), lines=("101",), queues=("101", "102"), agents=("1001",))
    assert subtitle(asked) == "Del 02/11/2026 al 30/11/2026; líneas 101; colas 101, 102; agentes 1001"
