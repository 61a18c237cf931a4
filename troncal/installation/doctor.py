"""`troncal doctor`: what the centre needs, whether it is there, and what to do when it is not."""

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from agent_api.pages.assets import Assets, NotBundled
from ami_bridge.link.terms import LinkStatus
from ami_bridge.service import link_settings
from callcenter.centre.file import CentreFileError, load
from callcenter.clock import now_us
from callcenter.database.problems import BadAddress, DatabaseProblem
from callcenter.database.statistics import autovacuum_is_on
from callcenter.database.transactions import Database
from callcenter.folder_lock import openness
from callcenter.instants import MICROSECONDS
from callcenter.messages.envelope import Service
from callcenter.records.ledger import anomalies
from callcenter.settings import Settings
from troncal.installation import page_bundles, programs, running_services, state_folder
from troncal.installation.ami_login import try_login
from troncal.installation.findings import Finding, Health
from troncal.installation.places import broker_password
from troncal.installation.state_folder import Running, SettingsError
from troncal.machines import broker
from troncal.machines.asterisk import NEWER, EmbeddedAsterisk, is_too_old
from troncal.machines.debian import MACHINES, installed
from troncal.machines.ports import PortClaims, local_addresses

DAY_US = 86_400 * MICROSECONDS
_MEND_ADDRESS = "is Asterisk running? mend TRONCAL_AMI_HOST and TRONCAL_AMI_PORT, or manager.conf"
_MEND_RIGHTS = "give this user write = reporting in manager.conf, then `manager reload`"
_MEND_USER = "mend its secret and its permit in manager.conf, or its TRONCAL_AMI_*_SECRET; then `manager reload`"
BANNER_SECONDS = 3
HUNG = (
    "Asterisk hangs, or something else has that port. Nothing here ends it, because its calls end with it: look into "
    "asterisk/log/messages.log, and when no call can be saved, end its process; it is started again at once"
)


async def examine() -> list[Finding]:
    """Everything, in the order in which faults are best fixed."""
    findings = [_python()]
    try:
        settings = state_folder.settings()
    except SettingsError as error:
        return [
            *findings,
            Finding("settings", Health.FAULT, str(error), "as it says; `troncal up` makes what is missing"),
        ]
    findings.append(Finding("settings", Health.GOOD, f"of {settings.state}"))
    findings.append(_state(settings.state))
    findings.append(_centre(settings))
    findings.append(_disk(settings.state, settings.least_free_bytes))
    findings += await _stored(settings)
    running = state_folder.read_running(settings.state) if settings.state.is_dir() else None
    findings.append(_running(running))
    findings += _open_folders(settings, running)
    findings += await _asterisk(settings)
    findings.append(await _ami(settings, running))
    findings.append(await _broker(settings, running))
    findings.append(_http_port(settings, running))
    findings += await running_services.examine(settings, running)
    findings.append(_mail(settings))
    findings.append(_pages())
    findings.append(_sound(settings, local_addresses()))
    return findings


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Finding("python", Health.GOOD if good else Health.FAULT, version, "" if good else "install Python 3.11+")


def _centre(settings: Settings) -> Finding:
    try:
        centre = load(settings.centre)
    except CentreFileError as error:
        return Finding("centre file", Health.FAULT, "; ".join(error.faults), f"mend {error.path}")
    return Finding("centre file", Health.GOOD, f"{len(centre.lines)} lines, {len(centre.queues)} queues")


def _mail(settings: Settings) -> Finding:
    """Whether there is a mail server. Whether mails go out, the running service says."""
    if not settings.smtp_host:
        return Finding("mail", Health.NOTE, "no mail server is set", "set TRONCAL_SMTP_HOST: until then mails wait")
    return Finding("mail", Health.GOOD, f"by {settings.smtp_host}:{settings.smtp_port} from {settings.mail_from}")


def _state(folder: Path) -> Finding:
    if not folder.exists():
        return Finding("state folder", Health.NOTE, f"{folder} is not there yet", "`troncal up` makes it")
    if not folder.is_dir():
        return Finding("state folder", Health.FAULT, f"{folder} is no folder", "move it away, or set TRONCAL_STATE")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        to_do = "mount it for writing or give this user the right to it, or set TRONCAL_STATE"
        return Finding("state folder", Health.FAULT, f"{folder} cannot be written", to_do)
    return Finding("state folder", Health.GOOD, str(folder))


def _open_folders(settings: Settings, running: Running | None) -> list[Finding]:
    """The folders with a lock that another user of this machine could hold, and so keep the centre or a bridge out."""
    ledger = Path(running.ledger) if running else settings.ledger
    folders = [settings.state, *([ledger.parent] if ledger is not None else [])]
    to_do = "take that right from them (chmod), or use a folder on a disk that has modes"
    return [
        Finding("locks", Health.NOTE, found, to_do)
        for folder in folders
        if folder.is_dir() and (found := openness(folder))
    ]


def _disk(folder: Path, least_bytes: int) -> Finding:
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / 1_000_000_000:.1f} GB free at {existing}"
    if free < least_bytes:
        return Finding("disk", Health.FAULT, found, "make room: no recording is begun; records and the ledger need it")
    return Finding("disk", Health.GOOD, found)


async def _stored(settings: Settings) -> list[Finding]:
    try:
        database = Database(settings.database)
    except BadAddress as error:
        return [Finding("database", Health.FAULT, str(error), "mend TRONCAL_DATABASE_URL")]
    try:
        return [await _database(database), await _statistics(database), await _anomalies(database)]
    finally:
        await database.close()


async def _database(database: Database) -> Finding:
    try:
        await database.require_current_schema()
    except DatabaseProblem as error:
        return Finding("database", Health.FAULT, str(error), "run `troncal db upgrade`, or mend TRONCAL_DATABASE_URL")
    return Finding("database", Health.GOOD, str(database))


async def _statistics(database: Database) -> Finding:
    """Searches and reports over months are slow without them; what somebody waits for does not depend on them."""
    try:
        is_kept = await autovacuum_is_on(database)
    except DatabaseProblem:
        return Finding("statistics", Health.NOTE, "not looked at", "mend the database first")
    if not is_kept:
        return Finding("statistics", Health.FAULT, "autovacuum is off", "set autovacuum and track_counts to on")
    return Finding("statistics", Health.GOOD, "kept by the bridge, or by autovacuum")


async def _anomalies(database: Database) -> Finding:
    """The ledger's anomalies of the last day."""
    since_us = now_us() - DAY_US
    query = (
        select(anomalies.c.kind, func.count().label("number"))
        .where(anomalies.c.at_us > since_us)
        .group_by(anomalies.c.kind)
        .order_by(anomalies.c.kind)
    )
    try:
        async with database.reading() as connection:
            found = ", ".join(f"{row.kind} {row.number}" for row in await connection.execute(query))
    except (DatabaseProblem, SQLAlchemyError):
        return Finding("ledger", Health.NOTE, "not looked at", "mend the database first")
    if not found:
        return Finding("ledger", Health.GOOD, "no anomaly in the last day")
    return Finding("ledger", Health.NOTE, f"in the last day: {found}", "see table ledger_anomalies")


def _running(running: Running | None) -> Finding:
    if running is None:
        return Finding("centre", Health.NOTE, "not running here", "start it with `make run` or `troncal up`")
    return Finding("centre", Health.GOOD, f"open at {running.http}, SIP {running.sip_host}:{running.sip_port}")


async def _asterisk(settings: Settings) -> list[Finding]:
    """Its version, and whether it can say numbers to callers."""
    try:
        asterisk = programs.asterisk_of(settings, installed(MACHINES))
        version = await asterisk.version()
    except programs.NoMachines as missing:
        return [Finding("Asterisk", Health.FAULT, "not set up", str(missing))]
    except OSError as error:
        return [Finding("Asterisk", Health.FAULT, str(error), "mend TRONCAL_ASTERISK_BINARY")]
    return [_version(version), _voice(asterisk, settings)]


def _version(version: str) -> Finding:
    if is_too_old(version):
        return Finding("Asterisk", Health.FAULT, version, NEWER)
    return Finding("Asterisk", Health.GOOD, version)


def _voice(asterisk: EmbeddedAsterisk, settings: Settings) -> Finding:
    try:
        language = load(settings.centre).about.language
    except CentreFileError:
        return Finding("voice", Health.NOTE, "not looked at", "mend the centre file first")
    if not asterisk.speaks(language):
        to_do = f"run `make setup`, or install Asterisk's core sounds in {language}"
        return Finding("voice", Health.FAULT, f"no numbers in {language} in {asterisk.sounds}", to_do)
    return Finding("voice", Health.GOOD, f"numbers in {language}")


async def _ami(settings: Settings, running: Running | None) -> Finding:
    """Whether both users of the bridge can log in, and how old the Asterisk is that answers."""
    port = running.ami_port if running else settings.ami_port
    if not port:
        return Finding("AMI", Health.NOTE, "no address yet", "it gets one when the centre starts")
    where, there = f"{settings.ami_host}:{port}", settings.model_copy(update={"ami_port": port})
    try:
        await _banner(there)
    except TimeoutError:
        return Finding("AMI", Health.FAULT, f"{where} takes connections and says nothing", HUNG)
    except OSError as error:
        return Finding("AMI", Health.FAULT, f"{where} does not answer: {error}", _MEND_ADDRESS)
    version = ""
    for events in (True, False):
        user = link_settings(there, events=events)
        login = await try_login(user)
        if login.state.status is LinkStatus.REFUSED:
            return Finding("AMI", Health.FAULT, f"{where} refuses user {user.username}", _MEND_USER)
        if login.state.status is not LinkStatus.UP:
            return Finding("AMI", Health.FAULT, f"{where} does not answer: {login.state.reason}", _MEND_ADDRESS)
        if login.refusal:
            return Finding("AMI", Health.FAULT, f"{where}, user {user.username}: {login.refusal}", _MEND_RIGHTS)
        version = version or login.version
    if is_too_old(version):
        return Finding("AMI", Health.FAULT, f"{where} is Asterisk {version}", NEWER)
    return Finding("AMI", Health.GOOD, f"{where} Asterisk {version} lets both users in")


async def _banner(settings: Settings) -> bytes:
    """What AMI says first. Raises OSError, TimeoutError."""
    async with asyncio.timeout(BANNER_SECONDS):
        reader, writer = await asyncio.open_connection(settings.ami_host, settings.ami_port)
        try:
            return await reader.readline()
        finally:
            writer.close()


async def _broker(settings: Settings, running: Running | None) -> Finding:
    port = running.broker_port if running else settings.broker_port
    if not port:
        return Finding("broker", Health.NOTE, "no address yet", "it gets one when the centre starts")
    where = f"{settings.broker_host}:{port}"
    password = broker_password(settings, Service.API)
    if await broker.answers(port, Service.API.value, password, settings.broker_host):
        return Finding("broker", Health.GOOD, where)
    return Finding("broker", Health.FAULT, f"{where} does not let us in", "is it running? are the secrets its own?")


def _http_port(settings: Settings, running: Running | None) -> Finding:
    if running is not None:
        return Finding("HTTP", Health.GOOD, running.http)
    try:
        with PortClaims() as claims:
            port = claims.port_from(settings.http_port, host=settings.http_host)
    except OSError as error:
        return Finding("HTTP", Health.FAULT, str(error), "set TRONCAL_HTTP_PORT to a free one")
    note = "" if port == settings.http_port else f"{settings.http_port} is taken; {port} will be used"
    return Finding("HTTP", Health.NOTE if note else Health.GOOD, note or f"port {port} is free")


def _pages() -> Finding:
    """Whether what the browsers get was made of these sources."""
    try:
        made = len(Assets.read().names)
    except (NotBundled, OSError, ValueError) as error:
        return Finding("pages", Health.FAULT, str(error), "run `make setup`")
    if not page_bundles.is_current():
        return Finding("pages", Health.FAULT, "bundled from other sources than these", "run `make setup`")
    return Finding("pages", Health.GOOD, f"{made} scripts, styles and pictures are bundled")


def _sound(settings: Settings, addresses: Sequence[str]) -> Finding:
    """Whether a browser's phone can send and receive sound: no browser offers its loopback address."""
    address = str(settings.media_address)
    if addresses:
        return Finding("sound", Health.GOOD, f"browsers are given {address}")
    found = "this machine has no address but loopback: the phone in a browser has no sound"
    only_here = "it works in a browser on this machine that is started with --allow-loopback-in-peer-connection"
    return Finding("sound", Health.NOTE, found, f"give it a network address and set TRONCAL_MEDIA_ADDRESS; {only_here}")
