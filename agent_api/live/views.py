"""States of the floor as the interface says them."""

from collections.abc import Callable

from agent_api.live.live_schemas import Agent, Floor, Link, QueueNow, Waiting
from agent_api.live.live_state import Bridge, LinkView, Picture
from callcenter.centre.model import Centre
from callcenter.messages.facts import AgentState, AgentStatus, QueueState


def link_shown(view: LinkView) -> Link:
    """A link."""
    return Link(node=view.node, state=view.state.value, since_us=view.since_us, text=view.text)


def own_state(state: AgentState) -> Agent:
    """An agent as the bridge told it."""
    return Agent(
        member=state.member,
        state=state.state,
        reason=state.reason,
        since_us=state.since_us,
        queues=state.queues,
        uniqueid=state.uniqueid,
        received=state.received,
        known=True,
        recording=state.recording,
        recording_since_us=state.recording_since_us,
    )


def no_state(member: str) -> Agent:
    """An agent the bridge has told nothing of: in no queue, as far as is known."""
    return Agent(
        member=member,
        state=AgentStatus.LOGGED_OUT,
        reason="",
        since_us=None,
        queues=(),
        uniqueid=None,
        received=None,
        known=False,
        recording=None,
        recording_since_us=None,
    )


def queue_shown(state: QueueState, centre: Centre, read_number: Callable[[str], str]) -> QueueNow:
    """A queue with its callers' numbers as people read them."""
    queue = centre.queues_by_name.get(state.queue)
    return QueueNow(
        node=state.node,
        queue=state.queue,
        title=queue.title if queue else state.queue,
        waiting=tuple(
            Waiting(
                uniqueid=each.uniqueid,
                caller=read_number(each.caller),
                position=each.position,
                joined_us=each.joined_us,
            )
            for each in state.waiting
        ),
        logged_in=state.logged_in,
        available=state.available,
        talking=state.talking,
        paused=state.paused,
        as_of_us=state.as_of_us,
    )


def floor_shown(picture: Picture, centre: Centre, read_number: Callable[[str], str]) -> Floor:
    """Everything now."""
    links = picture.links
    return Floor(
        fresh=all(link.state is Bridge.UP for link in links),
        links=tuple(link_shown(link) for link in links),
        queues=tuple(queue_shown(picture.queues[key], centre, read_number) for key in sorted(picture.queues)),
        agents=tuple(own_state(picture.agents[name]) for name in sorted(picture.agents)),
    )
