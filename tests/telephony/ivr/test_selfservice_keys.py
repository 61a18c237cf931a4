"""Real calls: the keys that mean the same everywhere, pressed within a self-service."""

import pytest

from tests.telephony.ivr.test_selfservice import ALONE, one, prompts
from tests.telephony.phones.visits import goal, visit
from tests.telephony.running_centre import RunningCentre

pytestmark = [pytest.mark.telephony, pytest.mark.slow, pytest.mark.timeout(120)]

WITHOUT_ORDERS = "SELECT t.number FROM contracts o JOIN customer_telephones t ON t.customer_id = o.customer_id"
WITHOUT_ORDERS += f" WHERE {ALONE} AND o.number NOT IN (SELECT contract FROM work_orders) ORDER BY t.number"


async def test_hash_says_it_again_as_in_the_menus_and_star_leads_back_to_them(centre: RunningCentre) -> None:
    number = str(one(centre, WITHOUT_ORDERS)[0])
    async with visit(centre, number, "103", "1") as call:
        await call.hears(*prompts("orden-ninguna"))
        await call.press("#")
        await call.hears(*prompts("orden-ninguna", "servicio-opciones", "orden-ninguna"))
        await call.press("*")
        await call.hears(then="troncal/opcion-estado-orden")
    assert goal(centre, number) == ("order_state", "nothing")


async def test_zero_is_heard_while_information_is_said(centre: RunningCentre) -> None:
    number = str(centre.rows(f"{WITHOUT_ORDERS} LIMIT 2")[1][0])  # at once: given
    async with visit(centre, number, "103", "1") as call:
        await call.hears(then="troncal/orden-ninguna")
        await call.press("0")
        await call.reaches_a_person()
    assert "troncal/servicio-opciones" not in call.heard.by(number)
