"""Recordings through the interface: who finds them, who hears them, and that it is written down."""

import io
import wave
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from callcenter.database.transactions import insert_missing
from callcenter.instants import MICROSECONDS
from callcenter.messages.facts import AgentStatus
from callcenter.recording_files import HEADER_BYTES
from callcenter.records.calls import calls, queue_entries
from callcenter.records.ivr import call_steps
from callcenter.records.recordings import recordings
from callcenter.records.users import audit_log
from tests.agent_api.api_site import Site
from tests.agent_api.recordings.recorded_calls import NODE, RecordedCall, write_dialled, write_file, write_rows

pytestmark = pytest.mark.database

NOON_US = 1_790_006_400_000_000
FIRST = RecordedCall("central-1790006400.1", NOON_US)
SECOND = RecordedCall("central-1790006460.5", NOON_US + 60 * MICROSECONDS, "1001", "101", "44250101")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the recordings of all nodes are."""
    monkeypatch.setenv("TRONCAL_RECORDINGS", str(tmp_path))
    return tmp_path


@pytest.fixture
async def heard(folder: Path, site: Site) -> Site:
    """An interface with two recorded calls."""
    for call in (FIRST, SECOND):
        write_file(folder, call)
    await write_rows(site.database, FIRST, SECOND, size=HEADER_BYTES + 32_000)
    return site


async def listed(site: Site, headers: dict[str, str], **asked: Any) -> list[str]:
    answer = await site.http.get("/api/recordings", headers=headers, params=asked)
    assert answer.status_code == 200, answer.text
    return [each["uniqueid"] for each in answer.json()["recordings"]]


async def playbacks(site: Site) -> list[tuple[str, str]]:
    """Who heard what, by the audit log."""
    asked = select(audit_log.c.who, audit_log.c.details).where(audit_log.c.what == "recording.played")
    async with site.database.reading() as connection:
        rows = (await connection.execute(asked.order_by(audit_log.c.id))).all()
    return [(row.who, row.details["uniqueid"]) for row in rows]


# -- finding ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [SECOND, FIRST]),
        ({"agent": "1003"}, [FIRST]),
        ({"agent": "1009"}, []),
        ({"queue": "101"}, [SECOND]),
        ({"number": "425 0101"}, [SECOND]),
        ({"number": "+59170755440"}, [FIRST]),
        ({"since_us": NOON_US + 1}, [SECOND]),
        ({"until_us": NOON_US + 1}, [FIRST]),
        ({"agent": "1003", "queue": "101"}, []),
    ],
)
async def test_recordings_are_found_by_time_agent_queue_and_caller(
    heard: Site, asked: dict[str, Any], found: list[RecordedCall]
) -> None:
    assert await listed(heard, await heard.supervisor(), **asked) == [call.uniqueid for call in found]


async def test_a_call_that_went_through_two_queues_is_one_recording_with_both_conversations(heard: Site) -> None:
    async with heard.database.transaction() as connection:
        await insert_missing(connection, queue_entries, [{**FIRST.entry("103", 1), "member": "1005"}])
    headers = await heard.supervisor()
    assert await listed(heard, headers, agent="1005") == [FIRST.uniqueid]
    (shown,) = (await heard.http.get("/api/recordings", headers=headers, params={"queue": "103"})).json()["recordings"]
    assert [(conversation["queue"], conversation["member"]) for conversation in shown["conversations"]] == [
        ("102", "1003"),
        ("103", "1005"),
    ]
    assert (shown["shown"], shown["seconds"], shown["line"]) == ("707 55440", 2.0, "102")


async def test_a_call_that_an_agent_dialled_for_a_campaign_is_found_as_any_other(heard: Site, folder: Path) -> None:
    call = RecordedCall("central-1790006520.9", NOON_US + 120 * MICROSECONDS, "1004", "prepago", "70700001")
    write_file(folder, call)
    await write_dialled(heard.database, call, size=HEADER_BYTES + 32_000)
    headers = await heard.supervisor()
    assert await listed(heard, headers) == [call.uniqueid, SECOND.uniqueid, FIRST.uniqueid]
    assert await listed(heard, headers, number="707 00001", agent="1004", queue="prepago") == [call.uniqueid]
    assert await listed(heard, headers, number="707 00001", agent="1003") == []
    (shown,) = (await heard.http.get("/api/recordings", headers=headers, params={"agent": "1004"})).json()["recordings"]
    (conversation,) = shown["conversations"]
    assert (shown["shown"], conversation["member"], conversation["queue"]) == ("707 00001", "1004", "prepago")
    assert (await heard.http.get(f"{call.path}/sound", headers=headers)).status_code == 200


async def test_who_received_the_call_by_transfer_spoke_in_it_and_it_is_found_under_him_too(heard: Site) -> None:
    await heard.user("1005", extension="1005")
    await heard.user("1009", extension="1009")
    passed = {"node": NODE, "uniqueid": FIRST.uniqueid, "step": "transferred"}
    received_us, sent_on_us = NOON_US + 3 * MICROSECONDS, NOON_US + 4 * MICROSECONDS
    steps = [{**passed, "at_us": received_us, "detail": "1005"}, {**passed, "at_us": sent_on_us, "detail": "71300002"}]
    async with heard.database.transaction() as connection:
        await insert_missing(connection, call_steps, [*steps, {**steps[0], "step": "key", "detail": "1009"}])
        over = {"ended_us": NOON_US + 9 * MICROSECONDS}
        await connection.execute(update(calls).where(calls.c.uniqueid == FIRST.uniqueid).values(**over))
    headers = await heard.supervisor()
    assert [await listed(heard, headers, agent=login) for login in ("1005", "1009")] == [[FIRST.uniqueid], []]
    (shown,) = (await heard.http.get("/api/recordings", headers=headers, params={"agent": "1005"})).json()["recordings"]
    assert [
        (conversation["queue"], conversation["member"], conversation["answered_us"], conversation["ended_us"])
        for conversation in shown["conversations"]
    ] == [
        ("102", "1003", NOON_US + MICROSECONDS, NOON_US + MICROSECONDS + 5),
        ("", "1005", received_us, sent_on_us),
        ("", "71300002", sent_on_us, NOON_US + 9 * MICROSECONDS),
    ]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_there_is_a_page_after_the_first(site: Site) -> None:
    many = [RecordedCall(f"central-{at}.1", NOON_US + at) for at in range(51)]
    await write_rows(site.database, *many)
    headers = await site.supervisor()
    first = (await site.http.get("/api/recordings", headers=headers)).json()
    assert len(first["recordings"]) == 50
    assert await listed(site, headers, until_us=first["older_us"]) == [many[0].uniqueid]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", [{"deleted_us": 1}, {"bytes": 0}])
async def test_what_is_not_there_any_more_is_not_found_nor_heard(heard: Site, column: dict[str, int]) -> None:
    async with heard.database.transaction() as connection:
        await connection.execute(update(recordings).values(**column))
    headers = await heard.supervisor()
    assert await listed(heard, headers) == []
    assert (await heard.http.get(f"{FIRST.path}/sound", headers=headers)).status_code == 404


# -- hearing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_sound_is_a_wav_also_of_a_call_that_asterisk_never_closed(heard: Site, folder: Path) -> None:
    sound = write_file(folder, FIRST, closed=False)
    answer = await heard.http.get(f"{FIRST.path}/sound", headers=await heard.supervisor())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(answer.content)) as played:
        assert (played.getframerate(), played.getnframes()) == (8000, 16_000)
        assert played.readframes(16_000) == sound


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_part_is_just_that_part(heard: Site) -> None:
    headers = await heard.supervisor()
    whole = (await heard.http.get(f"{FIRST.path}/sound", headers=headers)).content
    for asked, first in (("bytes=0-", 0), ("bytes=40-", 40), ("bytes=1000-", 1000)):
        answer = await heard.http.get(f"{FIRST.path}/sound", headers={**headers, "Range": asked})
        assert (answer.status_code, answer.content) == (206, whole[first:])
        assert answer.headers["content-range"] == f"bytes {first}-{len(whole) - 1}/{len(whole)}"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_part_behind_the_end_is_refused_with_the_size(heard: Site) -> None:
    headers = {**await heard.supervisor(), "Range": "bytes=99999999-"}
    answer = await heard.http.get(f"{FIRST.path}/sound", headers=headers)
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */32044")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_the_outline_is_as_loud_as_the_call(heard: Site, folder: Path) -> None:
    write_file(folder, FIRST, sound=bytes(16_000) + b"\x00\x40" * 8000)
    headers = await heard.supervisor()
    outline = (await heard.http.get(f"{FIRST.path}/peaks", headers=headers, params={"points": 4})).json()
    assert outline == {"seconds": 2.0, "peaks": [0, 0, 0.5, 0.5]}


async def test_every_playback_is_written_down_and_moving_on_in_it_is_the_same_one(heard: Site) -> None:
    headers = await heard.supervisor()
    for asked in ("bytes=0-", "bytes=9000-", "bytes=12000-", "bytes=0-"):
        await heard.http.get(f"{FIRST.path}/sound", headers={**headers, "Range": asked})
    await heard.http.get(f"{SECOND.path}/sound", headers={**headers, "Range": "bytes=5000-"})
    await heard.http.get(f"{SECOND.path}/peaks", headers=headers)
    assert await playbacks(heard) == [("jefa", FIRST.uniqueid)] * 2 + [("jefa", SECOND.uniqueid)]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_nothing_is_heard_that_cannot_be_written_down(heard: Site) -> None:
    headers = await heard.supervisor()
    async with heard.database.transaction() as connection:
        await connection.run_sync(lambda sync: audit_log.drop(sync))
    answer = await heard.http.get(f"{FIRST.path}/sound", headers=headers)
    assert answer.status_code >= 500
    assert "RIFF" not in answer.text


# -- what is not for everybody, and not for anybody ----------------------------------------------------------


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["/api/recordings", FIRST.path, f"{FIRST.path}/sound", f"{FIRST.path}/peaks"])
async def test_agents_hear_no_recording_not_even_their_own(heard: Site, path: str) -> None:
    assert (await heard.http.get(path, headers=await heard.agent("1003"))).status_code == 403
    assert (await heard.http.get(path)).status_code == 401
    assert await playbacks(heard) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "path",
    [
        f"{NODE}/{FIRST.uniqueid}/{NOON_US + 1}",
        f"other/{FIRST.uniqueid}/{NOON_US}",
        f"{NODE}/central-1790006400.2/{NOON_US}",
        f"{NODE}/..%2f..%2fsecrets/{NOON_US}",
        f"{NODE}/%2e%2e/{NOON_US}",
        f"{NODE}/{FIRST.uniqueid}'%20OR%201=1--/{NOON_US}",
    ],
)
async def test_a_name_that_no_recording_has_gives_nothing(heard: Site, path: str) -> None:
    headers = await heard.supervisor()
    for what in ("", "/sound", "/peaks"):
        answer = await heard.http.get(f"/api/recordings/{path}{what}", headers=headers)
        assert answer.status_code in (404, 422), answer.text
    assert await playbacks(heard) == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("file", ["../secrets.env", "2026-11-22/../../x.wav", "/etc/passwd", "2026-13-40/a.wav", "a"])
async def test_a_row_that_names_a_file_elsewhere_opens_nothing(heard: Site, file: str) -> None:
    async with heard.database.transaction() as connection:
        await connection.execute(update(recordings).values(file=file))
    assert (await heard.http.get(f"{FIRST.path}/sound", headers=await heard.supervisor())).status_code == 404


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_file_that_is_no_recording_is_not_given_out(heard: Site, folder: Path) -> None:
    (folder / NODE / FIRST.file).write_text("something else, and longer than a header of a recording would be" * 9)
    assert (await heard.http.get(f"{FIRST.path}/sound", headers=await heard.supervisor())).status_code == 404


# -- what must not be kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", ["pause", "resume"])
async def test_without_a_call_there_is_nothing_to_leave_out(quick_site: Site, what: str) -> None:
    site = quick_site
    answer = await site.http.post(f"/api/call/recording/{what}", headers=await site.agent("1001"))
    assert answer.status_code == 409


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("what", "came"), [("pause", "uniqueid"), ("resume", "uniqueid"), ("pause", "transferred")])
async def test_an_agent_pauses_the_recording_of_the_call_he_has_and_of_no_other(
    quick_site: Site, what: str, came: str
) -> None:
    site = quick_site
    headers, other = await site.agent("1001"), await site.agent("1002")
    async with site.screen(headers) as screen:
        await screen.next("state")
        uniqueid, transferred = ("central-7.1", None) if came == "uniqueid" else (None, "central-7.1")
        site.bridge.state("1001", AgentStatus.ON_CALL, uniqueid=uniqueid, transferred=transferred)
        await screen.next("state")
        await site.http.post(f"/api/call/recording/{what}", headers=headers)
        answer = await site.http.post(f"/api/call/recording/{what}", headers=other)
    assert answer.status_code == 409
    asked = select(audit_log.c.who, audit_log.c.details).where(audit_log.c.what == "command")
    async with site.database.reading() as connection:
        ((who, details),) = (await connection.execute(asked)).all()
    assert (who, details["kind"], details["uniqueid"]) == ("1001", f"recording_{what}", "central-7.1")
