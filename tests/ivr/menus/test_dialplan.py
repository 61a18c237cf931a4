"""Compiled menus: every valid tree compiles, no jump leads nowhere, and a caller hears what the walk says."""

import re

from hypothesis import given

from ivr.menus.dialplan import compile_menus, compiled, in_use
from ivr.menus.model import Menus
from ivr.menus.walk import Ending, Walk, walk
from tests.ivr.menus.interpreter import Dialplan, Event, heard
from tests.ivr.menus.trees import LINES, TEXT, menus, pressed, real

OUTSIDE = {("troncal-door", line) for line in (*LINES, "${TRONCAL_LINE}")} | {
    ("troncal-goodbye", "s"),
    ("troncal-service", "s"),
}
# The only things in it that are not known when it is compiled; the caller's number is filtered to digits.
OPEN_VALUES = {
    "${TRONCAL_CALL}",
    "${TRONCAL_LINE}",
    "${TRONCAL_TRIES}",
    "${GOSUB_RETVAL}",
    "${FILTER(0-9+,${CALLERID(num)})}",
}


@given(menus())
def test_every_jump_of_every_valid_tree_leads_somewhere(made: Menus) -> None:
    plan = Dialplan.parsed(_without_surveys(compile_menus(made, LINES)))
    for context, (target, extension, step) in plan.gotos():
        if (target, extension) not in OUTSIDE:
            assert step < len(plan.steps[target, extension]), (context, target, extension)


@given(menus())
def test_no_caller_can_reach_into_the_dialplan(made: Menus) -> None:
    text = _without_surveys(compile_menus(made, LINES))
    assert "exten => _" not in text
    rest = text
    for value in OPEN_VALUES:
        rest = rest.replace(value, "")
    assert "${" not in rest


@given(menus(), pressed())
def test_a_caller_hears_what_the_walk_says(made: Menus, keys: list[str]) -> None:
    text = _without_surveys(compile_menus(made, LINES))
    for line in (*made.lines_by_number, LINES[-1]):
        assert heard(text, line, keys) == _events(line, walk(made, line, keys))


@given(menus(), pressed())
def test_a_key_pressed_while_something_is_said_counts_the_same(made: Menus, keys: list[str]) -> None:
    text = _without_surveys(compile_menus(made, LINES))
    for line in made.lines_by_number:
        patient, eager = heard(text, line, keys), heard(text, line, keys, eager=True)
        assert [event for event in eager if event[0] != "said"] == [event for event in patient if event[0] != "said"]


@given(menus())
def test_a_silent_caller_always_comes_to_a_person(made: Menus) -> None:
    text = _without_surveys(compile_menus(made, LINES))
    for line in made.lines_by_number:
        for first in ([], ["i"]):
            assert heard(text, line, [*first, *"t" * 7], eager=True)[-1] == ("door", line)


@given(menus(), menus())
def test_other_menus_are_another_generation_and_both_stand_side_by_side(made: Menus, other: Menus) -> None:
    first, second = compiled(made, LINES), compiled(other, LINES)
    assert (first.generation == second.generation) == (first.contexts == second.contexts)
    if first.generation != second.generation:
        plan = Dialplan.parsed(_without_surveys(second.text([first.contexts])))
        assert Dialplan.parsed(_without_surveys(first.contexts)).contexts < plan.contexts


def test_a_caller_presses_through_the_real_menus_of_billing() -> None:
    events = heard(_without_surveys(compile_menus(real(), LINES)), "102", ["3", "*", "1", "end"])
    assert [text for kind, text in events if kind == "row"][1:] == [
        "IVRAPPEND|3|facturacion|Reclamos y certificados",
        "IVRAPPEND|star|factura-reclamos|",
        "IVRAPPEND|1|facturacion|Monto adeudado",
    ]
    assert events[-2:] == [("service", "amount_owed"), ("goodbye", "")]


def test_a_line_that_the_menus_do_not_name_goes_to_a_person() -> None:
    text = _without_surveys(compile_menus(real(), (*LINES, "110")))
    assert heard(text, "110", [])[-1] == ("door", "110")


def test_the_same_menus_are_the_same_generation() -> None:
    assert compiled(real(), LINES) == compiled(Menus.model_validate(real().model_dump()), LINES)


def test_a_change_of_the_survey_is_a_generation_too() -> None:
    asked_less = real().model_copy(update={"survey": real().survey.model_copy(update={"lines": ("101",)})})
    assert compiled(asked_less, LINES).generation != compiled(real(), LINES).generation
    assert "encuesta" in TEXT


def test_callers_in_a_survey_are_in_a_generation_too() -> None:
    made = compiled(real(), LINES)
    (question,) = re.findall(r"^\[(m-\w+-101-survey)\]", made.text(), re.MULTILINE)
    assert in_use(made.generation, {question})
    assert f"[troncal-survey-101]\nexten => s,1,Goto({question},s,1)" in made.entrance


def test_a_generation_is_in_use_while_somebody_is_in_it_or_in_a_service() -> None:
    assert in_use("0a1b2c3d", {"m-0a1b2c3d-facturacion"})
    assert in_use("0a1b2c3d", {"troncal-service"})
    assert not in_use("0a1b2c3d", {"m-99999999-facturacion", "troncal-queue-102"})


def _without_surveys(text: str) -> str:
    """The text without the survey's own contexts, whose dialplan is richer."""
    return re.sub(r"^\[(m-\w+-\d+-survey|troncal-survey-\d+)\]\n(?:.+\n)*", "", text, flags=re.MULTILINE)


def _events(line: str, walked: Walk) -> list[Event]:
    """A walk as the dialplan's events."""
    known = {"*": "star", "#": "hash"}
    caller = "${FILTER(0-9+,${CALLERID(num)})}"
    named = [("row", f"IVRSTART|{line}|{caller}")]
    for step in walked.steps:
        if step.key:
            named.append(("row", f"IVRAPPEND|{known.get(step.key, step.key)}|{step.menu}|{step.title}"))
        if step.service:
            named.append(("service", step.service))
        named += [("said", name) for name in step.said]
    match walked.ending:
        case Ending.LISTENING:
            named.append(("listening", walked.target))
        case Ending.PERSON:
            named.append(("door", walked.target))
        case Ending.GOODBYE:
            named.append(("goodbye", ""))
        case Ending.SERVICE:
            pass
    return named
