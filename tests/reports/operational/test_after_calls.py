"""What comes after calls: callbacks, lost callers, recordings, dispositions, surveys, campaigns."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from callcenter.audit import AuditAction
from callcenter.callbacks.rules import CallbackReason, CallbackState
from callcenter.calls import Outcome
from callcenter.database.transactions import Database
from callcenter.recalls.rules import RecallState
from callcenter.records.callbacks import callbacks
from callcenter.records.contacts import contact_notes, recall_list
from callcenter.records.ivr import survey_answers
from callcenter.records.recordings import recordings
from callcenter.records.users import audit_log
from reports.callbacks.report import KIND as CALLBACKS
from reports.campaign.queries import read_campaign
from reports.campaigns.report import KIND as CAMPAIGNS
from reports.dispositions.report import KIND as DISPOSITIONS
from reports.kinds.asked import Asked
from reports.recall.figures import Fate, LostCall, recall_report
from reports.recall.report import KIND as RECALL
from reports.recordings.report import KIND as RECORDINGS
from reports.survey.report import KIND as SURVEY
from tests.reports.campaign.made_campaigns import ABOUT
from tests.reports.campaign.recorded_campaign import CAMPAIGN_ID, record_campaign
from tests.reports.made_records import DAY, NODE, ZONE, Rows, S, at, entry, figures, insert, made, rows
from tests.reports.made_records import table as table_of


def _callback(number: int, state: CallbackState, reason: CallbackReason, **given: Any) -> Rows:
    row = {
        **{"node": NODE, "number": str(number), "line": "101", "queue": "101", "uniqueid": f"c{number}"},
        **{"entered_us": at(9), "priority": 0, "requested_us": at(9), "reason": reason.value, "state": state.value},
        **{"tries": 1, "next_try_us": at(9), "ended_us": at(9) + number * 60 * S},
    }
    return [(callbacks, {**row, **given})]


async def test_callbacks_by_reason_and_end_with_the_time_until_they_were_returned(database: Database) -> None:
    done, key = CallbackState.DONE, CallbackReason.KEY
    await insert(
        database,
        [
            *_callback(10, done, key),
            *_callback(20, done, CallbackReason.FULL, tries=3, queue="102"),
            *_callback(90, CallbackState.GIVEN_UP, key, tries=3),
            *_callback(91, CallbackState.CANCELLED, key, tries=0),
            *_callback(92, CallbackState.PENDING, key, ended_us=None, tries=0),
            *_callback(93, done, key, requested_us=at(24)),
        ],
    )
    document = await made(database, CALLBACKS.make)
    total = rows(document, "Por cola")["Total"]
    assert (total["Pedidas"], total["Con la tecla"], total["Por cola llena"], total["Intentos"]) == (5, 4, 1, 7)
    assert (total["Devueltas"], total["% devueltas"], total["Por hacer"]) == (2, Decimal("50.00"), 1)
    assert (total["Sin respuesta"], total["Anuladas"]) == (1, 1)
    assert total["Tiempo medio hasta devolver"] == timedelta(minutes=15)
    assert total["Tiempo máximo hasta devolver"] == timedelta(minutes=20)
    assert rows(document, "Por cola")["101 Reclamos técnicos"]["Tiempo medio hasta devolver"] == timedelta(minutes=10)
    assert figures(await made(database, CALLBACKS.make, Asked(DAY, DAY, queues=("102",))))["Pedidas"] == 1


def _mark(name: str, entered_us: int, state: RecallState) -> Rows:
    row = {"uniqueid": name, "entered_us": entered_us, "node": NODE, "state": state.value, "owner": "1001"}
    return [(recall_list, {**row, "note": "llamar de nuevo", "changed_us": entered_us + 600 * S})]


async def test_a_lost_caller_is_recovered_by_an_agent_a_callback_or_a_later_call(database: Database) -> None:
    timeout = Outcome.TIMEOUT.value
    await insert(
        database,
        [
            *entry("open", at(9), wait_us=S, caller="1"),
            *entry("reached", at(9), wait_us=S, caller="2"),
            *_mark("reached", at(9), RecallState.REACHED),
            *entry("tried", at(9.1), wait_us=S, caller="3", outcome=timeout),
            *_mark("tried", at(9.1), RecallState.NOT_REACHED),
            *entry("c10", at(9), wait_us=S, caller="4"),
            *_callback(10, CallbackState.PENDING, CallbackReason.KEY),
            *entry("later", at(9), wait_us=S, caller="5"),
            *entry("answered", at(30), talk_us=S, caller="5"),
            *entry("too late", at(9), wait_us=S, caller="6"),
            *entry("after two days", at(24 + 48) + 1, talk_us=S, caller="6"),
            *entry("withheld", at(9), wait_us=S, caller=""),
            *entry("key", at(9), wait_us=S, caller="7", outcome=Outcome.KEY_EXIT.value),
        ],
    )
    document = await made(database, RECALL.make)
    total = rows(document, "Por cola")["Total"]
    expected = {"Perdidas": 7, "Recuperadas": 3, "Pendientes": 2, "Ubicados": 1, "No ubicados": 1, "Sin número": 1}
    assert {heading: total[heading] for heading in expected} == expected
    assert (total["Pidió devolución"], total["Atendido después"]) == (1, 1)
    assert total["% recuperadas"] == Decimal("50.00")
    assert figures(document)["Tiempo medio hasta ubicar"] == timedelta(minutes=10)
    listed = table_of(document, "Llamadas por devolver")
    assert listed.to_work_on and RECALL.personal and len(listed.rows) == 7
    assert listed.rows[-1][3:8] == ("Espera máxima", timedelta(seconds=1), "No ubicados", "1001", "llamar de nuevo")


def test_of_too_many_lost_calls_the_first_are_listed_and_all_counted() -> None:
    lost = LostCall(1, "101", "7", Outcome.ABANDONED, 1, RecallState.OPEN, "", "", None, False, False)
    report = recall_report([lost] * 5, most=2)
    assert (len(report.listed), report.lost, report.total[Fate.OPEN]) == (2, 5, 5)


@pytest.mark.parametrize(
    ("state", "has_callback", "served_later", "fate"),
    [
        (RecallState.OPEN, False, False, Fate.OPEN),
        (RecallState.OPEN, True, True, Fate.CALLBACK),
        (RecallState.OPEN, False, True, Fate.SERVED_LATER),
        (RecallState.TAKEN, True, True, Fate.TAKEN),
        (RecallState.DISCARDED, False, False, Fate.DISCARDED),
    ],
)
def test_what_an_agent_did_is_told_before_what_happened(
    state: RecallState, has_callback: bool, served_later: bool, fate: Fate
) -> None:
    lost = LostCall(1, "101", "7", Outcome.ABANDONED, 1, state, "", "", None, has_callback, served_later)
    assert lost.fate is fate


def _recording(name: str, **given: Any) -> Rows:
    row = {"uniqueid": name, "node": NODE, "started_us": at(9), "file": "f.wav", "queue": "101", "bytes": 2_000_000}
    return [(recordings, {**row, "deleted_us": None, **given})]


def _played(name: str, when_us: int, node: str = NODE) -> Rows:
    details = {"node": node, "uniqueid": name}
    what = AuditAction.RECORDING_PLAYED.value
    return [(audit_log, {"when_us": when_us, "who": "ana", "what": what, "details": details})]


async def test_recordings_with_their_size_and_who_listened(database: Database) -> None:
    await insert(
        database,
        [
            *_recording("one"),
            *_recording("two", bytes=3_000_600, queue="102"),
            *_recording("gone", deleted_us=at(20)),
            *_recording("empty", bytes=0),
            *_recording("goes on", bytes=None),
            *_recording("tomorrow", started_us=at(24)),
            *[row for day in (1, 2) for row in _played("one", at(24 * day))],
            *_played("tomorrow", at(30)),
            *_played("one", at(30), node="another"),
        ],
    )
    document = await made(database, RECORDINGS.make)
    total = rows(document, "Por cola")["Total"]
    assert total == {
        **{"Grabaciones": 5, "Guardadas": 2, "Borradas": 1, "Sin sonido": 1, "En curso": 1, "Tamaño (KB)": 5001},
        **{"Reproducciones": 2, "Escuchadas": 1},
    }


def _note(name: str, disposition: str, member: str = "1001", queue: str = "101") -> Rows:
    row = {"uniqueid": name, "member": member, "node": NODE, "queue": queue, "disposition": disposition}
    return [(contact_notes, {**row, "saved_us": at(9)})]


async def test_dispositions_are_of_answered_calls_by_queue_and_agent(database: Database) -> None:
    await insert(
        database,
        [
            *[row for name in ("a", "b", "c", "d") for row in entry(name, at(9), talk_us=S)],
            *entry("lost", at(9), wait_us=S),
            *_note("a", "resuelto"),
            *_note("b", "resuelto"),
            *_note("c", ""),
            *_note("d", "resuelto", "1002"),  # of a colleague who had it by a transfer
        ],
    )
    document = await made(database, DISPOSITIONS.make)
    assert (figures(document)["Con resultado"], figures(document)["% con resultado"]) == (2, Decimal("50.00"))
    assert {name: row["Contactos"] for name, row in rows(document, "Por resultado").items()} == {
        **{"sin resultado": 2, "Resuelto en la llamada": 2}
    }
    assert [row[:3] for row in table_of(document, "Por agente").rows] == [
        ("1001", "sin resultado", 2),
        ("1001", "Resuelto en la llamada", 2),
    ]


def _answer(name: str, answer: int, **given: Any) -> Rows:
    row = {"uniqueid": name, "node": NODE, "question": "atencion", "answer": answer, "at_us": at(9)}
    return [(survey_answers, {**row, "queue": "101", "member": "1001", **given})]


async def test_answers_of_the_survey_by_question(database: Database) -> None:
    answers = [*_answer("a", 5), *_answer("b", 3), *_answer("c", 9), *_answer("d", 4, at_us=at(24))]
    await insert(database, [*answers, *_answer("a", 1, question="solucion", queue="102", member=None)])
    document = await made(database, SURVEY.make)
    assert (figures(document)["Respuestas"], figures(document)["Satisfacción"]) == (2, Decimal("50.00"))
    assert rows(document, "Por pregunta")["solucion"]["1"] == 1
    assert [row[0] for row in table_of(document, "Por agente").rows] == ["sin agente", "1001"]
    other = await made(database, SURVEY.make, Asked(DAY, DAY, queues=("102",)))
    assert figures(other)["Respuestas"] == 0


async def test_a_campaign_has_the_figures_of_its_own_report(database: Database) -> None:
    await record_campaign(database)
    asked = Asked(ABOUT.last_day, ABOUT.last_day + timedelta(days=40))
    document = await made(database, CAMPAIGNS.make, asked)
    row, other = table_of(document, "Campañas").rows
    own = await database.long_read(lambda connection: read_campaign(connection, ZONE, CAMPAIGN_ID).report)
    total = own.total
    assert row[3:6] == (own.customers, total.managed, total.contacted)
    assert (row[8], row[10]) == (total.paid, total.amount)
    assert figures(document)["Campañas"] == 2 and other[3] == 1
    before = Asked(ABOUT.first_day - timedelta(days=2), ABOUT.first_day - timedelta(days=1))
    assert figures(await made(database, CAMPAIGNS.make, before))["Campañas"] == 0
