"""What people may do here. Pure."""

from enum import StrEnum


class Role(StrEnum):
    """What a user may do: each role may do what those before it may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
