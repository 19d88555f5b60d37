"""Reminders: what people want of them, and which were written."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_choice",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("day", sa.Boolean(), nullable=False),
        sa.Column("soon", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_reminder_choice")),
    )
    op.create_table(
        "reminder_written",
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("which", sa.Text(), nullable=False),
        sa.Column("lesson_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_reminder_written_lesson_id_lesson")),
        sa.PrimaryKeyConstraint("occurrence", "which", name=op.f("pk_reminder_written")),
    )
    op.create_index(op.f("ix_reminder_written_lesson_id"), "reminder_written", ["lesson_id"])
    op.create_index(op.f("ix_reminder_written_starts"), "reminder_written", ["starts"])


def downgrade() -> None:
    op.drop_table("reminder_written")
    op.drop_table("reminder_choice")
