"""What the campaigns' engine does in one look, and over hours of looks."""

from collections.abc import Sized

import pytest
from sqlalchemy import Engine, event, select

from callcenter.campaign_outcomes import ContactState
from callcenter.database.transactions import Database
from callcenter.messages.commands import Refusal
from callcenter.outgoing_calls import OutgoingResult
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, do_not_call
from dialer.campaigns.model import DialMode
from dialer.campaigns.turns import WhyNot
from tests.dialer.campaign_rows import add_contact
from tests.dialer.engine.looks import centre_with, looking, moved_to, numbers, states
from tests.dialer.engine.stage import CENTRE
from tests.dialer.engine.test_campaigns import first_contact, recorded, running_campaign

pytestmark = pytest.mark.database

HOUR = 3600


# -- what campaigns share --------------------------------------------------------------------------


async def test_an_agent_of_two_outbound_queues_has_one_call_placed_for_them(database: Database) -> None:
    await running_campaign(database, *numbers(10, 3))
    other = await running_campaign(database, *numbers(20, 3))
    await moved_to(database, other, queue="cortes")
    async with looking(database, centre_with("prepago", "cortes")) as looks:
        looks.free("1003", "prepago", "cortes")
        why = [await looks.look(), await looks.look(1)]
        assert len(looks.rung) == 1
    assert [each[other.id] for each in why] == [WhyNot.OTHERS_FIRST] * 2


async def test_agents_of_two_queues_are_shared_out_between_them(database: Database) -> None:
    await running_campaign(database, *numbers(10, 9))
    other = await running_campaign(database, *numbers(20, 9))
    await moved_to(database, other, queue="cortes")
    async with looking(database, centre_with("prepago", "cortes")) as looks:
        for member in range(6):
            looks.free(f"100{member}", "prepago", "cortes")
        looks.free("1009", "cortes")
        await looks.look()
        assert sorted(each[:4] for each in looks.rung) == ["7010"] * 4 + ["7020"] * 3


@pytest.mark.parametrize("mode", [DialMode.PROGRESSIVE, DialMode.PREDICTIVE])
async def test_campaigns_of_one_queue_share_its_agents(database: Database, mode: DialMode) -> None:
    for prefix in (10, 20, 30):
        await running_campaign(database, *numbers(prefix, 20), mode=mode)
    async with looking(database, centre_with("prepago")) as looks:
        for member in range(9):
            looks.free(f"100{member}", "prepago")
        await looks.look()
        shares = [sum(each.startswith(f"70{prefix}") for each in looks.rung) for prefix in (10, 20, 30)]
    assert min(shares) >= 3 and max(shares) - min(shares) <= 1


async def test_a_single_agent_is_called_for_by_one_campaign_after_the_other(database: Database) -> None:
    campaigns = [await running_campaign(database, *numbers(prefix, 9)) for prefix in (10, 20)]
    async with looking(database, centre_with("prepago")) as looks:
        looks.free("1003", "prepago")
        for _ in range(4):
            why = await looks.look(1)
            assert sorted(map(str, why.values())) == sorted(map(str, (None, WhyNot.OTHERS_FIRST)))
            await recorded(database, looks.commands[-1].reference, OutgoingResult.BUSY)
        assert [each[:4] for each in looks.rung] == ["7010", "7020"] * 2
    assert len(campaigns) == 2


async def test_campaigns_share_the_trunk_whatever_their_mode(database: Database) -> None:
    await running_campaign(database, *numbers(10, 30), mode=DialMode.AGENTLESS)
    await running_campaign(database, *numbers(20, 30))
    await running_campaign(database, *numbers(30, 30), mode=DialMode.AGENTLESS)
    async with looking(database, centre_with("prepago", channels=10)) as looks:
        for member in range(2):
            looks.free(f"100{member}", "prepago")
        await looks.look()
        shares = [sum(each.startswith(f"70{prefix}") for each in looks.rung) for prefix in (10, 20, 30)]
        assert shares == [4, 2, 4]


async def test_a_campaign_that_finds_the_trunk_full_says_so_and_has_the_next_channel(database: Database) -> None:
    first = await running_campaign(database, *numbers(10, 9), mode=DialMode.AGENTLESS)
    async with looking(database, centre_with("prepago", channels=2)) as looks:
        await looks.look()
        second = await running_campaign(database, *numbers(20, 9), mode=DialMode.AGENTLESS)
        assert (await looks.look(1)) == {first.id: WhyNot.TRUNK_FULL, second.id: WhyNot.TRUNK_FULL}
        await recorded(database, looks.commands[0].reference, OutgoingResult.BUSY)
        await looks.look(1)
        looks.trunk.see(1)
        await looks.look(1)
        assert [each[:4] for each in looks.rung] == ["7010", "7010", "7020"]


# -- who is not to be called -----------------------------------------------------------------------


async def test_barred_customers_at_the_front_of_a_campaign_cost_one_look(database: Database) -> None:
    barred = numbers(10, 90)
    await running_campaign(database, *barred, "70700001")
    rows = [{"number": each, "added_us": 1, "added_by": "jefa"} for each in barred]
    async with database.transaction() as connection:
        await connection.execute(do_not_call.insert(), rows)
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        await looks.look()
        assert looks.rung == ["70700001"]
    assert await states(database) == [ContactState.OVER] * 90 + [ContactState.CALLING]


async def test_no_look_takes_forever_however_many_are_barred(database: Database) -> None:
    barred = numbers(10, 700)
    campaign = await running_campaign(database)
    await add_contact(database, campaign, barred[0])
    async with database.transaction() as connection:
        one = (await connection.execute(select(campaign_contacts))).mappings().one()
        more = [dict(one) | {"id": None, "customer": each, "numbers": f'["{each}"]'} for each in barred[1:]]
        await connection.execute(
            campaign_contacts.insert(), [{k: v for k, v in it.items() if k != "id"} for it in more]
        )
        await connection.execute(
            do_not_call.insert(), [{"number": each, "added_us": 1, "added_by": "jefa"} for each in barred]
        )
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        await looks.look()
        settled = (await states(database)).count(ContactState.OVER)
        await looks.look(1)
        assert 400 <= settled <= 600 and (await states(database)).count(ContactState.OVER) == 700


# -- calls that are refused ------------------------------------------------------------------------


async def test_a_campaign_whose_calls_are_all_refused_for_good_gives_up_and_says_so(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    campaign = await running_campaign(database, *numbers(10, 30))
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        looks.refuses = lambda command: Refusal.INVALID
        why = [(await looks.look(10))[campaign.id] for _ in range(HOUR // 10)]
        assert len(looks.rung) == len(set(looks.rung)) == 5
        assert set(why[1:]) <= {WhyNot.REFUSED, None} and why[-1] is WhyNot.REFUSED
        assert sum("dials no more until" in each for each in caplog.messages) == 1
        looks.refuses = lambda command: None
        await moved_to(database, campaign, line="101")
        await looks.look(10)
        assert len(looks.rung) == 6
    assert ContactState.SET_ASIDE not in await states(database)


async def test_a_customer_whose_calls_alone_are_refused_is_set_aside(database: Database) -> None:
    await running_campaign(database, "70700001", *numbers(10, 30))
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        looks.refuses = lambda command: Refusal.ASTERISK_REFUSED if "70700001" in command.interface else None
        for _ in range(HOUR // 10):
            before = len(looks.rung)
            await looks.look(10)
            if looks.rung[before:] not in ([], ["70700001"]):
                await recorded(database, looks.commands[-1].reference, OutgoingResult.BUSY)
        assert looks.rung.count("70700001") == 3
    assert (await states(database))[0] == ContactState.SET_ASIDE


@pytest.mark.parametrize("reason", [Refusal.ASTERISK_AWAY, Refusal.BUSY, Refusal.EXPIRED])
async def test_a_refusal_that_passes_stops_no_campaign(database: Database, reason: Refusal) -> None:
    campaign = await running_campaign(database, "70700001")
    async with looking(database) as looks:
        looks.free("1003", "prepago")
        looks.refuses = lambda command: reason
        why = [(await looks.look(10))[campaign.id] for _ in range(HOUR // 30)]
        assert len(looks.rung) == 40 and WhyNot.REFUSED not in why


# -- many attempts at once -------------------------------------------------------------------------


async def test_no_statement_names_all_attempts_that_are_open(database: Database) -> None:
    campaign = await running_campaign(database, "70700001")
    contact = await first_contact(database)
    row = {"contact_id": contact, "campaign_id": campaign.id, "mode": "progressive", "epoch": 1, "ends_us": 2**60}
    many = [row | {"reference": f"a{each}", "number": f"{each}", "begun_us": each} for each in range(1500)]
    async with database.transaction() as connection:
        await connection.execute(campaign_attempts.insert(), many)
    await recorded(database, "a1499")
    asked = list[int]()

    def count(
        _connection: object, _cursor: object, _statement: str, values: Sized, _context: object, many: bool
    ) -> None:
        asked.append(0 if many else len(values))

    event.listen(Engine, "before_cursor_execute", count)
    try:
        async with looking(database) as looks:
            await looks.look()
            assert looks.engine.unheard_of == 1499
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert max(asked) < 999


# -- what the centre has no more -------------------------------------------------------------------


@pytest.mark.parametrize("mode", [DialMode.AGENTLESS, DialMode.PROGRESSIVE])
@pytest.mark.parametrize(
    ("values", "why"), [({"queue": "cortes"}, WhyNot.NO_SERVICE), ({"line": "1999"}, WhyNot.NO_LINE)], ids=str
)
async def test_a_campaign_whose_place_in_the_centre_is_gone_calls_nobody_and_says_why(
    database: Database, mode: DialMode, values: dict[str, str], why: WhyNot
) -> None:
    campaign = await running_campaign(database, *numbers(10, 3), mode=mode)
    await moved_to(database, campaign, **values)
    beside = await running_campaign(database, "70700001")
    async with looking(database, CENTRE) as looks:
        looks.free("1003", "prepago", "cortes")
        seen = await looks.look()
        assert (looks.rung, seen) == (["70700001"], {campaign.id: why, beside.id: None})
