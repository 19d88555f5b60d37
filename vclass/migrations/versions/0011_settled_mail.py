"""Mail that failed, until somebody deals with it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FAILED = sa.text("(dead_at is not null or bounced_at is not null) and settled_at is null")


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_at", sa.BigInteger(), nullable=True))
    op.execute("update outbox set settled_at = dead_at where last_error = 'too late to be of use'")
    op.create_index("ix_outbox_failed", "outbox", ["recipient"], sqlite_where=FAILED, postgresql_where=FAILED)


def downgrade() -> None:
    op.drop_index("ix_outbox_failed", table_name="outbox")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("settled_at")
