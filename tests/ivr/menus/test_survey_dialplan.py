"""The survey as dialplan: which lines have one, and what can come into the ledger."""

import re

from ivr.menus.model import Menus
from ivr.menus.survey_dialplan import compile_survey, context_name


def menus(*questions: str, lines: tuple[str, ...] = ("102",)) -> Menus:
    asked = [{"name": name, "say": f"encuesta-{name}"} for name in questions]
    entrances = [{"number": "102", "welcome": "bienvenida-102"}]
    return Menus.model_validate({"lines": entrances, "survey": {"questions": asked, "lines": lines}})


def test_each_line_of_the_survey_has_a_context_with_every_question_in_order() -> None:
    text = compile_survey(menus("atencion", "solucion", lines=("102", "103")))
    assert re.findall(r"^\[(.+)\]$", text, re.MULTILINE) == [context_name("102"), context_name("103")]
    asked = re.findall(r"Read\(TRONCAL_ANSWER,troncal/([a-z-]+),1,,1,6\)", text)
    assert asked == ["encuesta-atencion", "encuesta-solucion"] * 2
    assert text.count("troncal/encuesta-otra-vez&troncal/encuesta-atencion") == 2


def test_without_questions_there_is_no_survey() -> None:
    assert compile_survey(menus()) == ""


def test_what_is_written_was_filtered_to_the_answers() -> None:
    text = compile_survey(menus("atencion"))
    assert text.index("FILTER(1-5,${TRONCAL_ANSWER})") < text.index("SURVEYED,atencion|${TRONCAL_ANSWER})")


def test_the_row_names_the_queue_the_call_and_the_agent() -> None:
    row = "QueueLog(${TRONCAL_QUEUE},${TRONCAL_CALL},${MEMBERNAME},SURVEYED,atencion|${TRONCAL_ANSWER})"
    assert row in compile_survey(menus("atencion"))


def test_every_jump_leads_to_a_label_that_stands_once() -> None:
    text = compile_survey(menus("a", "b", "c"))
    labels = re.findall(r"same => n\((\w+)\)", text)
    jumps = set(re.findall(r"\?(\w+)\)$|Goto\((\w+)\)$", text, re.MULTILINE))
    assert len(labels) == len(set(labels)) == 6
    assert {one or other for one, other in jumps} == set(labels)


def test_nobody_is_kept_each_question_is_asked_twice_at_most() -> None:
    text = compile_survey(menus("atencion", "solucion"))
    assert text.count("Read(") == 4
    forward = [text.index(f"n({label})") > text.index(f"?{label})") for label in ("said1", "said2")]
    assert all(forward) and text.index("n(over1)") > text.index("Goto(over1)")
    assert text.rstrip().endswith("Goto(troncal-goodbye,s,1)")
