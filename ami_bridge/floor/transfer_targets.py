"""Who got a caller by a transfer, in the live state. Pure.

Asterisk reports transfers in several ways, and of who answered one in none: our dialplan says it (troncal-received,
troncal-connected), with the channel of the phone where that is one.
"""

from ami_bridge.floor.conversations import StandingTransfer
from ami_bridge.floor.members import Members
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.phones import endpoints_of, interface_of

NAME = "TroncalReceived"


def received(event: AmiEvent, members: Members) -> None:
    """UserEvent.

    Whoever had the caller before has them no more. Of a phone that serves no queue there is no live state.
    """
    if event.get("UserEvent") != NAME or not event.get("Caller"):
        return
    members.end_transferred(event.get("Caller"))
    phone = event.get("Phone")
    # By a key the agent's second leg is a Local channel, which leaves in a moment: then by the extension alone.
    direct = phone.startswith("PJSIP/")
    extension = event.get("Extension")
    interfaces = [phone.rpartition("-")[0]] if direct else [interface_of(each) for each in endpoints_of(extension)]
    for member in filter(None, map(members.at, interfaces)):
        members.begin_transferred(member.name, event.get("Caller"), phone if direct else "")


def found(transferred: StandingTransfer, members: Members) -> None:
    """Of the channels at a connect: it began while nobody here listened."""
    member = members.at(transferred.interface)
    if member is not None:
        members.begin_transferred(member.name, transferred.uniqueid, transferred.channel)
