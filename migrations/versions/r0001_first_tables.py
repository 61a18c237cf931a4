"""first tables.

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "agent_periods",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("member", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="logged_in, paused, on_call, wrap_up"),
        sa.Column("queue", sa.String(length=64), nullable=False, comment="NONE for all queues"),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("node", "member", "kind", "queue", "started_us", name=op.f("pk_agent_periods")),
    )
    with op.batch_alter_table("agent_periods", schema=None) as batch_op:
        batch_op.create_index("ix_agent_periods_started_us", ["started_us"], unique=False)

    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("when_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "who",
            sa.String(length=40),
            nullable=False,
            comment="login, or the name of the service; outlives the user",
        ),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False, comment="no secrets, no recordings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index("ix_audit_log_when_us", ["when_us"], unique=False)
        batch_op.create_index("ix_audit_log_who_when_us", ["who", "when_us"], unique=False)

    op.create_table(
        "calls",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("uniqueid", sa.String(length=150), nullable=False, comment="Asterisk's name of the caller's channel"),
        sa.Column("line", sa.String(length=16), nullable=False, comment="the number dialled"),
        sa.Column("caller", sa.String(length=64), nullable=False, comment="digits as received, empty when withheld"),
        sa.Column("arrived_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column(
            "handled",
            sa.String(length=16),
            nullable=True,
            comment="a callcenter.calls.Handled; NULL while it goes on",
        ),
        sa.PrimaryKeyConstraint("node", "uniqueid", name=op.f("pk_calls")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_arrived_us", ["arrived_us"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False, comment="the customer's number"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "ci_number", sa.String(length=20), nullable=True, comment="identity card, without complement and place"
        ),
        sa.Column("ci_complement", sa.String(length=5), nullable=False),
        sa.Column("ci_issued", sa.String(length=4), nullable=False, comment="place of issue: CB, LP, SC ..."),
        sa.Column("nit", sa.String(length=20), nullable=True, comment="tax number of a company"),
        sa.Column("segment", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_ci_number"), ["ci_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_nit"), ["nit"], unique=False)

    op.create_table(
        "interruptions",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("restarted_us", sa.BigInteger(), nullable=False, comment="Asterisk began again"),
        sa.Column("last_sign_us", sa.BigInteger(), nullable=True, comment="last row before it"),
        sa.Column("interrupted_entries", sa.Integer(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False, comment="stopped on purpose"),
        sa.PrimaryKeyConstraint("node", "restarted_us", name=op.f("pk_interruptions")),
    )
    op.create_table(
        "ledger_anomalies",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False, comment="table, file or ami"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("node", "source", "position", name=op.f("pk_ledger_anomalies")),
    )
    op.create_table(
        "ledger_cursors",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False, comment="table, file or ami"),
        sa.Column(
            "identity", sa.String(length=64), nullable=False, comment="which file: device, inode and first bytes"
        ),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="rows or bytes read and recorded"),
        sa.PrimaryKeyConstraint("node", "source", name=op.f("pk_ledger_cursors")),
    )
    op.create_table(
        "offers",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("boot_us", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("uniqueid", sa.String(length=150), nullable=False, comment="as in queue_entries"),
        sa.Column("entry_ordinal", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=80), nullable=False),
        sa.Column("agent_channel", sa.String(length=150), nullable=True),
        sa.Column("offered_us", sa.BigInteger(), nullable=False, comment="the agent's phone begins to ring"),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint(
            "node", "boot_us", "queue", "uniqueid", "entry_ordinal", "ordinal", name=op.f("pk_offers")
        ),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index("ix_offers_member_offered_us", ["member", "offered_us"], unique=False)

    op.create_table(
        "queue_entries",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("boot_us", sa.BigInteger(), nullable=False, comment="the start of Asterisk it belongs to"),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("uniqueid", sa.String(length=150), nullable=False, comment="the channel that joined"),
        sa.Column(
            "ordinal", sa.Integer(), nullable=False, comment="0, 1, ... the how-manieth entry of this channel here"
        ),
        sa.Column("call", sa.String(length=150), nullable=False, comment="uniqueid of the call it is part of"),
        sa.Column("line", sa.String(length=16), nullable=False, comment="the number dialled, empty when unknown"),
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("entered_us", sa.BigInteger(), nullable=False, comment="joined, or refused: decides the month"),
        sa.Column("joined_us", sa.BigInteger(), nullable=True),
        sa.Column("joined_slack_us", sa.BigInteger(), nullable=False),
        sa.Column("answered_us", sa.BigInteger(), nullable=True),
        sa.Column("answered_slack_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_slack_us", sa.BigInteger(), nullable=False),
        sa.Column("wait_min_us", sa.BigInteger(), nullable=False),
        sa.Column("wait_max_us", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("member", sa.String(length=80), nullable=True),
        sa.Column(
            "agent_channel",
            sa.String(length=150),
            nullable=True,
            comment="uniqueid of the answering phone's channel",
        ),
        sa.Column("ended_by", sa.String(length=16), nullable=False),
        sa.Column("transferred_to", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("node", "boot_us", "queue", "uniqueid", "ordinal", name=op.f("pk_queue_entries")),
    )
    with op.batch_alter_table("queue_entries", schema=None) as batch_op:
        batch_op.create_index("ix_queue_entries_caller", ["caller"], unique=False)
        batch_op.create_index("ix_queue_entries_ended_us", ["ended_us"], unique=False)
        batch_op.create_index("ix_queue_entries_entered_us", ["entered_us"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False, comment="lower case"),
        sa.Column("password_hash", sa.String(length=255), nullable=False, comment="argon2id, encoded"),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False, comment="agent, supervisor, admin"),
        sa.Column(
            "extension",
            sa.String(length=16),
            nullable=True,
            comment="of the agent's phone; NONE for users without one",
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("extension", name=op.f("uq_users_extension")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "contracts",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("balance_centavos", sa.BigInteger(), nullable=False, comment="what is owed"),
        sa.Column("due_on", sa.Date(), nullable=True, comment="of the oldest unpaid bill; NONE when nothing is owed"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_contracts_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_contracts")),
    )
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contracts_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "customer_contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(length=16), nullable=False, comment="the service called"),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_contacts_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_contacts")),
    )
    with op.batch_alter_table("customer_contacts", schema=None) as batch_op:
        batch_op.create_index("ix_customer_contacts_customer_id_at_us", ["customer_id", "at_us"], unique=False)

    op.create_table(
        "customer_telephones",
        sa.Column("number", sa.String(length=16), nullable=False, comment="as `callcenter.numbers` writes it"),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_telephones_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", "customer_id", name=op.f("pk_customer_telephones")),
    )
    with op.batch_alter_table("customer_telephones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_telephones_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "tokens",
        sa.Column(
            "digest",
            sa.LargeBinary(length=32),
            nullable=False,
            comment="sha256 of the opaque token; never the token",
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False, comment="the role it was given for"),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tokens_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tokens")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_expires_us"), ["expires_us"], unique=False)
        batch_op.create_index(batch_op.f("ix_tokens_user_id"), ["user_id"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contract", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("plan", sa.String(length=60), nullable=False),
        sa.Column("service_number", sa.String(length=16), nullable=False, comment="empty without a telephone"),
        sa.ForeignKeyConstraint(
            ["contract"], ["contracts.number"], name=op.f("fk_products_contract"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_products_contract"), ["contract"], unique=False)

    op.create_table(
        "faults",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("solved_us", sa.BigInteger(), nullable=True),
        sa.Column("repetitions", sa.Integer(), nullable=False, comment="times it was reported again"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_faults_product_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_faults")),
    )
    with op.batch_alter_table("faults", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_faults_product_id"), ["product_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("faults", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_faults_product_id"))

    op.drop_table("faults")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_products_contract"))

    op.drop_table("products")
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tokens_user_id"))
        batch_op.drop_index(batch_op.f("ix_tokens_expires_us"))

    op.drop_table("tokens")
    with op.batch_alter_table("customer_telephones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_telephones_customer_id"))

    op.drop_table("customer_telephones")
    with op.batch_alter_table("customer_contacts", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_contacts_customer_id_at_us")

    op.drop_table("customer_contacts")
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contracts_customer_id"))

    op.drop_table("contracts")
    op.drop_table("users")
    with op.batch_alter_table("queue_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_queue_entries_entered_us")
        batch_op.drop_index("ix_queue_entries_ended_us")
        batch_op.drop_index("ix_queue_entries_caller")

    op.drop_table("queue_entries")
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index("ix_offers_member_offered_us")

    op.drop_table("offers")
    op.drop_table("ledger_cursors")
    op.drop_table("ledger_anomalies")
    op.drop_table("interruptions")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_nit"))
        batch_op.drop_index(batch_op.f("ix_customers_ci_number"))

    op.drop_table("customers")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_arrived_us")

    op.drop_table("calls")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_log_who_when_us")
        batch_op.drop_index("ix_audit_log_when_us")

    op.drop_table("audit_log")
    with op.batch_alter_table("agent_periods", schema=None) as batch_op:
        batch_op.drop_index("ix_agent_periods_started_us")

    op.drop_table("agent_periods")
