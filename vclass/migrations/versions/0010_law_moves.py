"""What a change of law moved, until everybody is told."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "law_move",
        sa.Column("id", number, nullable=False),
        sa.Column("lesson_id", number, nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_law_move_lesson_id_lesson")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_move")),
        sa.UniqueConstraint(
            "lesson_id", "recurrence", "release", name=op.f("uq_law_move_lesson_id_recurrence_release")
        ),
    )


def downgrade() -> None:
    op.drop_table("law_move")
