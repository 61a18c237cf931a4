"""mosquitto as a child: MQTT 5 on loopback, a password and the least topic rights for each service."""

import asyncio
import base64
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callcenter.bus.packets import length
from callcenter.messages.envelope import Rights
from troncal.machines.child import Child
from troncal.machines.listeners import ListeningPort

ITERATIONS = 1000  # of PBKDF2: the passwords are long and random
READY_SECONDS = 30.0
# Acknowledged messages under way to or from one client; each of ours sends 50 at most. Not 0, which the manual calls
# "no maximum": mosquitto 2.1 takes it for no room, and complains about every one that comes.
IN_FLIGHT = 1000
_CONNECT_HEAD = b"\x00\x04MQTT\x05\xc2\x00\x0a\x00"
_DISCONNECT = b"\xe0\x00"


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """One service on the bus."""

    name: str
    password: str
    rights: Rights


def configure(folder: Path, port: int, users: Sequence[BrokerUser]) -> Path:
    """Write mosquitto.conf with its password and rights files, readable by their owner only; its path."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    passwords = _private(folder / "passwords", "".join(f"{u.name}:{hashed(u.password)}\n" for u in users))
    rights = _private(folder / "rights", "\n".join(_rights(user) for user in users))
    # Started by root it would become another user, who can read none of these files.
    root = "user root\n" if os.geteuid() == 0 else ""
    return _private(
        folder / "mosquitto.conf",
        f"{root}listener {port} 127.0.0.1\n"
        "allow_anonymous false\n"
        f"password_file {passwords}\n"
        f"acl_file {rights}\n"
        "persistence false\n"
        "set_tcp_nodelay true\n"
        "max_queued_messages 20000\n"
        f"max_inflight_messages {IN_FLIGHT}\n"
        "log_dest stdout\n"
        "log_timestamp_format %Y-%m-%dT%H:%M:%S\n"
        "log_type error\nlog_type warning\nlog_type notice\n",
    )


def child(command: Sequence[str], folder: Path, port: int, users: Sequence[BrokerUser]) -> Child:
    """The broker; `command` runs mosquitto and gets `-c FILE` added."""
    path = configure(folder, port, users)
    probe = users[0]

    async def ready() -> bool:
        return await answers(port, probe.name, probe.password)

    log_path, listens = folder / "mosquitto.log", (ListeningPort(port, "MQTT"),)
    return Child("mosquitto", [*command, "-c", str(path)], log_path, ready, READY_SECONDS, listens=listens)


def hashed(password: str) -> str:
    """The password as mosquitto keeps it: PBKDF2 with SHA-512."""
    salt = os.urandom(64)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


async def answers(port: int, name: str, password: str, host: str = "127.0.0.1") -> bool:
    """Whether the broker accepts these credentials: a bare MQTT 5 CONNECT, for a client would try again by itself."""
    payload = b"".join(len(part).to_bytes(2, "big") + part for part in (b"", name.encode(), password.encode()))
    body = _CONNECT_HEAD + payload
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"\x10" + length(len(body)) + body)
                answer = await reader.readexactly(4)
                writer.write(_DISCONNECT)
            finally:
                writer.close()
    except (OSError, TimeoutError, EOFError):
        return False
    return answer[0] == 0x20 and answer[3] == 0


def _rights(user: BrokerUser) -> str:
    reads = [f"topic read {topic}" for topic in user.rights.reads]
    writes = [f"topic write {topic}" for topic in user.rights.writes]
    return "\n".join([f"user {user.name}", *reads, *writes]) + "\n"


def _private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
    return path
