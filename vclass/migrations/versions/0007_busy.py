"""Busy times from people's other calendars, and the region whose holidays an institution keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("institution", sa.Column("region", sa.Text(), nullable=True))
    op.create_table(
        "busy_source",
        sa.Column("id", ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("expanded_at", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('file', 'address')", name=op.f("ck_busy_source_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_busy_source_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_source")),
        sa.UniqueConstraint("public_id", name=op.f("uq_busy_source_public_id")),
    )
    op.create_index(op.f("ix_busy_source_person_id"), "busy_source", ["person_id"])
    op.create_index(op.f("ix_busy_source_due_at"), "busy_source", ["due_at"])
    op.create_table(
        "busy_time",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("starts", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_busy_time_span")),
        sa.ForeignKeyConstraint(["source_id"], ["busy_source.id"], name=op.f("fk_busy_time_source_id_busy_source")),
        sa.PrimaryKeyConstraint("source_id", "starts", name=op.f("pk_busy_time")),
    )


def downgrade() -> None:
    op.drop_table("busy_time")
    op.drop_table("busy_source")
    with op.batch_alter_table("institution", schema=None) as batch_op:
        batch_op.drop_column("region")
