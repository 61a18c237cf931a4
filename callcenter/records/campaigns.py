"""Campaigns, whom they call, every attempt, who is never to be called, and which process may dial.

Writers: `dialer.campaigns.store` of campaigns and their agents; `dialer.contacts` of contacts, attempts and skips, and
of how far a campaign's contacts follow its rules (lists add and withdraw contacts: `dialer.lists`);
`dialer.do_not_call` and `callcenter.database.leases` of their tables. `reports.retention` deletes the customers of
campaigns that are long over. Instants in microseconds, UTC; dates are the centre's.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    text,
)

from callcenter.records.metadata import RowId, metadata

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", RowId, primary_key=True),
    Column(
        "name", String(40), nullable=False, unique=True, comment="prepago-2026-11, say: made once, whoever restarts"
    ),
    Column("kind", String(16), nullable=False, comment="a dialer.campaigns.model.CampaignKind"),
    Column("title", String(80), nullable=False),
    Column("mode", String(16), nullable=False, comment="a dialer.campaigns.model.DialMode"),
    Column("state", String(16), nullable=False, comment="a dialer.campaigns.model.CampaignState"),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("queue", String(64), nullable=False, comment="whose agents get its calls"),
    Column("line", String(16), nullable=False, comment="the number that customers see"),
    Column("rules", Text, nullable=False, comment="JSON, as dialer.campaigns.stored_rules has it"),
    Column("script", Text, nullable=False, default="", comment="what the agent says, with {nombre} and the like"),
    Column("held_out_percent", Integer, nullable=False, default=0, comment="not called, to compare with"),
    Column("held_out_seed", BigInteger, nullable=False, default=0),
    Column("detects_machines", Boolean, nullable=False, default=False),
    Column("created_us", BigInteger, nullable=False),
    Column("created_by", String(40), nullable=False, comment="a login, or `dialer`"),
    Column("changed_us", BigInteger, nullable=False),
    Column(
        "followed_to", String(80), comment="its customers up to this one follow its rules as they are now; NULL: all do"
    ),
    Index("ix_campaigns_state", "state", "changed_us"),
)

campaign_agents = Table(
    "campaign_agents",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "member", String(80), primary_key=True, comment="an agent who previews; no row of a campaign: all of its queue"
    ),
    Column("service", String(16), nullable=False, default="", comment="the customers of this service only; empty: all"),
)

campaign_contacts = Table(
    "campaign_contacts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("customer", String(80), nullable=False, comment="who it is: one of a campaign, however many services"),
    Column("customer_code", String(40), nullable=False, default=""),
    Column("name", String(120), nullable=False, default=""),
    Column("numbers", Text, nullable=False, comment="JSON array in the order in which they are tried"),
    Column("services", Text, nullable=False, comment="JSON: what expires, as dialer.contacts.model has it"),
    Column("service", String(16), nullable=False, default="", comment="internet, cable_tv or both; empty: not said"),
    Column("segment", String(40), nullable=False, default=""),
    Column("expires_on", Date, comment="the first of its services"),
    Column("amount", Numeric(14, 2)),
    Column("state", String(16), nullable=False, comment="a callcenter.campaign_outcomes.ContactState"),
    Column("priority", Integer, nullable=False, default=1, comment="0: agreed to be called at this hour"),
    Column("rank", BigInteger, nullable=False, comment="the order among equal priorities"),
    Column("due_us", BigInteger, comment="of a waiting one: not before"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("agreed_us", BigInteger, comment="when the customer asked to be called"),
    Column("member", String(80), comment="who agreed that, or who looks at it now"),
    Column("held_until_us", BigInteger, comment="of one that an agent looks at: then it is free again"),
    Column("outcome", String(16), comment="the last, a callcenter.campaign_outcomes.CallOutcome"),
    Column("changed_us", BigInteger, nullable=False),
    Column("paid_until", Date, comment="skipped as paid: what expires up to then"),
    Column(
        *("wrong_data", Boolean),
        nullable=False,
        default=False,
        comment="skipped for that: not called until they are listed anew",
    ),
    Index("uq_campaign_contacts_customer", "campaign_id", "customer", unique=True),
    Index("ix_campaign_contacts_turn", "campaign_id", "state", "priority", "rank", "id"),
    Index("ix_campaign_contacts_service", "campaign_id", "state", "service", "priority", "rank", "id"),
    Index("ix_campaign_contacts_due", "campaign_id", "state", "due_us"),
    Index("ix_campaign_contacts_held", "state", "held_until_us"),
)

campaign_attempts = Table(
    "campaign_attempts",
    metadata,
    Column("reference", String(64), primary_key=True, comment="that of outgoing_calls: campaign-<contact>-<attempt>"),
    Column("contact_id", ForeignKey("campaign_contacts.id"), nullable=False),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False),
    Column("number", String(16), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("member", String(80), comment="who dialled or talked"),
    Column("begun_us", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False, comment="of the lease under which it was begun"),
    Column("ends_us", BigInteger, nullable=False, comment="without a word of the records it is over then"),
    Column("closed_us", BigInteger, comment="the telephone's part is over, and the number free"),
    Column("result", String(16), comment="a callcenter.outgoing_calls.OutgoingResult"),
    Column(
        "outcome", String(16), comment="a callcenter.campaign_outcomes.CallOutcome; NULL while the agent has not said"
    ),
    Column("said_by", String(40), comment="the agent who said the outcome; NULL: the telephone"),
    Column("said_us", BigInteger),
    Column("agreed_us", BigInteger, comment="when to call again"),
    Column("note", String(300), nullable=False, default=""),
    Index(
        "uq_campaign_attempts_one_open_a_number",
        "number",
        unique=True,
        sqlite_where=text("closed_us IS NULL"),
        postgresql_where=text("closed_us IS NULL"),
    ),
    Index("ix_campaign_attempts_number", "number", "begun_us"),
    Index("ix_campaign_attempts_contact", "contact_id", "begun_us"),
    Index("ix_campaign_attempts_campaign", "campaign_id", "begun_us"),
    Index("ix_campaign_attempts_closed", "closed_us"),
    Index("ix_campaign_attempts_member", "member", "begun_us"),
)

contact_skips = Table(
    "contact_skips",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("contact_id", ForeignKey("campaign_contacts.id"), nullable=False),
    Column("member", String(80), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Index("ix_contact_skips_contact", "contact_id"),
)

do_not_call = Table(
    "do_not_call",
    metadata,
    Column("number", String(16), primary_key=True, comment="as `callcenter.numbers` writes it"),
    Column("added_us", BigInteger, nullable=False),
    Column("added_by", String(40), nullable=False, comment="a login, or `customer` by a key or to an agent"),
    Column("note", String(200), nullable=False, default=""),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("epoch", BigInteger, nullable=False, comment="one more for each new holder"),
    Column("until_us", BigInteger, nullable=False),
)
