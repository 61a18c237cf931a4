"""The centre file: a right one is read whole, a wrong one is refused with line and reason."""

from datetime import date
from pathlib import Path

import pytest

from callcenter.centre.file import CentreFileError, load, parse
from callcenter.settings import PROJECT

RIGHT = (PROJECT / "centre.yaml").read_text(encoding="utf-8")


def faults(text: str) -> list[str]:
    with pytest.raises(CentreFileError) as refused:
        parse(text)
    return refused.value.faults


def line_of(needle: str, text: str = RIGHT) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if needle in line)


def test_the_five_queues_of_the_design_and_the_twelve_services_are_there() -> None:
    centre = load(PROJECT / "centre.yaml")
    assert {"101", "102", "103", "104", "109"} <= set(centre.queues_by_name)
    assert len(centre.lines) + len(centre.outbound) == 12


def test_the_lines_that_the_procedure_names_for_the_att_count_and_no_others() -> None:
    (rule,) = load(PROJECT / "centre.yaml").service_level
    assert set(rule.measured_lines) == {"101", "104", "800131313", "4639999"}


def test_a_date_that_is_none_is_reported_with_its_line() -> None:
    text = RIGHT.replace("2019-01-01", "2019-13-01")
    assert faults(text) == [f"line {line_of('2019-13-01', text)}: month must be in 1..12"]


def test_a_line_that_leads_to_no_queue_is_reported_with_its_line() -> None:
    text = RIGHT.replace("queue: tv", "queue: television")
    assert faults(text) == [f"line {line_of('queue: television', text)}: queue 'television' is not under queues"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (('line: "102", hours: salientes', 'line: "190", hours: salientes'), "line '190' is not under lines"),
        (("hours: salientes, ", "hours: nunca, "), "hours 'nunca' is not under hours"),
    ],
)
def test_an_outbound_service_with_a_line_or_hours_that_are_not_there_is_reported(
    changed: tuple[str, str], reason: str
) -> None:
    text = RIGHT.replace(*changed)
    assert faults(text) == [f"line {line_of('name: prepago', text)}: {reason}"]


def test_a_fault_in_the_defaults_is_reported_once() -> None:
    text = RIGHT.replace("ring_seconds: 15", "ring_seconds: never")
    (fault,) = faults(text)
    assert fault.startswith(f"line {line_of('ring_seconds')}: queue_defaults.ring_seconds")


def test_every_fault_is_reported_at_once() -> None:
    text = RIGHT.replace("target_percent: 80", "target_percent: 180").replace("America/La_Paz", "America/Cochabamba")
    assert len(faults(text)) == 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("centre: [", "line 1"),
        ("centre: {}\ncentre: {}", "stands twice"),
        ("", "line 1"),
        ("[]", "line 1"),
        ("a: &a [*a]", "line 1"),
        pytest.param("\n" + "- " * 100_000, "line 2: nested more than", id="nested"),
    ],
)
def test_what_is_no_centre_at_all_is_refused(wrong: str, reason: str) -> None:
    assert reason in faults(wrong)[0]


def test_an_extension_given_twice_is_refused() -> None:
    assert "'1001' stands twice in agents" in faults(RIGHT.replace('"1002"', '"1001"'))[0]


def test_a_queue_name_that_would_reach_into_the_dialplan_is_refused() -> None:
    assert faults(RIGHT.replace("name: tv,", 'name: "tv,1(${SHELL(x)})",'))


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CentreFileError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_a_past_month_keeps_the_rule_it_was_reported_under() -> None:
    later = (
        "service_level:\n"
        "  - {valid_from: 2026-11-01, threshold_seconds: 15, target_percent: 85, measured_lines: ['101']}\n"
    )
    centre = parse(RIGHT.replace("service_level:\n", later))
    assert centre.rule_on(date(2026, 10, 31)).threshold_seconds == 20
    assert centre.rule_on(date(2026, 11, 1)).threshold_seconds == 15
    with pytest.raises(LookupError):
        centre.rule_on(date(2018, 12, 31))


def test_queues_that_differ_in_capitals_only_are_one_to_asterisk_and_refused() -> None:
    text = RIGHT.replace("{name: tv, title", "{name: MIO, title").replace("queue: tv", "queue: mio")
    assert f"line {line_of('name: mio,')}: 'mio' stands twice in queues" in faults(text)


def test_a_queue_is_found_in_whatever_letters_it_is_named() -> None:
    centre = parse(RIGHT.replace("{name: mio, title", "{name: Mio, title").replace("queue: mio", "queue: MIO"))
    assert centre.lines_by_number["800130001"].queue == "mio"
    assert "mio" in centre.queues_by_name


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ('{extension: "1001", queues: {"101": 0,', '{extension: "1001", queues: {Mio: 0, mio: 1,', "agents.0.queues"),
        ('  queues: {"102": 365}', "  queues: {Mio: 365, mio: 30}", "recordings.queues"),
    ],
)
def test_what_is_said_of_one_queue_in_two_spellings_is_refused(right: str, wrong: str, place: str) -> None:
    text = RIGHT.replace(right, wrong)
    (fault,) = faults(text)
    assert fault.startswith(f"line {line_of(wrong, text)}: {place}: ")
    assert fault.endswith("'Mio' and 'mio' are one queue, which stands twice: leave one of them out")


def test_an_agent_serves_a_queue_in_whatever_letters_it_is_named() -> None:
    text = RIGHT.replace('{extension: "1001", queues: {"101": 0,', '{extension: "1001", queues: {MIO: 3, "101": 0,')
    assert parse(text).agents[0].queues["mio"] == 3
