"""The settings of the mail server: none, or all that it needs."""

from pathlib import Path

import pytest

from tests.troncal.installation.test_doctor import settings_in
from troncal.installation import doctor, state_folder
from troncal.installation.findings import Health
from troncal.installation.state_folder import SettingsError

SERVER = {"TRONCAL_SMTP_HOST": "mail.example.bo", "TRONCAL_MAIL_FROM": "centro@example.bo"}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRONCAL_STATE", str(tmp_path))
    state_folder.make_secrets(tmp_path)


def test_a_server_with_a_sender_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SERVER.items():
        monkeypatch.setenv(name, value)
    assert state_folder.settings().smtp_port == 587
    assert doctor._mail(state_folder.settings()).found == "by mail.example.bo:587 from centro@example.bo"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"TRONCAL_MAIL_FROM": ""}, "set TRONCAL_MAIL_FROM"),
        ({"TRONCAL_MAIL_FROM": "Centro <centro@example.bo>"}, "TRONCAL_MAIL_FROM: Value error, is no mail address"),
        ({"TRONCAL_SMTP_USER": "centro"}, "set TRONCAL_SMTP_PASSWORD"),
        ({"TRONCAL_SMTP_PORT": "0"}, "TRONCAL_SMTP_PORT: "),
    ],
    ids=["no sender", "a name", "no password", "no port"],
)
def test_what_is_missing_is_said_in_one_line(wrong: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (SERVER | wrong).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        state_folder.settings()
    assert said in str(refused.value)


def test_without_a_server_the_doctor_notes_that_mails_wait(tmp_path: Path) -> None:
    finding = doctor._mail(settings_in(tmp_path))
    assert finding.health is Health.NOTE and "TRONCAL_SMTP_HOST" in finding.to_do
