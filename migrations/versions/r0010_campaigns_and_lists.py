"""campaigns and lists.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Make the change."""
    op.add_column(
        "outgoing_calls",
        sa.Column("pressed", sa.String(length=1), nullable=True, comment="a callcenter.outgoing_calls.CustomerKey"),
    )
    op.create_index(
        "ix_outgoing_calls_open",
        "outgoing_calls",
        ["dialled_us"],
        sqlite_where=sa.text("ended_us IS NULL"),
        postgresql_where=sa.text("ended_us IS NULL"),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "name", sa.String(length=40), nullable=False, comment="prepago-2026-11, say: made once, whoever restarts"
        ),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="a dialer.campaigns.model.CampaignKind"),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False, comment="a dialer.campaigns.model.DialMode"),
        sa.Column("state", sa.String(length=16), nullable=False, comment="a dialer.campaigns.model.CampaignState"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False, comment="whose agents get its calls"),
        sa.Column("line", sa.String(length=16), nullable=False, comment="the number that customers see"),
        sa.Column("rules", sa.Text(), nullable=False, comment="JSON, as dialer.campaigns.stored_rules has it"),
        sa.Column("script", sa.Text(), nullable=False, comment="what the agent says, with {nombre} and the like"),
        sa.Column("held_out_percent", sa.Integer(), nullable=False, comment="not called, to compare with"),
        sa.Column("held_out_seed", sa.BigInteger(), nullable=False),
        sa.Column("detects_machines", sa.Boolean(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False, comment="a login, or `dialer`"),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )
    op.create_index("ix_campaigns_state", "campaigns", ["state", "changed_us"])

    op.create_table(
        "column_mappings",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False, comment="of the header"),
        sa.Column("mapping", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("saved_us", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("kind", "signature", name=op.f("pk_column_mappings")),
    )
    op.create_table(
        "do_not_call",
        sa.Column("number", sa.String(length=16), nullable=False, comment="as `callcenter.numbers` writes it"),
        sa.Column("added_us", sa.BigInteger(), nullable=False),
        sa.Column(
            "added_by", sa.String(length=40), nullable=False, comment="a login, or `customer` by a key or to an agent"
        ),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_do_not_call")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False, comment="one more for each new holder"),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "campaign_agents",
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member",
            sa.String(length=80),
            nullable=False,
            comment="an agent who previews; no row of a campaign: all of its queue",
        ),
        sa.Column(
            "service", sa.String(length=16), nullable=False, comment="the customers of this service only; empty: all"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_agents_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "member", name=op.f("pk_campaign_agents")),
    )
    op.create_table(
        "campaign_contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer",
            sa.String(length=80),
            nullable=False,
            comment="who it is: one of a campaign, however many services",
        ),
        sa.Column("customer_code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False, comment="JSON array in the order in which they are tried"),
        sa.Column("services", sa.Text(), nullable=False, comment="JSON: what expires, as dialer.contacts.model has it"),
        sa.Column(
            "service", sa.String(length=16), nullable=False, comment="internet, cable_tv or both; empty: not said"
        ),
        sa.Column("segment", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="the first of its services"),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False, comment="a callcenter.campaign_outcomes.ContactState"),
        sa.Column("priority", sa.Integer(), nullable=False, comment="0: agreed to be called at this hour"),
        sa.Column("rank", sa.BigInteger(), nullable=False, comment="the order among equal priorities"),
        sa.Column("due_us", sa.BigInteger(), nullable=True, comment="of a waiting one: not before"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("agreed_us", sa.BigInteger(), nullable=True, comment="when the customer asked to be called"),
        sa.Column("member", sa.String(length=80), nullable=True, comment="who agreed that, or who looks at it now"),
        sa.Column(
            "held_until_us",
            sa.BigInteger(),
            nullable=True,
            comment="of one that an agent looks at: then it is free again",
        ),
        sa.Column(
            "outcome",
            sa.String(length=16),
            nullable=True,
            comment="the last, a callcenter.campaign_outcomes.CallOutcome",
        ),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_contacts_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_contacts")),
    )
    op.create_index(
        "ix_campaign_contacts_service",
        "campaign_contacts",
        ["campaign_id", "state", "service", "priority", "rank", "id"],
    )
    op.create_index("ix_campaign_contacts_due", "campaign_contacts", ["campaign_id", "state", "due_us"])
    op.create_index("ix_campaign_contacts_held", "campaign_contacts", ["state", "held_until_us"])
    op.create_index(
        "ix_campaign_contacts_turn", "campaign_contacts", ["campaign_id", "state", "priority", "rank", "id"]
    )
    op.create_index("uq_campaign_contacts_customer", "campaign_contacts", ["campaign_id", "customer"], unique=True)

    op.create_table(
        "list_loads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False, comment="a dialer.lists.model.ListKind"),
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="whom its customers are called by",
        ),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column(
            "file_hash", sa.String(length=64), nullable=False, comment="SHA-256, so that no file is loaded twice"
        ),
        sa.Column("state", sa.String(length=16), nullable=False, comment="a dialer.lists.model.LoadState"),
        sa.Column("uploaded_us", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=40), nullable=False),
        sa.Column(
            "header", sa.Text(), nullable=True, comment="JSON: the header, where a person must say which column is what"
        ),
        sa.Column("refusal", sa.String(length=600), nullable=False, comment="Spanish, why it cannot be loaded"),
        sa.Column("rows_read", sa.Integer(), nullable=False, comment="so far"),
        sa.Column("rows_in_all", sa.Integer(), nullable=True, comment="as far as it is known"),
        sa.Column("counts", sa.Text(), nullable=False, comment="JSON: what will change, or changed"),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.Column("loaded_us", sa.BigInteger(), nullable=True),
        sa.Column("loaded_by", sa.String(length=40), nullable=True),
        sa.Column("undone_us", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_list_loads_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_loads")),
    )
    op.create_index("ix_list_loads_campaign", "list_loads", ["campaign_id", "id"])
    op.create_index("ix_list_loads_state", "list_loads", ["state"])

    op.create_table(
        "campaign_attempts",
        sa.Column(
            "reference",
            sa.String(length=64),
            nullable=False,
            comment="that of outgoing_calls: campaign-<contact>-<attempt>",
        ),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("member", sa.String(length=80), nullable=True, comment="who dialled or talked"),
        sa.Column("begun_us", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False, comment="of the lease under which it was begun"),
        sa.Column("ends_us", sa.BigInteger(), nullable=False, comment="without a word of the records it is over then"),
        sa.Column(
            "closed_us", sa.BigInteger(), nullable=True, comment="the telephone's part is over, and the number free"
        ),
        sa.Column("result", sa.String(length=16), nullable=True, comment="a callcenter.outgoing_calls.OutgoingResult"),
        sa.Column(
            "outcome",
            sa.String(length=16),
            nullable=True,
            comment="a callcenter.campaign_outcomes.CallOutcome; NULL while the agent has not said",
        ),
        sa.Column(
            "said_by",
            sa.String(length=40),
            nullable=True,
            comment="the agent who said the outcome; NULL: the telephone",
        ),
        sa.Column("said_us", sa.BigInteger(), nullable=True),
        sa.Column("agreed_us", sa.BigInteger(), nullable=True, comment="when to call again"),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_attempts_campaign_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["campaign_contacts.id"], name=op.f("fk_campaign_attempts_contact_id")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_campaign_attempts")),
    )
    op.create_index("ix_campaign_attempts_campaign", "campaign_attempts", ["campaign_id", "begun_us"])
    op.create_index("ix_campaign_attempts_closed", "campaign_attempts", ["closed_us"])
    op.create_index("ix_campaign_attempts_contact", "campaign_attempts", ["contact_id", "begun_us"])
    op.create_index("ix_campaign_attempts_member", "campaign_attempts", ["member", "begun_us"])
    op.create_index("ix_campaign_attempts_number", "campaign_attempts", ["number", "begun_us"])
    op.create_index(
        "uq_campaign_attempts_one_open_a_number",
        "campaign_attempts",
        ["number"],
        unique=True,
        sqlite_where=sa.text("closed_us IS NULL"),
        postgresql_where=sa.text("closed_us IS NULL"),
    )

    op.create_table(
        "contact_skips",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["campaign_contacts.id"], name=op.f("fk_contact_skips_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_skips")),
    )
    op.create_index("ix_contact_skips_contact", "contact_skips", ["contact_id"])

    op.create_table(
        "list_files",
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False, comment="from 0"),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="as it was uploaded; gone once it is read"),
        sa.ForeignKeyConstraint(["load_id"], ["list_loads.id"], name=op.f("fk_list_files_load_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("load_id", "part", name=op.f("pk_list_files")),
    )
    op.create_table(
        "list_problems",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("column_title", sa.String(length=120), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("wrong", sa.String(length=200), nullable=False),
        sa.Column("remedy", sa.String(length=200), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False, comment="the row goes on without this value"),
        sa.ForeignKeyConstraint(
            ["load_id"], ["list_loads.id"], name=op.f("fk_list_problems_load_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_problems")),
    )
    op.create_index("ix_list_problems_load", "list_problems", ["load_id", "row_number"])

    op.create_table(
        "listed_customers",
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer", sa.String(length=80), nullable=False),
        sa.Column("customer_code", sa.String(length=40), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False, comment="the first of the list"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False, comment="JSON array"),
        sa.Column("services", sa.Text(), nullable=False, comment="JSON, one entry a service"),
        sa.Column("service", sa.String(length=16), nullable=False),
        sa.Column("segment", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("barred", sa.Boolean(), nullable=False, comment="all of its numbers are never to be called"),
        sa.ForeignKeyConstraint(
            ["load_id"], ["list_loads.id"], name=op.f("fk_listed_customers_load_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("load_id", "customer", name=op.f("pk_listed_customers")),
    )
    op.create_index("ix_listed_customers_customer", "listed_customers", ["customer"])

    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("load_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_code",
            sa.String(length=40),
            nullable=False,
            comment="of the customer or the contract one is there",
        ),
        sa.Column("contract", sa.String(length=40), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("service", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["list_loads.id"], name=op.f("fk_payments_load_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index("ix_payments_load", "payments", ["load_id"])
    op.create_index("ix_payments_paid_on", "payments", ["paid_on"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_outgoing_calls_open", "outgoing_calls")
    op.drop_column("outgoing_calls", "pressed")
    op.drop_table("payments")
    op.drop_table("listed_customers")
    op.drop_table("list_problems")
    op.drop_table("list_files")
    op.drop_table("contact_skips")
    op.drop_table("campaign_attempts")
    op.drop_table("list_loads")
    op.drop_table("campaign_contacts")
    op.drop_table("campaign_agents")
    op.drop_table("leases")
    op.drop_table("do_not_call")
    op.drop_table("column_mappings")
    op.drop_table("campaigns")
