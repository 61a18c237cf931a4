"""Walking and drawing menus as text."""

import pytest
from hypothesis import given

from ivr.menus.model import Menus
from ivr.menus.walk import Ending, NotKeys, Walk, forest, keys_of, tree, walk
from tests.ivr.menus.trees import menus, real


def ends(line: str, keys: str) -> tuple[Ending, str]:
    walked: Walk = walk(real(), line, keys_of(keys))
    return walked.ending, walked.target


def test_zero_leads_to_a_person_at_every_level() -> None:
    assert ends("102", "0") == ends("102", "3,0") == (Ending.PERSON, "102")


def test_star_leads_to_the_level_above_and_hash_says_the_menu_again() -> None:
    walked = walk(real(), "102", keys_of("3,#,*"))
    assert walked.target == "facturacion"
    assert [step.said[0] for step in walked.steps[1:]] == [
        "opcion-pagado-sin-servicio",
        "opcion-pagado-sin-servicio",
        "opcion-monto-adeudado",
    ]


def test_silence_and_keys_that_are_no_option_end_with_a_person_after_the_retries() -> None:
    assert ends("102", "t,9") == (Ending.LISTENING, "facturacion")
    assert ends("102", "t,9,t") == (Ending.PERSON, "102")


def test_another_key_does_not_give_the_retries_back_but_another_menu_does() -> None:
    assert ends("102", "t,9,#,t") == (Ending.PERSON, "102")
    assert ends("102", "t,9,3,t,t") == (Ending.LISTENING, "factura-reclamos")


def test_the_result_of_a_service_decides_where_the_caller_goes() -> None:
    assert ends("102", "1") == (Ending.SERVICE, "amount_owed")
    assert ends("102", "1,person") == (Ending.PERSON, "102")
    assert ends("102", "1,end") == (Ending.GOODBYE, "")
    assert ends("102", "1,menu") == (Ending.LISTENING, "facturacion")
    assert ends("102", "1,2") == (Ending.SERVICE, "prepaid_expiry")


def test_an_option_may_lead_to_the_agents_of_another_line() -> None:
    assert ends("4522222", "3,1") == (Ending.PERSON, "101")


def test_keys_after_the_end_are_listed() -> None:
    assert walk(real(), "102", keys_of("0,1,2")).left == ("1", "2")
    assert walk(real(), "4251000", keys_of("1")).left == ("1",)


@pytest.mark.parametrize(
    ("text", "keys"), [("1,2,#", ("1", "2", "#")), ("12#", ("1", "2", "#")), (" 1 end t", ("1", "end", "t")), ("", ())]
)
def test_keys_are_written_with_commas_or_without(text: str, keys: tuple[str, ...]) -> None:
    assert keys_of(text) == keys


@pytest.mark.parametrize("text", ["1,x", "ende", "1;2", "${X}", "１"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NotKeys, match="is no key"):
        keys_of(text)


def test_the_tree_of_a_line_shows_every_option_once() -> None:
    drawn = "\n".join(tree(real(), "102"))
    assert drawn.count("Monto adeudado") == 1
    assert "3 Reclamos y certificados (opcion-reclamos-factura) -> menu factura-reclamos" in drawn
    assert "1 Pagado y sin servicio (opcion-pagado-sin-servicio) -> line 101" in drawn


@given(menus())
def test_the_forest_names_every_menu_and_option(made: Menus) -> None:
    drawn = "\n".join(forest(made))
    assert all(drawn.count(f"menu {menu.name}:") == 1 for menu in made.menus)
    assert drawn.count("0 a person") == len(made.menus)
