"""Every service may do at the broker what its messages need, and nothing else."""

from callcenter.messages.campaign_facts import CampaignActivity
from callcenter.messages.codec import ALL_MESSAGES, TOPIC_RIGHTS
from callcenter.messages.commands import Command
from callcenter.messages.envelope import Service, matches
from callcenter.messages.facts import Announced, Fact, ServiceState

OF_OTHERS = (Announced, ServiceState, CampaignActivity)


def _may(filters: tuple[str, ...], topic: str) -> bool:
    return any(matches(each, topic) for each in filters)


def test_only_the_bridge_writes_facts_of_the_telephony() -> None:
    facts = [form for form in ALL_MESSAGES.values() if issubclass(form, Fact) and form not in OF_OTHERS]
    for service in set(Service) - {Service.BRIDGE}:
        assert not any(_may(TOPIC_RIGHTS[service].writes, form.topic_filter("central")) for form in facts)


def test_only_the_bridge_reads_commands() -> None:
    commands = [form for form in ALL_MESSAGES.values() if issubclass(form, Command)]
    for service in set(Service) - {Service.BRIDGE}:
        assert not any(_may(TOPIC_RIGHTS[service].reads, form.topic_filter("central")) for form in commands)


def test_a_bridge_speaks_for_its_own_node_only() -> None:
    rights = TOPIC_RIGHTS[Service.BRIDGE].at("central")
    assert _may(rights.writes, "troncal/central/queue/101")
    assert not _may(rights.writes, "troncal/norte/queue/101")
    assert not _may(rights.reads, "troncal/norte/command/pause")


def test_the_dialer_may_ring_and_hang_up_but_not_pause_agents() -> None:
    writes = TOPIC_RIGHTS[Service.DIALER].writes
    assert _may(writes, "troncal/central/command/originate")
    assert not _may(writes, "troncal/central/command/pause")


def test_an_answer_is_read_by_the_service_that_asked() -> None:
    assert _may(TOPIC_RIGHTS[Service.API].reads, "troncal/central/answer/api/5f0c")
    assert not _may(TOPIC_RIGHTS[Service.DIALER].reads, "troncal/central/answer/api/5f0c")


def test_reports_say_that_they_work_and_nothing_else() -> None:
    assert TOPIC_RIGHTS[Service.REPORTS].writes == ("troncal/+/service/+",)


def test_a_filter_matches_as_mqtt_says() -> None:
    assert matches("troncal/+/queue/+", "troncal/central/queue/101")
    assert matches("troncal/#", "troncal/central/queue/101")
    assert matches("troncal/#", "troncal")
    assert not matches("troncal/+", "troncal/central/queue")
    assert not matches("troncal/+/queue/+", "troncal/central/queue")
