"""Who uses Troncal: users, their tokens, and the audit log of what they did.

One writer: `agent_api` (users, tokens); the audit log is appended to by whoever carries out an action,
in the transaction of the action. Instants in microseconds, UTC.
"""

from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table

from callcenter.records.metadata import RowId, metadata


class Role(StrEnum):
    """What a user may do: each role may do what those before it may."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


users = Table(
    "users",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("login", String(40), nullable=False, unique=True, comment="lower case"),
    Column("password_hash", String(255), nullable=False, comment="argon2id, encoded"),
    Column("display_name", String(120), nullable=False),
    Column("role", String(16), nullable=False, comment="agent, supervisor, admin"),
    Column("extension", String(16), unique=True, comment="of the agent's phone; NONE for users without one"),
    Column("active", Boolean, nullable=False, default=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True, comment="sha256 of the opaque token; never the token"),
    Column("user_id", RowId, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", String(16), nullable=False, comment="the role it was given for"),
    Column("expires_us", BigInteger, nullable=False, index=True),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("when_us", BigInteger, nullable=False),
    Column("who", String(40), nullable=False, comment="login, or the name of the service; outlives the user"),
    Column("what", String(60), nullable=False),
    Column("details", JSON, nullable=False, default=dict, comment="no secrets, no recordings"),
    Index("ix_audit_log_when_us", "when_us"),
    Index("ix_audit_log_who_when_us", "who", "when_us"),
)
