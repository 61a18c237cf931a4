"""Before and after the queue: callers' steps in the menus, and their answers to the survey.

One writer: `ami_bridge.records.recorder`; the second, `reports.retention`, deletes what is too old and empties
persons' data. Instants in microseconds, UTC.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from callcenter.records.metadata import metadata

STEP_DETAIL_LENGTH = 200

call_steps = Table(
    "call_steps",
    metadata,
    Column("uniqueid", String(150), primary_key=True, comment="the caller's channel, as in calls"),
    Column("node", String(16), primary_key=True),
    Column("at_us", BigInteger, primary_key=True),
    Column("step", String(24), primary_key=True, comment="a callcenter.calls.StepKind"),
    Column("detail", String(STEP_DETAIL_LENGTH), primary_key=True, comment="the row's other fields, parted by bars"),
    Index("ix_call_steps_step_at_us", "step", "at_us"),
)

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("uniqueid", String(150), primary_key=True, comment="the caller's channel, as in calls"),
    Column("node", String(16), primary_key=True),
    Column("question", String(40), primary_key=True, comment="name of the question in the menus' file"),
    Column("answer", Integer, nullable=False, comment="the key that was pressed, 0 to 9"),
    Column("at_us", BigInteger, nullable=False),
    Column("queue", String(64), nullable=False),
    Column("member", String(80), comment="the agent of the conversation before it"),
    Index("ix_survey_answers_at_us", "at_us"),
)
