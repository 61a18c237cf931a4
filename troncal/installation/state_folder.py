"""What one installation keeps in its state folder: its secrets, and where its running services listen."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import ValidationError

from callcenter.folder_lock import is_locked
from callcenter.operator_problem import OperatorProblem
from callcenter.settings import PROJECT, Settings

SECRETS_FILE = "secrets.env"
RUNNING_FILE = "running.json"


class SettingsError(OperatorProblem):
    """A setting is missing or wrong; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    """Where the services of a running centre listen."""

    http: str
    sip_host: str
    sip_port: int
    ami_port: int
    broker_port: int
    ledger: str
    queue_log: str
    asterisk_conf: str


def in_force() -> Path:
    """The state folder in force, before the settings themselves can be read."""
    return Path(os.environ.get("TRONCAL_STATE", PROJECT / ".troncal" / "state")).expanduser().absolute()


def make_secrets(folder: Path) -> None:
    """Secrets of this installation's own, made once and readable by their owner only.

    Those that a newer program needs in addition are added; the others stay as they are. Raises SettingsError, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / SECRETS_FILE
    text = _secrets_text(path) if path.exists() else ""
    there = {line.split("=", 1)[0].strip() for line in text.splitlines()}
    wanted = [f"TRONCAL_{name.upper()}" for name, field in Settings.model_fields.items() if field.is_required()]
    missing = [name for name in wanted if name not in there]
    if not missing:
        return
    text += "" if not text or text.endswith("\n") else "\n"
    text += "".join(f"{name}={secrets.token_urlsafe(32)}\n" for name in missing)
    write_private(path, text)


def settings(**overrides: object) -> Settings:
    """The settings in force: environment over the state folder's secrets. Raises SettingsError."""
    folder = in_force()
    if (folder / SECRETS_FILE).exists():
        _secrets_text(folder / SECRETS_FILE)
    try:
        return Settings(_env_file=folder / SECRETS_FILE, **{"state": folder, **overrides})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [
            ": ".join((*(f"TRONCAL_{str(at).upper()}" for at in each["loc"][:1]), each["msg"]))
            for each in error.errors()
        ]
        raise SettingsError(
            "; ".join(faults) + f". Set them in the environment or in {folder / SECRETS_FILE}; "
            "`troncal up` makes missing secrets by itself."
        ) from error


def write_running(folder: Path, running: Running) -> None:
    """Say where the running centre is."""
    write_private(folder / RUNNING_FILE, json.dumps(asdict(running), indent=1))


def read_running(folder: Path) -> Running | None:
    """Where the running centre is, or None when none runs: what is written is believed while its owner holds the
    folder. Raises OSError where that cannot be looked at.
    """
    try:
        if not is_locked(folder):
            return None
        return Running(**json.loads((folder / RUNNING_FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def number_of_before(folder: Path) -> int | None:
    """The process that supervises the centre, where a version that knew of no lock wrote it down. Raises OSError."""
    try:
        pid = json.loads((folder / RUNNING_FILE).read_text(encoding="utf-8"))["pid"]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    return pid if isinstance(pid, int) and pid > 0 else None


def forget_running(folder: Path) -> None:
    """The centre no longer runs."""
    (folder / RUNNING_FILE).unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file of our own whole or not at all, readable by its owner only. Raises OSError."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:  # that of a write does not say of which file
        raise OSError(error.errno, error.strerror, str(path)) from error


def _secrets_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not text: restore it from a copy; where there is none, move it away and `troncal up` makes new "
            "secrets (sessions and demo passwords change with them)"
        ) from error
