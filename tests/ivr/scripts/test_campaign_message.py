"""The script `campaign-message`: what customers hear, and what follows from their key."""

from collections.abc import AsyncIterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from callcenter.database.transactions import Database
from callcenter.records.campaigns import campaign_attempts, campaign_contacts, campaigns
from ivr.agi.server import AgiServer
from ivr.prompts.rendering import SpeechUnavailable
from ivr.scripts.campaign_message import CampaignMessage
from tests.conftest import SqliteDatabases
from tests.ivr.agi.fake_peer import SECRET, Caller, Heard, call

pytestmark = pytest.mark.database

REFERENCE = "campaign-1-5"
NOW_US = 1_795_800_000_000_000  # 27 November 2026
TOLD = ("OUTGOING", "told", "campana-mensaje")


async def speak(name: str) -> str:
    if not name.strip("."):
        raise SpeechUnavailable("nothing to say")
    return f"troncal/said/{name.lower().replace(' ', '-')}"


async def filled(url: str, name: str, service: str, expires: date | None) -> Database:
    """A database with one attempt at one customer."""
    database = Database(url)
    campaign = {
        **{"id": 1, "name": "c", "kind": "general", "title": "c", "mode": "agentless", "state": "running"},
        **{"first_day": date(2026, 11, 25), "last_day": date(2026, 11, 30), "queue": "prepago", "line": "102"},
        **{"rules": "{}", "created_us": 1, "created_by": "dialer", "changed_us": 1},
    }
    contact = {
        **{"id": 1, "campaign_id": 1, "customer": "c", "name": name, "numbers": "[]", "services": "[]"},
        **{"service": service, "expires_on": expires, "state": "calling", "rank": 1, "changed_us": 1},
    }
    attempt = {
        **{"reference": REFERENCE, "contact_id": 1, "campaign_id": 1, "number": "70700001", "mode": "agentless"},
        **{"begun_us": 5, "epoch": 1, "ends_us": 9},
    }
    async with database.transaction() as connection:
        for table, row in ((campaigns, campaign), (campaign_contacts, contact), (campaign_attempts, attempt)):
            await connection.execute(table.insert(), row)
    return database


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    return sqlite_databases.migrated()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await filled(database_url, "Ana Rojas", "internet", date(2026, 11, 30))
    yield opened
    await opened.close()


async def heard_by(database: Database, *keys: str, reference: str = REFERENCE) -> Heard:
    script = CampaignMessage(database, speak, ZoneInfo("America/La_Paz"), lambda: NOW_US)
    async with AgiServer("127.0.0.1", 0, {"campaign-message": script}, SECRET) as server:
        return await call(server.port, "campaign-message", Caller(keys), args=[reference])


async def test_the_customer_hears_who_calls_their_name_what_expires_and_when(database: Database) -> None:
    heard = await heard_by(database)
    message = ["campana-saludo", "said/ana-rojas", "servicio-internet", "prepago-vence", "digits/day-1", "digits/30"]
    assert heard.sounds[:6] == message
    assert heard.rows == [TOLD]
    assert heard.variables["TRONCAL_RESULT"] == "end"


@pytest.mark.parametrize(
    ("key", "says", "result"),
    [("1", "campana-comunicamos", "queue"), ("2", "prepago-donde-pagar", "end"), ("9", "campana-no-llamar", "end")],
)
async def test_a_key_is_written_down_and_followed(database: Database, key: str, says: str, result: str) -> None:
    heard = await heard_by(database, "", key)
    assert heard.rows == [TOLD, ("OUTGOING", "pressed", key)]
    assert (heard.sounds[-1], heard.variables["TRONCAL_RESULT"]) == (says, result)


async def test_a_key_in_the_middle_of_the_message_counts(database: Database) -> None:
    assert (await heard_by(database, "1")).variables["TRONCAL_RESULT"] == "queue"


async def test_other_keys_are_asked_again_and_then_the_call_ends(database: Database) -> None:
    heard = await heard_by(database, "", "5", "7", "#")
    assert heard.rows == [TOLD]
    assert heard.variables["TRONCAL_RESULT"] == "end"


async def test_a_name_that_cannot_be_spoken_is_left_out(database_url: str) -> None:
    database = await filled(database_url, "...", "both", date(2026, 11, 20))
    heard = await heard_by(database)
    await database.close()
    services = ["servicio-internet", "campana-y", "servicio-cable-tv", "prepago-vencio"]
    assert heard.sounds[:5] == ["campana-saludo", *services]


async def test_without_a_date_the_service_is_about_to_expire(database_url: str) -> None:
    database = await filled(database_url, "", "", None)
    heard = await heard_by(database)
    await database.close()
    assert heard.sounds[:3] == ["campana-saludo", "campana-su-servicio", "campana-por-vencer"]


async def test_of_an_attempt_that_is_not_there_nothing_is_said(database: Database) -> None:
    heard = await heard_by(database, reference="campaign-7-7")
    assert (heard.sounds, heard.variables.get("TRONCAL_RESULT")) == ([], None)
