"""Numbers, amounts, dates and telephone numbers as callers hear them."""

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.prompts import catalogue, speech
from ivr.prompts.speech import One
from tests.ivr.prompts.spoken import understood, words
from troncal.machines.debian import MACHINES, installed

TEXTS = dict(catalogue.texts())


def said(sounds: speech.Sounds) -> str:
    return words(sounds, TEXTS)


def test_every_number_up_to_9999_is_understood() -> None:
    assert [understood(speech.number(n)) for n in range(10_000)] == [*range(10_000)]


@given(st.integers(0, speech.HIGHEST), st.sampled_from(One))
def test_any_number_is_understood(n: int, one: One) -> None:
    assert understood(speech.number(n, one)) == n


@pytest.mark.parametrize(
    ("n", "heard"),
    [
        (0, "cero"),
        (21, "veintiuno"),
        (31, "treinta y uno"),
        (100, "cien"),
        (101, "ciento uno"),
        (555, "quinientos cincuenta y cinco"),
        (1_000, "mil"),
        (1_100, "mil cien"),
        (2_026, "dos mil veintiséis"),
        (21_021, "veintiún mil veintiuno"),
        (100_000, "cien mil"),
        (131_000, "ciento treinta y un mil"),
        (1_000_000, "un millón"),
        (2_000_001, "dos millones uno"),
        (21_001_000, "veintiún millones mil"),
        (701_999_900, "setecientos un millones novecientos noventa y nueve mil novecientos"),
    ],
)
def test_numbers_are_said_as_in_spanish(n: int, heard: str) -> None:
    assert said(speech.number(n)) == heard


@pytest.mark.parametrize("n", [-1, speech.HIGHEST + 1])
def test_a_number_that_cannot_be_said_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="is not between"):
        speech.number(n)


@pytest.mark.parametrize(
    ("amount", "heard"),
    [
        ("0", "cero bolivianos"),
        ("0.01", "un centavo"),
        ("0.50", "cincuenta centavos"),
        ("1", "un boliviano"),
        ("1.01", "un boliviano con un centavo"),
        ("21.21", "veintiún bolivianos con veintiún centavos"),
        ("31", "treinta y un bolivianos"),
        ("100", "cien bolivianos"),
        ("101", "ciento un bolivianos"),
        ("120.50", "ciento veinte bolivianos con cincuenta centavos"),
        ("120.5049", "ciento veinte bolivianos con cincuenta centavos"),
        ("0.995", "un boliviano"),
        ("1000000", "un millón de bolivianos"),
        ("2000000.10", "dos millones de bolivianos con diez centavos"),
        ("1000100", "un millón cien bolivianos"),
    ],
)
def test_amounts_are_said_as_in_bolivia(amount: str, heard: str) -> None:
    assert said(speech.bolivianos(Decimal(amount))) == heard


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity", "999999999.01"])
def test_an_amount_that_cannot_be_said_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="cannot be said"):
        speech.bolivianos(Decimal(amount))


def test_days_are_said_with_their_month_and_the_year_on_demand() -> None:
    assert said(speech.day(date(2026, 10, 5))) == "lunes cinco de octubre"
    assert said(speech.day(date(2026, 11, 1))) == "domingo primero de noviembre"
    assert said(speech.day(date(2026, 12, 31), year=True)) == "jueves treinta y uno de diciembre de dos mil veintiséis"


@pytest.mark.parametrize(
    ("when", "heard"),
    [
        (time(0, 0), "a las doce de la noche"),
        (time(1, 0), "a la una de la madrugada"),
        (time(8, 30), "a las ocho y treinta de la mañana"),
        (time(12, 1), "a las doce y uno del mediodía"),
        (time(13, 5), "a la una y cinco de la tarde"),
        (time(21, 0), "a las nueve de la noche"),
    ],
)
def test_hours_are_said_with_their_part_of_the_day(when: time, heard: str) -> None:
    assert said(speech.clock(when)) == heard
    assert said(speech.clock(when, at=False)) == heard.removeprefix("a ")


def test_minutes_are_said_in_the_right_number() -> None:
    assert [said(speech.minutes(n)) for n in (1, 2, 21)] == ["un minuto", "dos minutos", "veintiún minutos"]


def test_keys_are_said_one_by_one() -> None:
    assert speech.digits("10*#") == ("digits/1", "digits/0", "digits/star", "digits/pound")


@pytest.mark.parametrize("text", ["1a", "１", "²", "1 2", "../x"])
def test_what_is_on_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="on no telephone's keys"):
        speech.digits(text)


@pytest.mark.parametrize(
    ("dialled", "groups"),
    [
        ("101", [3]),
        ("4251000", [3, 4]),
        ("44251000", [1, 3, 4]),
        ("71234567", [3, 2, 3]),
        ("800130001", [3, 2, 4]),
        ("+5491122334455", [3, 3, 3, 3, 1]),
    ],
)
def test_telephone_numbers_have_pauses_where_people_make_them(dialled: str, groups: list[int]) -> None:
    sounds = speech.telephone(dialled)
    heard = " ".join(sounds).split("troncal/pausa")
    assert [len(group.split()) for group in heard] == groups
    assert tuple(s for s in sounds if s != "troncal/pausa") == speech.digits(dialled.removeprefix("+"))


def all_sounds() -> set[str]:
    """Every sound that any of the functions can name."""
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    hours = [time(hour, minute) for hour in range(24) for minute in range(60)]
    counts = [*range(1000), *(n * factor for n in range(1, 1000) for factor in (1_000, 1_000_000))]
    each = [
        *(speech.number(n, one) for n in counts for one in One),
        *(speech.bolivianos(Decimal(n) / 100) for n in range(300)),
        *(speech.bolivianos(Decimal(n)) for n in counts),
        *(speech.day(day, year=True) for day in days),
        *(speech.clock(when, at=at) for when in hours for at in (True, False)),
        *(speech.minutes(n) for n in range(100)),
        *(speech.telephone(number) for number in ("1234567890*#", "71234567")),
    ]
    return {sound for sounds in each for sound in sounds}


@pytest.fixture(scope="module")
def spanish() -> Path:
    root = installed(MACHINES)
    if root is None:
        pytest.skip("the machines are not set up; run `make setup`")
    return root.asterisk_data / "sounds" / "es"


def test_every_sound_that_is_named_exists(spanish: Path) -> None:
    own = {speech.prompt(name) for name in TEXTS}
    missing = {sound for sound in all_sounds() - own if not (spanish / f"{sound}.wav").is_file()}
    assert not missing
