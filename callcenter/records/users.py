"""Who uses Troncal: users, their queues, sessions and wallboards, and the audit log of what they did.

One writer: `agent_api` (users, user_queues, tokens, wallboard_links); of the audit log
`callcenter.audit`, for every room, in the transaction of the action. Instants in microseconds, UTC.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from callcenter.records.metadata import RowId, metadata

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

user_queues = Table(
    "user_queues",
    metadata,
    Column("user_id", RowId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("queue", String(64), primary_key=True),
    Column("penalty", Integer, nullable=False, default=0, comment="0 is asked first"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True, comment="sha256 of the opaque token; never the token"),
    Column("user_id", RowId, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", String(16), nullable=False, comment="the role it was given for"),
    Column("expires_us", BigInteger, nullable=False, index=True),
    Column(
        "kind", String(8), nullable=False, server_default="token", comment="cookie: of a browser; token: of a program"
    ),
)

wallboard_links = Table(
    "wallboard_links",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True, comment="sha256 of the link's secret; never the secret"),
    Column("name", String(60), nullable=False, comment="which screen it is for"),
    Column("made_by", String(40), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger),
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
