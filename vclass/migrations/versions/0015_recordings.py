"""Recordings of lessons, who agreed to them, and the institutions that allow them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "recording_house",
        sa.Column("institution_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("allowed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_recording_house_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", name=op.f("pk_recording_house")),
    )
    _recording()
    op.create_table(
        "recording_consent",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("recording_id", ROW_ID, nullable=False),
        sa.Column("attendee", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_recording_consent_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_consent")),
    )
    op.create_index(op.f("ix_recording_consent_recording_id"), "recording_consent", ["recording_id"], unique=False)
    op.create_index(op.f("ix_recording_consent_attendee"), "recording_consent", ["attendee"], unique=False)


def _recording() -> None:
    op.create_table(
        "recording",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("lesson_id", ROW_ID, nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("alive_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("joined", sa.Text(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger()),
        sa.CheckConstraint("state in ('running', 'ready', 'failed', 'deleted')", name=op.f("ck_recording_state")),
        sa.CheckConstraint("joined in ('none', 'due', 'running', 'ready', 'failed')", name=op.f("ck_recording_joined")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_recording_lesson_id_lesson")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recording_public_id")),
    )
    for column in ("lesson_id", "state", "expires_at"):
        op.create_index(op.f(f"ix_recording_{column}"), "recording", [column], unique=False)


def downgrade() -> None:
    for table in ("recording_consent", "recording", "recording_house"):
        op.drop_table(table)
