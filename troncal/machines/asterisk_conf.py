"""Renders `asterisk-conf/` for one Asterisk node from the centre and the settings, and checks the result."""

import re
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from callcenter.campaign_outcomes import CONNECT_WITHIN_SECONDS
from callcenter.centre.model import Centre, OpenSpan, Queue, ServiceLevelRule
from callcenter.centre.phones import web_endpoint
from callcenter.outgoing_calls import PLACED
from callcenter.settings import PROJECT
from troncal.machines.asterisk_needs import MODULES, UNWANTED_EVENTS

TEMPLATES = PROJECT / "asterisk-conf"

# What agents may call outside: fixed and mobile numbers of the country (as `ami_bridge.actions.forms.allowed`), nothing
# that costs more. The only patterns in the dialplan.
OUTSIDE = "troncal-outside"
OUTSIDE_NUMBERS = ("[234][2-9]XXXXXX", "[67]XXXXXXX")

# So often a call goes on from a queue to the next by itself; no centre has so many in a row.
MOST_OVERFLOWS = 10

EXACT_ANSWER = {"memberdelay": "0", "reportholdtime": "no"}
INEXACT_ANSWER = ("announce", "membergosub", "membermacro", "monitor-format", "queue-reporthold")


class RenderedConfigError(Exception):
    """A rendered file would make Asterisk misreport; says which and why."""


@dataclass(frozen=True, slots=True)
class NodeFolders:
    """Where one Asterisk node keeps its things."""

    etc: Path
    var: Path
    log: Path
    run: Path
    modules: Path | None
    data: Path
    music: Path
    ledger: Path


@dataclass(frozen=True, slots=True)
class Ami:
    """AMI as it is to be offered. `only_events`: all events that the events user gets; empty for everything wanted."""

    host: str
    port: int
    events_user: str
    events_secret: str
    actions_user: str
    actions_secret: str
    permit: tuple[str, ...] = ("127.0.0.1/255.255.255.255",)
    unwanted_events: tuple[str, ...] = UNWANTED_EVENTS
    only_events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Web:
    """How the phones in browsers reach Asterisk: signalling through the API, sound straight to `media_address`.

    `local_addresses`: all IPv4 addresses of the machine outside 127.0.0.0/8. A browser gets `media_address` in place of
    each of them: Asterisk offers no loopback address by itself (res_rtp_asterisk), and on a machine that has nothing
    else, or whose browsers run on it, calls would be without sound.
    """

    host: str
    port: int
    media_address: str = "127.0.0.1"
    local_addresses: tuple[str, ...] = ()

    @property
    def media_is_local(self) -> bool:
        """Whether that address is the machine's own, so that sound can be bound to it."""
        return self.media_address.startswith("127.") or self.media_address in self.local_addresses

    @property
    def mapped_addresses(self) -> tuple[str, ...]:
        """The addresses that `media_address` is given in place of."""
        return tuple(each for each in self.local_addresses if each != self.media_address)


@dataclass(frozen=True, slots=True)
class Sip:
    """Where Asterisk listens for telephones, and its range of media ports. `web` None: no phones in browsers."""

    host: str
    port: int
    rtp_start: int
    rtp_end: int
    web: Web | None = None


@dataclass(frozen=True, slots=True)
class Agi:
    """Where the Python processes of the menus listen, and what the dialplan signs its requests to them with."""

    host: str
    port: int
    secret: str


@dataclass(frozen=True, slots=True)
class NodeConf:
    """All that the templates need beside the centre. `menus`: the dialplan compiled from the menus; empty for none."""

    node: str
    folders: NodeFolders
    ami: Ami
    sip: Sip
    agi: Agi
    rule: ServiceLevelRule
    phone_secrets: dict[str, str]
    menus: str = ""
    modules: tuple[str, ...] = MODULES
    own_recordings: Path | None = None

    @property
    def recordings(self) -> Path:
        """The folder that this node records calls into: `own_recordings`, else among Asterisk's own things."""
        return self.own_recordings or self.folders.var / "recordings"


def render(centre: Centre, conf: NodeConf) -> dict[str, str]:
    """File name to content of every configuration file. Raises RenderedConfigError."""
    environment = Environment(  # noqa: S701 - the output is Asterisk configuration, not HTML
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True
    )
    values = {
        "centre": centre,
        "node": conf.node,
        "place": conf.folders,
        "ami": conf.ami,
        "sip": conf.sip,
        "agi": conf.agi,
        "rule": conf.rule,
        "modules": conf.modules,
        "phone_secrets": conf.phone_secrets,
        "recordings": conf.recordings,
        "web_endpoint": web_endpoint,
        "outside_numbers": OUTSIDE_NUMBERS,
        "outgoing_purposes": [purpose.value for purpose in PLACED],
        "most_overflows": MOST_OVERFLOWS,
        "connect_within": CONNECT_WITHIN_SECONDS,
        "gotoiftime": lambda span: gotoiftime(span, centre.about.timezone),
        "queue_options": queue_options,
        "offers_callback": lambda queue: queue.callback_key is not None and centre.outgoing_trunk is not None,
    }
    files = {
        template.removesuffix(".j2"): environment.get_template(template).render(values)
        for template in environment.list_templates(extensions=["j2"])
    }
    files["menus.conf"] = conf.menus or without_menus(centre)
    check(files)
    return files


def without_menus(centre: Centre) -> str:
    """menus.conf of a centre without menus: every call goes from its arrival to the door of its queue."""
    steps = [f"exten => {line.number},1,Goto(troncal-door,{line.number},1)" for line in centre.lines]
    return "\n".join(["[troncal-menus]", *steps, ""])


def write(files: dict[str, str], folder: Path) -> None:
    """Put the files into the folder, readable by their owner only: they hold secrets."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(content, encoding="utf-8")


def gotoiftime(span: OpenSpan, timezone: str) -> str:
    """The span as GotoIfTime's condition: `times,weekdays,days,months,zone`."""
    closes = "23:59" if span.closes == time.max else _minute_before(span.closes)
    days = "&".join(span.days)
    return f"{span.opens:%H:%M}-{closes},{days},*,*,{timezone}"


def _minute_before(moment: time) -> str:
    minutes = moment.hour * 60 + moment.minute - 1
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def queue_options(queue: Queue) -> str:
    """Queue()'s option letters: the pre-dial row of each offer, the agent's keys, and that no phone forwards (i)."""
    keys = ("t" if queue.agent_may_transfer_by_key else "") + ("h" if queue.agent_may_hang_up_by_key else "")
    return f"{keys}ib(troncal-offer^s^1)"


def check(files: dict[str, str]) -> None:
    """Refuse what would blur the instant of the answer or open the door. Raises RenderedConfigError."""
    queues = _settings_in(files["queues.conf"])
    for key, wanted in EXACT_ANSWER.items():
        if queues.get(key, {wanted}) != {wanted}:
            raise RenderedConfigError(f"queues.conf: {key} must be {wanted}, or answers are logged late")
    for key in INEXACT_ANSWER:
        if key in queues:
            raise RenderedConfigError(f"queues.conf: {key} must stay unset, or answers are logged late")
    if "anonymous" in files["pjsip.conf"]:
        raise RenderedConfigError("pjsip.conf: no anonymous endpoint, or strangers' calls are let in")
    if _patterns(files["extensions.conf"]) - {(OUTSIDE, number) for number in OUTSIDE_NUMBERS}:
        raise RenderedConfigError("extensions.conf: only strict extensions, no patterns")


def _patterns(dialplan: str) -> set[tuple[str, str]]:
    """Context and pattern of every extension that is not a single one."""
    found, context = set[tuple[str, str]](), ""
    for line in dialplan.splitlines():
        if section := re.match(r"\s*\[([^]]+)\]", line):
            context = section[1]
        elif pattern := re.match(r"\s*exten\s*=>\s*_([^,]*)", line):
            found.add((context, pattern[1]))
    return found


def _settings_in(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        match = re.match(r"\s*([\w-]+)\s*=>?\s*(.*?)\s*(?:;.*)?$", line)
        if match:
            found.setdefault(match[1], set()).add(match[2])
    return found
