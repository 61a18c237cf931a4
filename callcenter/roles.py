"""What users may do. Pure."""

from enum import StrEnum


class Role(StrEnum):
    """What a user may do: each role may do what those before it may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether a user of this role may do what `other` may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)
