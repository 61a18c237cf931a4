"""AMI events as rows of the queue log: which are believed, and what AMI reports otherwise than the queue log."""

from ami_bridge.feeds.ami.translator import AmiTranslator
from ami_bridge.ledger.fold import Fold
from ami_bridge.ledger.rows.row import Row
from ami_bridge.records.journal import packed_rows, unpacked_rows
from ami_bridge.wire.items import AmiEvent
from ami_bridge.wire.sifter import Sifter
from callcenter.calls import Anomaly, AnomalyKind
from callcenter.moments import Moment
from tests.ami_bridge.ami_text import MEMBER, QUEUE, channel, connect, event, join, newchannel
from tests.ami_bridge.recordings import ami

FIRST, SECOND, PHONE, LATER = "1763800000.1", "1763800009.2", "1763800000.2", "1763800000.5"


def translated(text: bytes, queues: frozenset[str] | None = None) -> list[Row | Anomaly]:
    sifter, translator = Sifter(live=True), AmiTranslator(queues)
    heard = [each for each in sifter.feed(text) + sifter.drain() if isinstance(each, AmiEvent)]
    out = [item for position, each in enumerate(heard, 1) for item in translator.apply(each, position)]
    return out + translator.close()


def reported(items: list[Row | Anomaly]) -> list[str]:
    return [str(item.verb) if isinstance(item, Row) else item.kind.value for item in items]


def dial_end(status: str) -> bytes:
    return event("DialEnd", channel(Uniqueid=FIRST) | channel("Dest", Uniqueid=PHONE) | {"DialStatus": status})


def of_member(name: str, at: str, **more: str) -> bytes:
    body = channel(Uniqueid=FIRST, Linkedid=FIRST) | channel("Dest", Uniqueid=PHONE) | MEMBER | more
    return event(name, body, kind="agent", at=at)


def test_a_member_who_is_added_as_paused_is_paused_for_the_reason_that_the_event_has() -> None:
    state = {"StateInterface": "PJSIP/1001", "Membership": "dynamic", "Penalty": "0", "CallsTaken": "0"}
    state |= {"LastCall": "0", "LastPause": "0", "LoginTime": "1", "InCall": "0", "Status": "1"}
    queue = {"Queue": "q101", "MemberName": "Ana", "Interface": "PJSIP/1001"}
    more = {"Paused": "1", "PausedReason": "Almuerzo", "Ringinuse": "0", "Wrapuptime": "0"}
    rows = translated(event("QueueMemberAdded", queue | state | more, kind="agent"))
    assert [(each.verb, each.data) for each in rows if isinstance(each, Row)] == [
        ("ADDMEMBER", ("PAUSED",)),
        ("PAUSE", ("Almuerzo",)),
    ]


def test_a_caller_whose_channel_began_and_joined_a_queue_is_a_row() -> None:
    assert reported(translated(newchannel(FIRST) + join(FIRST), frozenset({"q101"}))) == ["ENTERQUEUE"]


def test_a_joining_of_a_queue_that_does_not_exist_is_not_believed() -> None:
    assert reported(translated(newchannel(FIRST) + join(FIRST), frozenset({"sales"}))) == [AnomalyKind.UNKNOWN_QUEUE]


def test_a_joining_of_a_channel_that_never_began_is_not_believed() -> None:
    assert reported(translated(newchannel(FIRST) + join(SECOND))) == [AnomalyKind.UNKNOWN_CHANNEL]


def test_a_caller_whose_channel_began_before_the_source_is_believed() -> None:
    assert reported(translated(newchannel(SECOND) + join(FIRST))) == ["ENTERQUEUE"]


def test_an_answer_by_a_phone_that_never_began_is_not_believed() -> None:
    ghost = connect(FIRST).replace(b"DestUniqueid: 1763800000.2", b"DestUniqueid: 1763800009.9")
    assert reported(translated(newchannel(FIRST) + join(FIRST) + ghost)) == ["ENTERQUEUE", AnomalyKind.UNKNOWN_CHANNEL]


def test_a_member_who_hangs_up_before_the_caller_is_put_through_did_not_answer() -> None:
    text = newchannel(FIRST) + join(FIRST) + newchannel(PHONE)
    text += (
        of_member("AgentCalled", "1763800001.000001") + dial_end("ANSWER") + of_member("AgentDump", "1763800002.000001")
    )
    assert reported(translated(text)) == ["ENTERQUEUE", "OFFERED", "AGENTDUMP"]


def test_an_answer_after_the_caller_has_hung_up_is_an_abandoned_call() -> None:
    gone = event("HangupRequest", channel(Uniqueid=FIRST) | {"Cause": "16"})
    text = newchannel(FIRST) + join(FIRST) + newchannel(PHONE) + gone + connect(FIRST)
    assert reported(translated(text)) == ["ENTERQUEUE", "ABANDON", "DEPARTED"]


def abandoned(asked: str, noticed: str) -> Row:
    """The row of a wait whose caller hung up at one moment, and app_queue noticed it at another."""
    caller = channel(Uniqueid=FIRST, Linkedid=FIRST)
    text = newchannel(FIRST) + join(FIRST) + event("HangupRequest", caller | {"Cause": "16"}, at=asked)
    gone = caller | {"Queue": "q101", "Position": "1", "OriginalPosition": "1", "HoldTime": "2"}
    text += event("QueueCallerAbandon", gone, kind="agent", at=noticed)
    text += event("QueueCallerLeave", caller | QUEUE, kind="agent", at=noticed)
    (row,) = [each for each in translated(text) if isinstance(each, Row) and each.verb == "ABANDON"]
    return row


def test_a_wait_ends_when_the_caller_hangs_up_however_late_app_queue_notices() -> None:
    assert abandoned("1763800001.306000", "1763800002.409000").at == Moment.exact(1_763_800_001_306_000)


def test_a_wait_ends_when_app_queue_says_so_where_that_is_at_once_as_in_the_queue_log() -> None:
    assert abandoned("1763800001.306000", "1763800001.313427").at == Moment.exact(1_763_800_001_313_427)


def test_a_wait_does_not_end_before_it_begins() -> None:
    assert abandoned("1763799999.000000", "1763800001.000000").at == Moment.exact(1_763_800_000_000_001)


def test_a_leaving_that_is_repeated_late_replaces_no_other_caller() -> None:
    leave = event("QueueCallerLeave", channel(Uniqueid=FIRST, Linkedid=FIRST) | QUEUE, kind="agent")
    other = newchannel(LATER) + join(LATER)
    text = newchannel(FIRST) + newchannel(PHONE) + join(FIRST) + leave + connect(FIRST) + other + leave
    assert "IDENTITY" not in reported(translated(text))


def transfers(name: str, **headers: str) -> list[str]:
    """Where the rows say that FIRST, connected to PHONE, was transferred."""
    dest = {"HoldTime": "3", "TalkTime": "9", "Reason": "transfer"}
    ended = of_member("AgentComplete", "1763800009.000001", **dest)
    known = newchannel(FIRST) + newchannel(PHONE) + join(FIRST) + connect(FIRST)
    rows = translated(known + event(name, {"Result": "Success", **headers}) + ended)
    return [row.data[0] for row in rows if isinstance(row, Row) and row.verb == "TRANSFER"]


def test_a_blind_transfer_has_its_target_whichever_side_began_it() -> None:
    for transferer, transferee in ((PHONE, FIRST), (FIRST, PHONE)):
        sides = channel("Transferer", Uniqueid=transferer) | channel("Transferee", Uniqueid=transferee)
        more = {"IsExternal": "No", "Context": "troncal-agents", "Extension": "102"}
        assert transfers("BlindTransfer", **sides, **more) == ["102"]


def test_of_an_attended_transfer_to_a_local_channel_the_target_is_the_extension_it_stands_for() -> None:
    agents = channel("OrigTransferer", Uniqueid=PHONE) | channel("SecondTransferer", Uniqueid=PHONE, Exten="s")
    local = channel("TransferTarget", Channel="Local/205@agents-00000000;1", Exten="205", CallerIDNum="<unknown>")
    more = {"IsExternal": "No", "DestType": "Bridge", "DestBridgeUniqueid": "b"}
    assert transfers("AttendedTransfer", **agents, **channel("Transferee", Uniqueid=FIRST), **local, **more) == ["205"]


def test_a_conversation_ends_once_where_its_end_names_the_channel_that_the_caller_replaces() -> None:
    raw = ami("live/attended-transfer-into-queue-ringing", "ami-filtered.txt")
    ends = [row for row in translated(raw) if isinstance(row, Row) and row.verb in ("TRANSFER", "COMPLETEAGENT")]
    assert next((row.queue, row.agent, row.data[0]) for row in ends) == ("101", "Ana Vargas", "102")
    assert [row.queue for row in ends] == ["101", "102"]


def queue_event(name: str, uniqueid: str, second: int, body: dict[str, str] = QUEUE) -> bytes:
    of_channel = channel(Uniqueid=uniqueid, Linkedid=uniqueid)
    return event(name, of_channel | body, kind="agent", at=f"176380000{second}.000000")


def abandoned_late(*between: bytes) -> list[Row]:
    """The first caller hangs up at second 1, which app_queue reports at second 8, after what comes `between`."""
    hung_up = event("HangupRequest", channel(Uniqueid=FIRST) | {"Cause": "16"}, at="1763800001.000000")
    waited = {"Queue": "q101", "Position": "1", "OriginalPosition": "1", "HoldTime": "8"}
    abandon = queue_event("QueueCallerAbandon", FIRST, 8, waited)
    text = newchannel(FIRST) + join(FIRST) + hung_up + b"".join(between) + abandon
    found = translated(text + queue_event("QueueCallerLeave", FIRST, 8))
    return [item for item in found if isinstance(item, Row)]


def folded(rows: list[Row]) -> Fold:
    fold = Fold("central")
    for row in rows:
        fold.apply(row)
    return fold


def test_an_end_that_is_reported_late_beside_another_call_is_no_clock_that_went_back() -> None:
    rows = abandoned_late(newchannel(LATER), queue_event("QueueCallerJoin", LATER, 5))
    fold = folded(rows)
    changes = fold.drain()
    assert changes.anomalies == ()
    ended = next(entry.ended for entry in changes.entries if entry.key.uniqueid == FIRST)
    assert (ended, fold.last_sign) == (Moment.exact(1763800001_000000), Moment.exact(1763800008_000000))


def test_a_clock_that_goes_back_after_it_is_noticed() -> None:
    rows = abandoned_late(newchannel(LATER), queue_event("QueueCallerJoin", LATER, 5))
    later = Row(0, Moment.exact(1763800003_000000), LATER, "q101", "NONE", "RINGCANCELED", ("500",))
    assert AnomalyKind.CLOCK_WENT_BACK in [each.kind for each in folded([*rows, later]).drain().anomalies]


def test_the_journal_keeps_when_a_row_was_reported() -> None:
    rows = abandoned_late()
    assert [row.verb for row in rows if row.reported is not None] == ["ABANDON", "DEPARTED"]
    assert unpacked_rows(packed_rows(rows)) == rows


def dialled(string: str, **more: str) -> bytes:
    called = channel("Dest", Uniqueid=PHONE, Channel="PJSIP/red-publica-00000002")
    return event("DialBegin", called | {"DialString": string} | more)


def test_an_outside_telephone_that_is_dialled_is_an_outgoing_call_from_its_dialling_to_its_end() -> None:
    answered = event("DialEnd", channel("Dest", Uniqueid=PHONE) | {"DialStatus": "ANSWER"})
    ended = event("Hangup", channel(Uniqueid=PHONE) | {"Cause": "16", "Cause-txt": "Normal Clearing"})
    rows = [each for each in translated(dialled("70712345@red-publica") + answered + ended) if isinstance(each, Row)]
    assert [(each.callid, each.data[:3]) for each in rows] == [
        (PHONE, ("dialled", "70712345", "unknown")),
        (PHONE, ("answered",)),
        (PHONE, ("ended", "16", "by:")),
    ]


def test_a_members_phone_that_is_dialled_is_none() -> None:
    assert reported(translated(dialled("1003") + dialled("1003/sip:1003@127.0.0.3:5060"))) == []
