"""Answers to invitations: what came, what was proposed, whom nobody knows; and mails that came back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bounced_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("bounce_reason", sa.Text(), nullable=True))
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("attendee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers", sa.Text(), nullable=True))
    make_answer()
    make_proposal()
    make_stray_answer()


def make_answer() -> None:
    op.create_table(
        "answer",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("attendee_id", ID, nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("partstat", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("dtstamp", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("delegated_to", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("to_old_time", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state in ('counted', 'asked', 'disowned')", name=op.f("ck_answer_state")),
        sa.CheckConstraint("source in ('mail', 'page', 'teacher')", name=op.f("ck_answer_source")),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendee.id"], name=op.f("fk_answer_attendee_id_attendee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("attendee_id", "digest", name=op.f("uq_answer_attendee_id_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_answer_public_id")),
    )


def make_proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("attendee_id", ID, nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("dtstamp", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("declined_at", sa.BigInteger(), nullable=True),
        sa.Column("declined_by", ID, nullable=True),
        sa.CheckConstraint("starts < ends", name=op.f("ck_proposal_order")),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendee.id"], name=op.f("fk_proposal_attendee_id_attendee")),
        sa.ForeignKeyConstraint(["declined_by"], ["person.id"], name=op.f("fk_proposal_declined_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("attendee_id", "digest", name=op.f("uq_proposal_attendee_id_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_proposal_public_id")),
    )


def make_stray_answer() -> None:
    op.create_table(
        "stray_answer",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("partstat", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("dtstamp", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", ID, nullable=True),
        sa.Column("attendee_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendee.id"], name=op.f("fk_stray_answer_attendee_id_attendee")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_stray_answer_lesson_id_lesson")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_stray_answer_settled_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_answer")),
        sa.UniqueConstraint("lesson_id", "digest", name=op.f("uq_stray_answer_lesson_id_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stray_answer_public_id")),
    )


def downgrade() -> None:
    for table in ("stray_answer", "proposal", "answer"):
        op.drop_table(table)
    with op.batch_alter_table("attendee", schema=None) as batch_op:
        batch_op.drop_column("answers")
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.drop_column("asked")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("bounce_reason")
        batch_op.drop_column("bounced_at")
