"""Lists over both databases: read, loaded, undone; refused where they should be; and cut at every step."""

import json
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import update

from callcenter.campaign_outcomes import ContactState
from callcenter.clock import now_us
from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_contacts, campaigns
from callcenter.records.lists import LOADED, list_files, list_loads, list_problems, listed_customers, payments
from callcenter.records.users import audit_log
from dialer.campaigns.model import CampaignKind, CampaignState
from dialer.contacts.model import rank_of
from dialer.do_not_call import bar
from dialer.lists.model import ListKind, LoadState
from dialer.lists.reading import ListReading
from dialer.lists.store import LoadRefused
from dialer.lists.work import LoadWork, begin_reading
from tests.backoffice.extracts.made_files import HEADINGS, page, text_file, workbook
from tests.dialer.lists.loads import BY, RULES, TERMS, DeadlyDatabase, Killed, Loads, report, row

pytestmark = pytest.mark.database


@pytest.fixture
def loads(database: Database) -> Loads:
    return Loads(database)


def test_what_counts_as_loaded_is_one_word() -> None:
    assert LoadState.LOADED == LOADED


async def test_a_list_is_previewed_loaded_and_undone(loads: Loads) -> None:
    campaign = await loads.campaign()
    mixed = [
        row(1),
        row(2),
        row(1, service="TV CABLE", telephone="4251234", expires="15/12/2026"),
        row(3, telephone="x"),
    ]
    load = await loads.read(campaign, report(*mixed, row(2), ("", "", "TOTAL", "", "", "")))
    counts = load.counts
    assert (load.state, load.rows_read, counts.rows) == (LoadState.PREVIEWED, 6, 6)
    assert (counts.customers, counts.new, counts.known, counts.merged) == (2, 2, 0, 1)
    assert (counts.errors, counts.repeated, counts.totals) == (1, 1, 1)
    assert [(each.row_number, each.kept) for each in await loads.store.problems(load.id)] == [(5, False), (6, False)]
    assert await loads.contacts() == {}
    await loads.store.load(load.id, BY)
    assert (await loads.work(load.id)).state is LoadState.LOADED
    first, second = await loads.contact_rows()
    assert (first["state"], json.loads(first["numbers"])) == ("ready", ["70000001", "44251234"])
    assert (first["service"], first["expires_on"]) == ("both", date(2026, 12, 15))
    assert first["rank"] < second["rank"]
    assert await loads.campaign_state(campaign) == CampaignState.READY
    assert (await loads.undone(load.id)).state is LoadState.UNDONE
    assert await loads.contacts() == {}
    assert await loads.campaign_state(campaign) == CampaignState.DRAFT
    assert await loads.is_clean()
    done = [each["what"] for each in await loads.rows(audit_log)]
    assert done == ["list.uploaded", "list.loaded", "campaign.ready", "list.undone", "campaign.emptied"]


async def test_a_list_may_be_loaded_again_after_it_was_undone(loads: Loads) -> None:
    campaign = await loads.campaign()
    content = report(row(1), row(2))
    first = await loads.loaded(campaign, content)
    before = await loads.contact_rows()
    await loads.undone(first.id)
    again = await loads.loaded(campaign, content)
    assert again.state is LoadState.LOADED
    assert await loads.contact_rows() == before


async def test_the_same_file_is_refused_with_its_name_and_when_it_was_loaded(loads: Loads) -> None:
    campaign, other = await loads.campaign(), await loads.campaign("otra")
    content = report(row(1))
    await loads.loaded(campaign, content, name="noviembre.csv")
    with pytest.raises(LoadRefused, match=r"«noviembre.csv», el \d\d/\d\d/\d{4} \d\d:\d\d"):
        await loads.upload(campaign, content, "otro nombre.csv")
    assert await loads.rows(list_files) == []
    assert len(await loads.rows(list_loads)) == 1
    assert (await loads.read(other, content)).state is LoadState.PREVIEWED


async def test_of_two_uploads_of_one_file_one_is_loaded(loads: Loads) -> None:
    campaign = await loads.campaign()
    first, second = [await loads.read(campaign, report(row(1))) for _ in range(2)]
    await loads.store.load(first.id, BY)
    with pytest.raises(LoadRefused, match="ya está cargado"):
        await loads.store.load(second.id, BY)


async def test_last_months_list_is_refused_with_the_span_named(loads: Loads) -> None:
    campaign = await loads.campaign()
    load = await loads.read(campaign, report(row(1, expires="31/10/2026"), row(2, expires="15/11/2026")))
    assert load.state is LoadState.REFUSED
    assert "del 30/11/2026 al 31/12/2026" in load.refusal
    assert await loads.is_clean()
    assert await loads.contacts() == {}


WORKBOOK, PAGE = workbook(Hoja1=[HEADINGS, row(1), row(2)]), page(HEADINGS, row(1), row(2))


@pytest.mark.parametrize("content", [WORKBOOK, PAGE], ids=["workbook", "page"])
async def test_a_list_is_read_whatever_program_wrote_it(loads: Loads, content: bytes) -> None:
    load = await loads.read(await loads.campaign(), content, name="reporte.xls")
    assert (load.state, load.counts.new, load.rows_read) == (LoadState.PREVIEWED, 2, 2)


async def test_a_general_campaign_takes_any_expiry(loads: Loads) -> None:
    campaign = await loads.campaign("general", kind=CampaignKind.GENERAL)
    load = await loads.read(campaign, report(row(1, expires="31/10/2026")))
    assert (load.state, load.counts.new) == (LoadState.PREVIEWED, 1)


@pytest.mark.parametrize("content", [b"%PDF-1.7 nothing", report(), report(row(1))[:40] + b'"', b"\0\0\0\1"])
async def test_of_what_is_refused_nothing_is_left(loads: Loads, content: bytes) -> None:
    load = await loads.read(await loads.campaign(), content)
    assert load.state in (LoadState.REFUSED, LoadState.UNMAPPED)
    assert load.refusal or load.header
    assert await loads.rows(listed_customers) == []
    assert await loads.rows(list_problems) == []


async def test_a_list_that_is_too_large_is_refused_with_the_limit_named(loads: Loads) -> None:
    many = report(*(row(number) for number in range(1, 5002)))
    load = await loads.read(await loads.campaign(), many)
    assert load.state is LoadState.REFUSED
    assert "5.000 filas" in load.refusal
    assert await loads.is_clean()


async def test_a_list_for_a_campaign_that_has_ended_is_refused(loads: Loads) -> None:
    ended = await loads.campaign(state=CampaignState.ENDED)
    with pytest.raises(LoadRefused, match="terminó"):
        await loads.upload(ended, report(row(1)))


async def test_columns_are_said_once_for_every_list_with_that_header(loads: Loads) -> None:
    campaign = await loads.campaign()
    odd = ("Id", "Contr", "Quien", "Donde", "Que", "Hasta")
    load = await loads.read(campaign, text_file(odd, row(1), row(2)))
    assert load.state is LoadState.UNMAPPED
    assert load.header is not None
    assert load.header.headings == odd
    assert load.header.examples[:4] == ("1; 2", "C1; C2", "CLIENTE 1; CLIENTE 2", "70000001; 70000002")
    fields = {0: "customer_code", 2: "name", 3: "telephones", 4: "service"}
    with pytest.raises(LoadRefused, match="Fecha de vencimiento"):
        await loads.store.say_columns(load.id, fields, BY)
    with pytest.raises(LoadRefused, match="Código de cliente o Contrato"):
        await loads.store.say_columns(load.id, {2: "name", 3: "telephones", 4: "service", 5: "expires_on"}, BY)
    with pytest.raises(LoadRefused, match="una sola columna"):
        await loads.store.say_columns(load.id, fields | {1: "name"}, BY)
    await loads.store.say_columns(load.id, fields | {5: "expires_on"}, BY)
    assert (await loads.work(load.id)).counts.new == 2
    later = await loads.read(campaign, text_file(odd, row(1), row(3)))
    assert (later.state, later.counts.new) == (LoadState.PREVIEWED, 2)


async def test_a_second_list_adds_to_customers_who_are_there(loads: Loads) -> None:
    campaign = await loads.campaign()
    await loads.loaded(campaign, report(row(1), row(2)))
    called = update(campaign_contacts).where(campaign_contacts.c.customer == "customer_code:2").values(attempts=2)
    async with loads.database.transaction() as connection:
        await connection.execute(called)
    second = await loads.loaded(campaign, report(row(2, service="TV CABLE", telephone="4251234"), row(3)))
    assert (second.counts.new, second.counts.known) == (1, 1)
    numbers = {name: numbers for name, (_, numbers) in (await loads.contacts()).items()}
    assert json.loads(numbers["customer_code:2"]) == ["70000002", "44251234"]
    before = await loads.contact_rows()
    assert before[1]["rank"] == rank_of(RULES, date(2026, 12, 31), "", 2)
    await loads.undone(second.id)
    contacts = await loads.contact_rows()
    assert [each["customer"] for each in contacts] == ["customer_code:1", "customer_code:2"]
    assert contacts[0] == before[0]
    assert (json.loads(contacts[1]["numbers"]), contacts[1]["service"]) == (["70000002"], "internet")


async def test_whoever_was_called_is_withdrawn_and_comes_back_with_the_list(loads: Loads) -> None:
    campaign = await loads.campaign()
    load = await loads.loaded(campaign, report(row(1), row(2)))
    await loads.attempt("customer_code:1")
    await loads.undone(load.id)
    assert {name: state for name, (state, _) in (await loads.contacts()).items()} == {"customer_code:1": "withdrawn"}
    assert await loads.campaign_state(campaign) == CampaignState.DRAFT
    await loads.loaded(campaign, report(row(1), row(2)))
    assert {state for state, _ in (await loads.contacts()).values()} == {"ready"}


async def test_whoever_was_set_aside_comes_back_with_a_list(loads: Loads) -> None:
    campaign = await loads.campaign()
    await loads.loaded(campaign, report(row(1), row(2)))
    async with loads.database.transaction() as connection:
        spoilt = update(campaign_contacts).where(campaign_contacts.c.customer == "customer_code:1")
        await connection.execute(spoilt.values(state=ContactState.SET_ASIDE.value, numbers="{"))
    await loads.loaded(campaign, report(row(1), row(3)))
    assert set((await loads.contacts()).values()) == {("ready", f'["7000000{number}"]') for number in (1, 2, 3)}


async def test_numbers_on_the_do_not_call_list_bar_a_customer_until_it_is_loaded(loads: Loads) -> None:
    campaign = await loads.campaign()
    await loads.database.write(lambda connection: bar(connection, "70000001", BY, "lo pidió", 1))
    load = await loads.read(campaign, report(row(1), row(2), row(3, telephone="70000001 / 4251234")))
    assert (load.counts.barred, load.counts.new) == (1, 2)
    await loads.database.write(lambda connection: bar(connection, "70000002", BY, "", 1))
    await loads.store.load(load.id, BY)
    await loads.work(load.id)
    assert set(await loads.contacts()) == {"customer_code:3"}


async def test_who_is_held_out_follows_from_seed_and_customer(loads: Loads) -> None:
    campaign = await loads.campaign(held_out_percent=30, held_out_seed=7)
    load = await loads.loaded(campaign, report(*(row(number) for number in range(1, 101))))
    held = {name for name, (state, _) in (await loads.contacts()).items() if state == "held_out"}
    assert len(held) == load.counts.held_out
    assert 15 < len(held) < 45
    other = await loads.campaign("otra", held_out_percent=30, held_out_seed=7)
    again = await loads.read(other, report(*(row(number) for number in range(100, 0, -1))))
    listed = [each for each in await loads.rows(listed_customers) if each["load_id"] == again.id]
    assert {each["customer"] for each in listed if each["held_out"]} == held


async def test_payments_are_loaded_and_undone(loads: Loads) -> None:
    content = text_file(
        ("Código", "Fecha de pago", "Monto"), ("1", "26/11/2026", "150,50"), ("1", "26/11/2026", "9,50")
    )
    load = await loads.loaded(None, content, kind=ListKind.PAYMENTS)
    assert (load.state, load.counts.payments, load.counts.amount) == (LoadState.LOADED, 2, Decimal("160.00"))
    assert [each["amount"] for each in await loads.rows(payments)] == [Decimal("150.50"), Decimal("9.50")]
    await loads.undone(load.id)
    assert await loads.rows(payments) == []


async def test_a_cancelled_list_leaves_nothing(loads: Loads) -> None:
    campaign = await loads.campaign()
    load = await loads.read(campaign, report(row(1), row(2, telephone="x")))
    await loads.store.cancel(load.id, BY)
    assert (await loads.work(load.id)).state is LoadState.CANCELLED
    assert await loads.is_clean()
    assert len(await loads.store.problems(load.id)) == 1
    with pytest.raises(LoadRefused):
        await loads.store.load(load.id, BY)


async def test_a_list_that_is_cancelled_while_it_is_read_is_read_no_more(loads: Loads, database_url: str) -> None:
    load_id = await loads.upload(await loads.campaign(), report(row(1)))
    dying = DeadlyDatabase(database_url, 2, after=True)
    with pytest.raises(Killed):
        await loads.work(load_id, dying)
    await dying.close()
    await loads.store.cancel(load_id, BY)
    assert (await loads.work(load_id)).state is LoadState.CANCELLED
    assert await loads.is_clean()


async def test_a_list_of_nobody_is_not_loaded(loads: Loads) -> None:
    campaign = await loads.campaign()
    load = await loads.read(campaign, report(row(1, telephone="x"), row(2, telephone="44251000")))
    assert (load.state, load.counts.errors, load.counts.new) == (LoadState.PREVIEWED, 2, 0)
    with pytest.raises(LoadRefused, match="nada que cargar"):
        await loads.store.load(load.id, BY)
    assert await loads.campaign_state(campaign) == CampaignState.DRAFT


async def test_how_far_the_reading_is_is_written_once_a_second(loads: Loads, database_url: str) -> None:
    campaign = await loads.campaign()
    load_id = await loads.upload(campaign, report(*(row(number) for number in range(1, 101))))
    seconds = (tenth / 10 for tenth in count())
    await loads.database.write(lambda connection: begin_reading(connection, load_id, now_us()))
    dying = DeadlyDatabase(database_url, 7, after=True)
    work = LoadWork(dying, await loads.load(load_id), LoadState.READING, now_us)
    reading = ListReading(work, await loads.store.campaign(campaign), TERMS, lambda: next(seconds))
    with pytest.raises(Killed):
        await reading.run()
    await dying.close()
    load = await loads.load(load_id)
    assert (load.state, load.rows_in_all) == (LoadState.READING, 101)
    assert 20 < load.rows_read < 60


MONTH = report(*(row(number) for number in range(1, 900)), row(5, service="TV CABLE"), row(7, telephone="x"))
EARLIER = report(row(3, telephone="4251111"), row(4), row(2000))


async def cut(loads: Loads, url: str, load_id: int, *, after: bool) -> int:
    """Kill the work on a load at its first write, then at its second and so on, until it is done; how often."""
    for at in range(200):
        dying = DeadlyDatabase(url, at, after=after)
        try:
            await loads.work(load_id, dying)
            return at
        except Killed:
            assert (await loads.load(load_id)).refusal == ""
        finally:
            await dying.close()
    raise AssertionError("never done")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("after", [False, True], ids=["before-commit", "after-commit"])
async def test_whatever_is_killed_when_the_end_is_as_if_nothing_had_been(
    loads: Loads, database_url: str, after: bool
) -> None:
    campaign = await loads.campaign(state=CampaignState.READY)
    await loads.loaded(campaign, EARLIER)
    untouched = await loads.contact_rows()
    load = await loads.read(campaign, MONTH)
    await loads.store.load(load.id, BY)
    await loads.work(load.id)
    wanted, counts = await loads.contact_rows(), load.counts
    await loads.undone(load.id)
    assert await loads.contact_rows() == untouched

    load_id = await loads.upload(campaign, MONTH)
    assert await cut(loads, database_url, load_id, after=after) > 4
    assert (await loads.load(load_id)).counts == counts
    assert await loads.contact_rows() == untouched
    await loads.store.load(load_id, BY)
    assert await cut(loads, database_url, load_id, after=after) > 4
    assert await loads.contact_rows() == wanted
    await loads.store.undo(load_id, BY)
    assert await cut(loads, database_url, load_id, after=after) > 1
    assert await loads.contact_rows() == untouched


@pytest.mark.parametrize("at", range(4))
async def test_nobody_may_be_called_before_all_are_there(loads: Loads, database_url: str, at: int) -> None:
    campaign = await loads.campaign(state=CampaignState.RUNNING)
    load = await loads.read(campaign, MONTH)
    await loads.store.load(load.id, BY)
    dying = DeadlyDatabase(database_url, at, after=False)
    with pytest.raises(Killed):
        await loads.work(load.id, dying)
    await dying.close()
    there = await loads.contacts()
    assert len(there) == min(at * 400, load.counts.new)
    assert {state for state, _ in there.values()} <= {"arriving"}
    assert (await loads.rows(campaigns))[0]["state"] == CampaignState.RUNNING
    await loads.work(load.id)
    assert {state for state, _ in (await loads.contacts()).values()} == {"ready"}
    assert len(await loads.rows(campaign_contacts)) == load.counts.new
