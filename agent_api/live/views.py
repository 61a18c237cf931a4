"""States of the floor, ready for screens and programs."""

from collections.abc import Callable

from agent_api.live.live_schemas import AgentView, FloorView, NodeLinkView, QueueNow, Waiting
from agent_api.live.live_state import LinkStanding, LinkView, LiveState
from callcenter.centre.model import Centre
from callcenter.messages.facts import AgentState, AgentStatus, QueueState


def link_view(view: LinkView) -> NodeLinkView:
    """A link."""
    return NodeLinkView(node=view.node, state=view.state.value, since_us=view.since_us, text=view.text)


def own_state(state: AgentState) -> AgentView:
    """An agent as the bridge reported it."""
    return AgentView(
        member=state.member,
        state=state.state,
        reason=state.reason,
        since_us=state.since_us,
        queues=state.queues,
        uniqueid=state.uniqueid,
        transferred=state.transferred,
        known=True,
        recording=state.recording,
        recording_since_us=state.recording_since_us,
    )


def no_state(member: str) -> AgentView:
    """An agent of whom the bridge has reported nothing: in no queue, as far as is known."""
    return AgentView(
        member=member,
        state=AgentStatus.LOGGED_OUT,
        reason="",
        since_us=None,
        queues=(),
        uniqueid=None,
        transferred=None,
        known=False,
        recording=None,
        recording_since_us=None,
    )


def queue_view(state: QueueState, centre: Centre, read_number: Callable[[str], str]) -> QueueNow:
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
        on_call=state.on_call,
        paused=state.paused,
        as_of_us=state.as_of_us,
    )


def floor_view(live_state: LiveState, centre: Centre, read_number: Callable[[str], str]) -> FloorView:
    """Everything now."""
    links = live_state.links
    return FloorView(
        fresh=all(link.state is not LinkStanding.LOST for link in links),
        links=tuple(link_view(link) for link in links),
        queues=tuple(queue_view(live_state.queues[key], centre, read_number) for key in sorted(live_state.queues)),
        agents=tuple(own_state(live_state.agents[name]) for name in sorted(live_state.agents)),
    )
