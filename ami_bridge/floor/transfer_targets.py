"""Which agent got a transferred caller, in the live state. Pure.

Asterisk reports transfers in several ways, but never who answered one: our dialplan does, with a UserEvent
(troncal-received, troncal-connected) that has the phone's channel, where it is a phone.
"""

from ami_bridge.floor.conversations import StandingTransfer
from ami_bridge.floor.members import Members
from ami_bridge.wire.items import AmiEvent
from callcenter.centre.phones import endpoints_of, interface_of

NAME = "TroncalReceived"


def note_transfer(event: AmiEvent, members: Members) -> None:
    """UserEvent TroncalReceived: the caller is no longer with the member before, and now with this phone's member.

    A phone that serves no queue has no live state.
    """
    if event.get("UserEvent") != NAME or not event.get("Caller"):
        return
    members.end_transferred(event.get("Caller"))
    phone = event.get("Phone")
    # After a transfer by feature code the phone is a Local channel, which is gone in a moment: use the extension.
    direct = phone.startswith("PJSIP/")
    extension = event.get("Extension")
    interfaces = [phone.rpartition("-")[0]] if direct else [interface_of(each) for each in endpoints_of(extension)]
    for member in filter(None, map(members.at, interfaces)):
        members.begin_transferred(member.name, event.get("Caller"), phone if direct else "")


def note_standing_transfer(transferred: StandingTransfer, members: Members) -> None:
    """A transferred call that is found at a connect."""
    member = members.at(transferred.interface)
    if member is not None:
        members.begin_transferred(member.name, transferred.uniqueid, transferred.channel)
