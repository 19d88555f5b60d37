"""Tables of answers: all that came, times that were proposed, and answers from nobody who is invited."""

import sqlalchemy as sa

from vclass.core.db import ROW_ID, metadata

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("attendee_id", sa.ForeignKey("attendee.id"), nullable=False),
    sa.Column("occurrence", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("partstat", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("dtstamp", sa.BigInteger, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("delegated_to", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("to_old_time", sa.Boolean, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("attendee_id", "digest"),
    sa.CheckConstraint("state in ('counted', 'asked', 'disowned')", name="state"),
    sa.CheckConstraint("source in ('mail', 'page', 'teacher')", name="source"),
)

proposal = sa.Table(
    "proposal",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("attendee_id", sa.ForeignKey("attendee.id"), nullable=False),
    sa.Column("occurrence", sa.Text, nullable=False),
    sa.Column("starts", sa.BigInteger, nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("dtstamp", sa.BigInteger, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("declined_at", sa.BigInteger),
    sa.Column("declined_by", sa.ForeignKey("person.id")),
    sa.UniqueConstraint("attendee_id", "digest"),
    sa.CheckConstraint("starts < ends", name="order"),
)

stray_answer = sa.Table(
    "stray_answer",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("lesson_id", sa.ForeignKey("lesson.id"), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("occurrence", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("partstat", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("dtstamp", sa.BigInteger, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("settled_at", sa.BigInteger),
    sa.Column("settled_by", sa.ForeignKey("person.id")),
    sa.Column("attendee_id", sa.ForeignKey("attendee.id")),
    sa.UniqueConstraint("lesson_id", "digest"),
)
