"""what callers hear.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False, comment="in the centre's own time zone"),
        sa.Column(
            "holiday", sa.Boolean(), nullable=False, comment="False: a working day although the rules say a holiday"
        ),
        sa.Column("name", sa.String(length=80), nullable=False, comment="as it is shown, in Spanish"),
        sa.Column("set_by", sa.String(length=40), nullable=False),
        sa.Column("set_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "call_steps",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("uniqueid", sa.String(length=150), nullable=False, comment="the caller's channel, as in calls"),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False, comment="a callcenter.calls.StepKind"),
        sa.Column("detail", sa.String(length=200), nullable=False, comment="the row's other fields, parted by bars"),
        sa.PrimaryKeyConstraint("node", "uniqueid", "at_us", "step", "detail", name=op.f("pk_call_steps")),
    )
    with op.batch_alter_table("call_steps", schema=None) as batch_op:
        batch_op.create_index("ix_call_steps_step_at_us", ["step", "at_us"], unique=False)

    op.create_table(
        "callbacks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False, comment="as `callcenter.numbers` writes it"),
        sa.Column("line", sa.String(length=16), nullable=False, comment="the line that was called"),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column(
            "uniqueid", sa.String(length=150), nullable=False, comment="the caller's channel when it was asked for"
        ),
        sa.Column(
            "entered_us", sa.BigInteger(), nullable=False, comment="the place kept: since when the caller has waited"
        ),
        sa.Column("priority", sa.Integer(), nullable=False, comment="the place kept: QUEUE_PRIO"),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False, comment="key, full, empty, timeout, disconnected"),
        sa.Column("state", sa.String(length=16), nullable=False, comment="pending, calling, done, given_up, cancelled"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_us", sa.BigInteger(), nullable=False, comment="not before; of a try under way: its end"),
        sa.Column(
            "last_result", sa.String(length=24), nullable=True, comment="of the last try: an ivr.callback.TryResult"
        ),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column(
            "returned_uniqueid",
            sa.String(length=150),
            nullable=True,
            comment="the channel of the call back that reached the queue",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.create_index("ix_callbacks_asked_us", ["asked_us"], unique=False)
        batch_op.create_index(
            "uq_callbacks_one_open_a_number",
            ["number"],
            unique=True,
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )

    op.create_table(
        "directory_entries",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False, comment="surnames first, as a directory has it"),
        sa.Column("keys", sa.String(length=120), nullable=False, comment="the name on the keys of a telephone: 2 to 9"),
        sa.Column("reserved", sa.Boolean(), nullable=False, comment="the number is never given out, under no name"),
        sa.PrimaryKeyConstraint("number", "name", name=op.f("pk_directory_entries")),
    )
    with op.batch_alter_table("directory_entries", schema=None) as batch_op:
        batch_op.create_index("ix_directory_entries_keys", ["keys"], unique=False)

    op.create_table(
        "fijacom_pockets",
        sa.Column("service_number", sa.String(length=16), nullable=False),
        sa.Column("balance_centavos", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("service_number", name=op.f("pk_fijacom_pockets")),
    )
    op.create_table(
        "outages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False, comment="as customers have it; empty: everywhere"),
        sa.Column("product", sa.String(length=16), nullable=False, comment="a kind of product; empty: all of them"),
        sa.Column("began_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True, comment="NULL while the notice is played"),
        sa.Column("set_by", sa.String(length=40), nullable=False),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    with op.batch_alter_table("outages", schema=None) as batch_op:
        batch_op.create_index("ix_outages_ended_us", ["ended_us"], unique=False)
        batch_op.create_index(
            "uq_outages_one_open_a_place",
            ["zone", "product"],
            unique=True,
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )

    op.create_table(
        "survey_answers",
        sa.Column("node", sa.String(length=16), nullable=False),
        sa.Column("uniqueid", sa.String(length=150), nullable=False, comment="the caller's channel, as in calls"),
        sa.Column("question", sa.String(length=40), nullable=False, comment="name of the question in the menus' file"),
        sa.Column("answer", sa.Integer(), nullable=False, comment="the key that was pressed, 0 to 9"),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=80), nullable=True, comment="the agent of the conversation before it"),
        sa.PrimaryKeyConstraint("node", "uniqueid", "question", name=op.f("pk_survey_answers")),
    )
    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.create_index("ix_survey_answers_at_us", ["at_us"], unique=False)

    op.create_table(
        "outage_contacts",
        sa.Column("outage_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False, comment="who wants to be told of the repair"),
        sa.Column("uniqueid", sa.String(length=150), nullable=False, comment="the call in which the number was left"),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outage_id"], ["outages.id"], name=op.f("fk_outage_contacts_outage_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("outage_id", "number", name=op.f("pk_outage_contacts")),
    )
    op.create_table(
        "unpaid_bills",
        sa.Column("contract", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_centavos", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract"], ["contracts.number"], name=op.f("fk_unpaid_bills_contract"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contract", "due_on", name=op.f("pk_unpaid_bills")),
    )
    op.create_table(
        "work_orders",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contract", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="installation, transfer"),
        sa.Column("product", sa.String(length=16), nullable=False, comment="kind of product"),
        sa.Column(
            "state", sa.String(length=16), nullable=False, comment="registered, assigned, annulled, executed, closed"
        ),
        sa.Column(
            "cause",
            sa.String(length=24),
            nullable=True,
            comment="of an annulment: technical_data, subscriber_absent, wrong_address",
        ),
        sa.Column("registered_us", sa.BigInteger(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False, comment="a closed order left a working service"),
        sa.ForeignKeyConstraint(
            ["contract"], ["contracts.number"], name=op.f("fk_work_orders_contract"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_work_orders")),
    )
    with op.batch_alter_table("work_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_orders_contract"), ["contract"], unique=False)

    op.create_table(
        "fault_reports",
        sa.Column(
            "call", sa.String(length=150), nullable=False, comment="uniqueid of the call in which it was reported"
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.BigInteger(), nullable=False, comment="number of the fault"),
        sa.Column(
            "repetitions", sa.Integer(), nullable=False, comment="of the fault with this report: 0 registered it"
        ),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_fault_reports_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call", "product_id", name=op.f("pk_fault_reports")),
    )
    with op.batch_alter_table("fault_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fault_reports_product_id"), ["product_id"], unique=False)

    op.create_table(
        "prepaid",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_prepaid_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_prepaid")),
    )
    with op.batch_alter_table("prepaid", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prepaid_expires_on"), ["expires_on"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("prepaid", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prepaid_expires_on"))

    op.drop_table("prepaid")
    with op.batch_alter_table("fault_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fault_reports_product_id"))

    op.drop_table("fault_reports")
    with op.batch_alter_table("work_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_orders_contract"))

    op.drop_table("work_orders")
    op.drop_table("unpaid_bills")
    op.drop_table("outage_contacts")
    with op.batch_alter_table("survey_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_survey_answers_at_us")

    op.drop_table("survey_answers")
    with op.batch_alter_table("outages", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outages_one_open_a_place",
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )
        batch_op.drop_index("ix_outages_ended_us")

    op.drop_table("outages")
    op.drop_table("fijacom_pockets")
    with op.batch_alter_table("directory_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_directory_entries_keys")

    op.drop_table("directory_entries")
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_callbacks_one_open_a_number",
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )
        batch_op.drop_index("ix_callbacks_asked_us")

    op.drop_table("callbacks")
    with op.batch_alter_table("call_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_call_steps_step_at_us")

    op.drop_table("call_steps")
    op.drop_table("calendar_days")
