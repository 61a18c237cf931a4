"""Calls to the outside, by what AMI reports of who is dialled. Pure.

Asterisk says neither why somebody was dialled nor for which attempt. That they were is what the level needs: a channel
that was dialled, and enters a queue, is none of a caller's.
"""

import re

from ami_bridge.feeds.ami.writer import RowWriter
from ami_bridge.ledger.outgoing_rows import What
from ami_bridge.ledger.rows.row import NONE, Verb
from ami_bridge.wire.items import AmiEvent
from callcenter.outgoing_calls import OutgoingPurpose

# `70712345@trunk` (PJSIP), `trunk/70712345` (others). Extensions of the centre are shorter.
_OUTSIDE = re.compile(r"(?:[^/@]*/)?\+?([0-9]{6,16})(?:@[^/@]*)?", re.ASCII)
_ANSWERED = "ANSWER"


class AmiOutgoing:
    """The outside telephones that are dialled or connected now."""

    def __init__(self, writer: RowWriter) -> None:
        self._writer = writer
        self._open: set[str] = set()

    def dialled(self, event: AmiEvent) -> None:
        """DialBegin: a channel is about to ring."""
        called, uniqueid = _OUTSIDE.fullmatch(event.get("DialString")), event.get("DestUniqueid")
        if called is not None and uniqueid and uniqueid not in self._open:
            self._open.add(uniqueid)
            self._row(uniqueid, What.DIALLED, called[1], OutgoingPurpose.UNKNOWN)

    def dial_ended(self, event: AmiEvent) -> None:
        """DialEnd: it was answered, or the Hangup says why not."""
        if event.get("DestUniqueid") in self._open and event.get("DialStatus") == _ANSWERED:
            self._row(event.get("DestUniqueid"), What.ANSWERED)

    def hung_up(self, event: AmiEvent) -> None:
        """Hangup, with its cause."""
        uniqueid = event.get("Uniqueid")
        if uniqueid in self._open:
            self._open.remove(uniqueid)
            self._row(uniqueid, What.ENDED, event.get("Cause") or "0", "by:", event.get("ChannelStateDesc"))

    def forget(self) -> None:
        """Asterisk restarted."""
        self._open.clear()

    def _row(self, uniqueid: str, what: What, *fields: str) -> None:
        self._writer.row(uniqueid, NONE, NONE, Verb.OUTGOING, (what.value, *fields))
