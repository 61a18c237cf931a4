"""What is a mail, what is none, and when it is tried again."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from callcenter.instants import MICROSECONDS
from callcenter.mail_addresses import is_mail_address
from callcenter.outbox.mail import (
    GIVEN_UP_AFTER_US,
    LARGEST_BYTES,
    Answer,
    Attachment,
    BadMail,
    Mail,
    MailState,
    MailTooLarge,
    pause_us,
    state_after,
    state_of_all,
)
from callcenter.outbox.message import QueuedMail, Sender, written

MINUTE_US = 60 * MICROSECONDS
CSV = Attachment("informe-2026-10.csv", "text/csv", b"a;b\r\n")


@pytest.mark.parametrize("address", ["jefa@example.bo", "a.b+c@mail.example.com", "root@localhost"])
def test_a_plain_address_is_one(address: str) -> None:
    assert is_mail_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("", "jefa", "@example.bo", "jefa@", "jefa@-example.bo", ".a@b.bo", "a..b@b.bo", "jefa@example.bo\n"),
        *("jefa@example.bo\r\nBcc: otro@example.bo", "Jefa <jefa@example.bo>", "a@b.bo, c@d.bo", '"a b"@c.bo'),
        *("jefa@exámple.bo", "jefa @example.bo", "<jefa@example.bo>", f"{'a' * 250}@b.bo"),
    ],
)
def test_anything_more_is_none(address: str) -> None:
    assert not is_mail_address(address)
    with pytest.raises(BadMail):
        Mail("key", (address,), "Informe", "texto")


@pytest.mark.parametrize("subject", ["", "Informe\nBcc: otro@example.bo", "Informe\r\n\r\ntexto", "a" * 201, "a\x00"])
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(BadMail):
        Mail("key", ("jefa@example.bo",), subject, "texto")


@pytest.mark.parametrize("name", ["", "../a.csv", 'a".csv', "a\r\nX: y", "a\\b"])
def test_an_attachment_has_the_name_of_a_file(name: str) -> None:
    with pytest.raises(BadMail):
        Attachment(name, "text/csv", b"")


@pytest.mark.parametrize("media_type", ["", "text", "text/", "text/csv; charset=x", "text/csv\r\nX: y", "a/b/c"])
def test_an_attachment_has_a_media_type(media_type: str) -> None:
    with pytest.raises(BadMail):
        Attachment("a.csv", media_type, b"")


def test_a_mail_goes_to_somebody_once_each() -> None:
    for recipients in ((), ("jefa@example.bo", "jefa@example.bo")):
        with pytest.raises(BadMail):
            Mail("key", recipients, "Informe", "texto")


def test_a_mail_that_no_server_takes_is_refused_at_once() -> None:
    half = Attachment("a.pdf", "application/pdf", bytes(LARGEST_BYTES // 2))
    Mail("key", ("jefa@example.bo",), "Informe", "texto", (half, half))
    with pytest.raises(MailTooLarge):
        Mail("key", ("jefa@example.bo",), "Informe", "texto", (half, half, CSV))


def test_it_is_tried_again_after_longer_and_longer() -> None:
    assert [pause_us(tries) // MINUTE_US for tries in (1, 2, 3, 4, 5, 50)] == [1, 5, 15, 60, 60, 60]


def test_who_was_refused_is_not_tried_again_and_who_was_put_off_is_for_three_days() -> None:
    answer = Answer(refused={"a@b.bo": "550"}, postponed={"c@d.bo": "450"})
    assert state_after(answer, "a@b.bo", 0) is MailState.REFUSED
    assert state_after(answer, "e@f.bo", 0) is MailState.SENT
    assert state_after(answer, "c@d.bo", GIVEN_UP_AFTER_US - 1) is MailState.WAITING
    assert state_after(answer, "c@d.bo", GIVEN_UP_AFTER_US) is MailState.GIVEN_UP


def test_a_mail_waits_while_anybody_waits_and_is_sent_when_everybody_has_it() -> None:
    assert state_of_all(frozenset(MailState)) is MailState.WAITING
    assert state_of_all(frozenset({MailState.SENT})) is MailState.SENT
    assert state_of_all(frozenset({MailState.SENT, MailState.REFUSED})) is MailState.REFUSED


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, EmailMessage, policy=policy.default)


def test_a_message_is_the_same_at_every_try_and_says_who_made_it() -> None:
    queued = QueuedMail(
        7, "f00d", ("jefa@example.bo", "att@example.bo"), ("att@example.bo",), "Año: «2026»", "ñ\n.\n", 0, (CSV,)
    )
    sender = Sender("Centro de Atención", "centro@example.bo")
    raw = written(queued, sender)
    message = read(raw)
    assert raw.isascii()
    assert (message["Subject"], message["Message-ID"]) == ("Año: «2026»", "<f00d@example.bo>")
    assert message["From"].addresses[0].display_name == "Centro de Atención"
    assert {each.addr_spec for each in message["To"].addresses} == {"jefa@example.bo", "att@example.bo"}
    body, (attached,) = message.get_body(("plain",)), message.iter_attachments()
    assert body is not None and body.get_content().splitlines() == ["ñ", "."]
    assert (attached.get_filename(), attached.get_content()) == (CSV.name, "a;b\r\n")
    again, first = read(written(queued, sender)), message
    assert again.items()[:6] == first.items()[:6]
