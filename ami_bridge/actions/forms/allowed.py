"""Which values may stand in an AMI action: it is text that Asterisk may execute, so each has a pattern. Pure."""

import re

PHONE = re.compile(r"PJSIP/[0-9A-Za-z_-]{1,60}")
# A call to the outside goes to a fixed or mobile number of Bolivia and nowhere else: any other costs somebody's money.
OUTSIDE_EXTENSION = re.compile(r"[234][2-9][0-9]{6}|[67][0-9]{7}")
OUTSIDE_NUMBER = re.compile(rf"PJSIP/(?:{OUTSIDE_EXTENSION.pattern})@[a-z][a-z0-9-]{{0,30}}")
NAME = re.compile(r"[0-9A-Za-z_-]{1,60}")
EXTENSION = re.compile(r"[0-9A-Za-z*#+_-]{1,40}")
NUMBER = re.compile(r"[0-9+*#]{1,40}")
CHANNEL = re.compile(r"[0-9A-Za-z._/@;+*#-]{1,150}")
VALUE = re.compile(r"[0-9A-Za-z._ /:+*#-]{0,200}")
# An attempt's name: it goes through the dialplan as an argument of a routine, where commas and carets part them.
REFERENCE = re.compile(r"[0-9A-Za-z._-]{1,64}")
# QUEUE_WITHDRAW_INFO of a withdrawn caller, which is an extension of troncal-moved.
GOAL = re.compile(r"(?:queue|phone)-[0-9A-Za-z_-]{1,40}")
# The context of a redirected or originated call: colleagues, lines and numbers of the country, nothing else.
AGENTS_CONTEXT = "troncal-agents"
# The same without numbers: where a phone may transfer whom the centre called (docs/adr/0027).
INSIDE_CONTEXT = "troncal-inside"
_TEXT_AT_MOST = 80


class BadCommand(ValueError):
    """A value that is not allowed in an AMI action; the text says which."""


def allowed(pattern: re.Pattern[str], value: str, what: str) -> str:
    """The value, if all of it matches that pattern. Raises BadCommand, which says which value it was."""
    if not pattern.fullmatch(value):
        raise BadCommand(f"{what} {value[:60]!r} is not allowed")
    return value


def text(value: str, what: str) -> str:
    """Text for people: printable, short, and without the bar that separates the columns of the queue log."""
    if not value or len(value) > _TEXT_AT_MOST or not value.isprintable() or "|" in value:
        raise BadCommand(f"{what} {value[:60]!r} is not allowed")
    return value


def within(lowest: int, value: int, highest: int, what: str) -> int:
    """The value, if it is in that range. Raises BadCommand."""
    if not lowest <= value <= highest:
        raise BadCommand(f"{what} {value}")
    return value
