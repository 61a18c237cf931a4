"""The menu file: the right one is read whole, a wrong one is refused with every fault, its line and the reason."""

from pathlib import Path

import pytest
import yaml

from callcenter.settings import PROJECT
from ivr.menus import file as menu_file
from ivr.menus.check import Known
from ivr.menus.file import MenuFileError
from ivr.menus.model import DEEPEST_LEVEL, SERVICES
from ivr.menus.walk import tree
from tests.ivr.menus.trees import KNOWN, LINES, TEXT, real

SMALL = """\
lines:
  - {number: "102", welcome: hola, menu: uno}
menus:
  - name: uno
    options:
      - {key: "1", title: Dos, say: a, menu: dos}
      - {key: "2", title: Debe, say: b, service: amount_owed}
  - name: dos
    options:
      - {key: "1", title: Persona, say: c, person: true}
"""


def faults(text: str, known: Known = KNOWN) -> list[str]:
    with pytest.raises(MenuFileError) as refused:
        menu_file.parse(text, known)
    return refused.value.faults


def changed(before: str, after: str) -> list[str]:
    assert before in SMALL
    return faults(SMALL.replace(before, after))


def test_the_menus_of_all_eleven_lines_are_right_and_short() -> None:
    menus = real()
    assert [line.number for line in menus.lines] == list(LINES)
    assert all(len(menu.options) <= 5 for menu in menus.menus)
    deepest = [text for line in LINES for text in tree(menus, line) if text.strip().startswith("menu ")]
    assert {text.index("menu ") for text in deepest} <= {2, 6}


def test_every_self_service_can_be_reached() -> None:
    reached = {option.service for menu in real().menus for option in menu.options if option.service}
    assert reached == SERVICES


def test_every_prompt_of_the_menus_has_a_text() -> None:
    folder = PROJECT / "ivr" / "prompts"
    texts = set[str]().union(*(yaml.safe_load(path.read_text("utf-8")) for path in folder.glob("texts*.yaml")))
    menu_file.parse(TEXT, Known(LINES, texts))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("menu: dos}", "menu: tres}", "line 6: menu 'tres' is not under menus"),
        ("menu: uno}", "menu: cero}", "line 2: menu 'cero' is not under menus"),
        ("amount_owed", "amount", "line 7: there is no service 'amount'"),
        ("person: true", 'line: "105"', "line 10: the centre has no line '105'"),
        ('number: "102"', 'number: "105"', "line 2: the centre has no line '105'"),
        ('key: "2"', 'key: "1"', "line 7: key 1 is used twice in menu 'uno'"),
        ('key: "2"', 'key: "0"', "line 7: menus.0.options.1.key: 0 is taken at every level"),
        ('key: "2"', 'key: "*"', "line 7: menus.0.options.1.key: * is taken at every level"),
        ('key: "2"', 'key: "12"', "line 7: menus.0.options.1.key: write one key"),
        (", person: true", "", "line 10: menus.1.options.0: a dead end"),
        (", person: true", ', person: true, line: "101"', "line 10: menus.1.options.0: leads to line and person"),
        ("person: true", "menu: uno", "line 6: menu 'uno' leads back to itself through 'dos': a loop without exit"),
        ("menu: dos}", "person: true}", "line 8: menu 'dos' cannot be reached from any line"),
        ("service: amount_owed", "menu: dos", "line 6: menu 'dos' is reached from more than one place"),
        ("title: Dos", "title: 'Dos|tres'", "line 6: menus.0.options.0.title"),
        ("say: a", "say: '${SHELL(x)}'", "line 6: menus.0.options.0.say"),
        ("name: dos", "name: 'dos,s,1'", "line 8: menus.1.name"),
    ],
)
def test_what_is_wrong_is_reported_with_its_line(before: str, after: str, expected: str) -> None:
    assert any(fault.startswith(expected) for fault in changed(before, after)), changed(before, after)


def test_a_menu_without_options_is_a_dead_end() -> None:
    assert "line 8: menu 'dos' is a dead end: it has no options" in faults(
        SMALL[: SMALL.rindex("options")] + "options: []\n"
    )


def test_a_loop_that_no_line_reaches_is_reported_too() -> None:
    ring = SMALL.replace("menu: dos}", "person: true}").replace("c, person: true", "c, menu: dos")
    assert any("a loop without exit" in fault for fault in faults(ring))


def test_a_prompt_without_text_is_reported_where_it_is_named() -> None:
    found = faults(SMALL, Known(LINES, {"hola", "a", "b"}))
    assert "line 10: prompt 'c' has no text in the catalogue" in found
    assert "line 3: prompt 'marque-1' has no text in the catalogue" in found


def test_a_menu_too_deep_is_reported_once() -> None:
    levels = range(1, DEEPEST_LEVEL + 3)
    last = max(levels)
    text = "lines:\n  - {number: '102', welcome: hola, menu: m1}\nmenus:\n" + "".join(
        f"  - {{name: m{n}, options: [{{key: '1', title: x, say: x, "
        f"{f'menu: m{n + 1}' if n < last else 'person: true'}}}]}}\n"
        for n in levels
    )
    assert faults(text) == [f"line {3 + DEEPEST_LEVEL + 1}: menu 'm{DEEPEST_LEVEL + 1}' lies deeper than 3 levels"]


def test_every_fault_is_reported_at_once_in_the_order_of_the_lines() -> None:
    wrong = SMALL.replace("menu: dos}", "menu: tres}").replace("amount_owed", "amount").replace('"102"', '"105"')
    assert [fault.split(":")[0] for fault in faults(wrong)] == ["line 2", "line 6", "line 7", "line 8"]


@pytest.mark.parametrize("text", ["", "[]", "lines: [", "lines: []\n", "lines: {}\nlines: {}\n", "a: &a [*a]"])
def test_what_is_no_menu_file_at_all_is_refused(text: str) -> None:
    assert faults(text)[0].startswith("line ")


def test_the_survey_has_at_most_three_questions_and_known_lines() -> None:
    survey = "survey: {questions: [{name: q, say: q}], lines: ['105']}\n"
    assert faults(SMALL + survey) == ["line 11: the centre has no line '105'"]
    four = ", ".join(f"{{name: q{n}, say: q}}" for n in range(4))
    assert "survey.questions" in faults(f"{SMALL}survey: {{questions: [{four}]}}\n")[0]


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MenuFileError, match="cannot be read"):
        menu_file.load(tmp_path / "none.yaml", KNOWN)
