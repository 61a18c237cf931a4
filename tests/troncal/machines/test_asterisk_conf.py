"""What is rendered for Asterisk keeps the answer instant exact and the doors shut."""

import re
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from ami_bridge.actions.forms.allowed import AGENTS_CONTEXT, INSIDE_CONTEXT
from callcenter.centre.file import load
from callcenter.centre.model import Centre, OpenSpan
from callcenter.centre.outgoing_limits import OutgoingLimits
from callcenter.centre.phones import endpoints_of
from callcenter.outgoing_calls import PLACED
from callcenter.settings import PROJECT
from troncal.machines.asterisk_conf import (
    MOST_OVERFLOWS,
    OUTSIDE,
    OUTSIDE_NUMBERS,
    Agi,
    Ami,
    NodeConf,
    NodeFolders,
    RenderedConfigError,
    Sip,
    Web,
    check,
    gotoiftime,
    render,
    write,
)

CENTRE = load(PROJECT / "centre.yaml")
INSIDE = INSIDE_CONTEXT


FOLDER = Path("/srv/troncal")
FOLDERS = NodeFolders(*(FOLDER / name for name in ("etc", "var", "log", "run", "mod", "data", "moh", "ledger.sqlite")))


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return rendered(FOLDERS)


def conf_of(folders: NodeFolders) -> NodeConf:
    return NodeConf(
        "central",
        folders,
        Ami("127.0.0.1", 5038, "events", "e" * 32, "actions", "a" * 32),
        Sip("127.0.0.1", 5060, 20000, 20999, Web("127.0.0.1", 8088, "127.0.0.1", ("10.0.0.5", "192.0.2.7"))),
        Agi("127.0.0.1", 4573, "s" * 32),
        CENTRE.rule_on(date(2026, 11, 1)),
        {name: f"secret of {name}" for agent in CENTRE.agents for name in endpoints_of(agent.extension)},
    )


def rendered(folders: NodeFolders, centre: Centre = CENTRE) -> dict[str, str]:
    return render(centre, conf_of(folders))


def with_trunks(**changes: object) -> Centre:
    """The centre with trunks changed so; a new one, which knows nothing of the outgoing trunk of the other."""
    parts = {name: getattr(CENTRE, name) for name in Centre.model_fields}
    trunks = tuple(each.model_copy(update=changes) for each in CENTRE.trunks)
    return Centre.model_construct(**{**parts, "trunks": trunks})


def section(text: str, name: str) -> str:
    return text.split(f"[{name}]", 1)[1].split("\n[", 1)[0]


def test_an_asterisk_of_the_hosts_knows_itself_where_its_modules_are(files: dict[str, str]) -> None:
    assert "astmoddir => /srv/troncal/mod\n" in files["asterisk.conf"]
    assert "astmoddir" not in rendered(replace(FOLDERS, modules=None))["asterisk.conf"]


def test_every_line_of_the_centre_can_be_dialled_from_the_trunk(files: dict[str, str]) -> None:
    dialplan = section(files["extensions.conf"], "troncal-trunk")
    for line in CENTRE.lines:
        assert f"exten => {line.number},1,Set(CALLERID(num)=${{FILTER(0-9+,${{CALLERID(num)}})}})" in dialplan


def test_the_first_thing_done_with_a_call_is_to_filter_its_number(files: dict[str, str]) -> None:
    firsts = re.findall(r"^exten => \d+,1,(\w+)\(", section(files["extensions.conf"], "troncal-trunk"), re.M)
    assert set(firsts) == {"Set"}


def test_the_events_user_may_not_act_and_the_actions_user_hears_only_of_its_own_calls(files: dict[str, str]) -> None:
    events, actions = section(files["manager.conf"], "events"), section(files["manager.conf"], "actions")
    assert "write = reporting\n" in events
    assert "read = call\n" in actions
    assert re.findall(r"eventfilter\(.*", actions) == ["eventfilter(action(include),name(OriginateResponse)) ="]
    assert "write = agent,call,originate\n" in actions
    for dangerous in ("command", "config", "system,"):
        assert dangerous not in actions


def test_both_copies_of_the_queue_log_are_written_in_utc(files: dict[str, str]) -> None:
    assert "queue_log_to_file = yes" in files["logger.conf"]
    assert "queue_log_realtime_use_gmt = yes" in files["logger.conf"]
    assert "queue_log => sqlite3,ledger,queue_log" in files["extconfig.conf"]
    assert "batch => 0" in files["res_config_sqlite3.conf"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("queues.conf", "memberdelay = 0", "memberdelay = 2"),
        ("queues.conf", "reportholdtime = no", "reportholdtime = yes"),
        ("queues.conf", "ringinuse = no", "ringinuse = no\nannounce = queue-callswaiting"),
        ("queues.conf", "ringinuse = no", "ringinuse = no\nmembergosub = x"),
        ("pjsip.conf", "[global]", "[anonymous]\ntype = endpoint\n[global]"),
        ("extensions.conf", "[troncal-trunk]", "[troncal-trunk]\nexten => _X.,1,NoOp()"),
        ("extensions.conf", "[troncal-trunk]", "[troncal-trunk]\nexten => _[67]XXXXXXX,1,NoOp()"),
        ("extensions.conf", "[troncal-outside]", "[troncal-outside]\nexten => _00X.,1,NoOp()"),
    ],
)
def test_a_template_that_would_blur_the_answer_or_open_a_door_is_refused(
    files: dict[str, str], name: str, old: str, new: str
) -> None:
    with pytest.raises(RenderedConfigError):
        check({**files, name: files[name].replace(old, new, 1)})


def test_files_with_secrets_are_their_owners_only(files: dict[str, str], tmp_path: Path) -> None:
    write(files, tmp_path / "etc")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "etc").iterdir()} == {0o600}


def test_hours_end_a_minute_before_they_close() -> None:
    span = OpenSpan.model_validate({"days": ["mon", "tue"], "from": "08:00", "to": "20:00"})
    assert gotoiftime(span, "America/La_Paz") == "08:00-19:59,mon&tue,*,*,America/La_Paz"
    assert span.closes == time(20)


def test_every_extension_has_a_phone_in_the_browser_with_a_secret_of_its_own(files: dict[str, str]) -> None:
    for agent in CENTRE.agents:
        assert f"password = secret of {agent.extension}-web\n" in files["pjsip.conf"]
        assert f"[{agent.extension}-web](troncal-media)\ncontext = troncal-agents\nwebrtc = yes" in files["pjsip.conf"]


def test_browsers_get_one_address_whatever_addresses_the_machine_has(files: dict[str, str]) -> None:
    candidates = section(files["rtp.conf"], "ice_host_candidates")
    assert re.findall(r"^(\S+) => (\S+)$", candidates, re.M) == [("10.0.0.5", "127.0.0.1"), ("192.0.2.7", "127.0.0.1")]


def test_an_address_of_another_machine_is_given_to_browsers_but_not_bound() -> None:
    web = Web("127.0.0.1", 8088, "203.0.113.9", ("10.0.0.5",))
    assert (web.media_is_local, web.mapped_addresses) == (False, ("10.0.0.5",))


def test_asterisks_web_server_serves_the_phones_and_nothing_else(files: dict[str, str]) -> None:
    assert "bindaddr = 127.0.0.1\nbindport = 8088\n" in files["http.conf"]
    assert "enable_static = no\nenable_status = no\n" in files["http.conf"]
    assert "webenabled = no" in files["manager.conf"]


def test_a_supervisor_can_listen_to_every_extension_and_to_no_other(files: dict[str, str]) -> None:
    spied = re.findall(r"ChanSpy\(PJSIP/(\d+)-,bqES([wB]?)\)", section(files["extensions.conf"], "troncal-spy"))
    assert spied == [(agent.extension, option) for agent in CENTRE.agents for option in ("", "w", "B")]


def test_callers_reach_no_number_outside(files: dict[str, str]) -> None:
    dialplan = files["extensions.conf"]
    assert re.findall(r"^include => (.*)$", section(dialplan, AGENTS_CONTEXT), re.M) == [INSIDE, OUTSIDE]
    assert re.findall(r"^include => (.*)$", dialplan, re.M) == [INSIDE, OUTSIDE]
    assert "troncal-outside" not in section(dialplan, INSIDE)
    contexts = re.findall(r"^context = (\S+)", files["pjsip.conf"], re.M)
    assert set(contexts) == {"troncal-trunk", "troncal-straight", "troncal-agents"}


def test_a_call_to_the_outside_is_bounded_as_the_centre_file_says() -> None:
    limits = OutgoingLimits(channels=7, channels_per_agent=3, longest_call_minutes=15)
    dialplan = rendered(FOLDERS, with_trunks(limits=limits))["extensions.conf"]
    assert "TRONCAL_LONGEST = 900\n" in section(dialplan, "globals")
    room = section(dialplan, "troncal-room")
    assert "GotoIf($[${GROUP_COUNT(outside@troncal-trunk)} + ${ARG2} > 7]?trunk)" in room
    assert "GotoIf($[${GROUP_COUNT(${ARG1}@troncal-agent)} + ${ARG2} > 3]?agent)" in room


def test_every_telephone_outside_is_counted_before_it_rings(files: dict[str, str]) -> None:
    dialplan, trunk = files["extensions.conf"], CENTRE.outgoing_trunk
    assert trunk is not None
    rung = [line for line in dialplan.splitlines() if f"@{trunk.name}" in line]
    assert len(rung) == len(OUTSIDE_NUMBERS) + len(PLACED)
    assert all("b(troncal-dialled^s^1(" in line for line in rung)


def test_no_phone_forwards_a_call(files: dict[str, str]) -> None:
    dialplan = files["extensions.conf"]
    dialled = re.findall(r"Dial\([^,]*,\d+,(\w)", dialplan) + re.findall(r"Queue\([\w-]+,(\w)", dialplan)
    assert len(dialled) == 2 * len(CENTRE.agents) + len(OUTSIDE_NUMBERS) + len(CENTRE.queues) + len(CENTRE.outbound)
    assert set(dialled) == {"i"}


def test_a_centre_without_outgoing_calls_has_no_number_outside() -> None:
    dialplan = rendered(FOLDERS, with_trunks(dial=None))["extensions.conf"]
    assert not set(re.findall(r"\[(troncal-[\w-]+)\]", dialplan)) & {OUTSIDE, "troncal-place", "troncal-dialled"}
    assert OUTSIDE not in dialplan


def test_phones_log_in_with_what_every_supported_asterisk_knows(files: dict[str, str]) -> None:
    assert set(re.findall(r"^auth_type = (.*)$", files["pjsip.conf"], re.M)) == {"userpass"}


def test_from_queue_to_queue_a_call_goes_through_the_limit_and_no_other_way() -> None:
    first, *others = CENTRE.queues
    full = first.model_copy(update={"on_full": "102", "on_timeout": "103"})
    dialplan = render(CENTRE.model_copy(update={"queues": (full, *others)}), conf_of(FOLDERS))["extensions.conf"]
    queue = section(dialplan, f"troncal-queue-{full.name}")
    assert "Goto(troncal-overflow,full-102,1)" in queue
    assert '"TIMEOUT"]?troncal-overflow,timeout-103,1)' in queue
    assert "troncal-queue-" not in queue
    limit = section(dialplan, "troncal-overflow")
    assert f"GotoIf($[${{TRONCAL_OVERFLOWS}} <= {MOST_OVERFLOWS}]?troncal-queue-102,s,1)" in limit
    assert limit.count("Set(TRONCAL_OVERFLOWS=$[0${TRONCAL_OVERFLOWS} + 1])") == 2 * len(CENTRE.queues)


def test_the_secret_of_the_self_services_is_in_no_address(files: dict[str, str]) -> None:
    dialplan = files["extensions.conf"]
    assert {line for line in dialplan.splitlines() if "s" * 32 in line} == {
        f" same => n,Return(${{SHA1({'s' * 32}${{SHA1({'s' * 32}|${{call}})}})}})"
    }
