"""The numbers by which calendar programs learn what blocks a room, and what does no longer."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQLITE: Final = """
insert into blocked_room (booking_id, resource_id, changed)
select booking.id, json_extract(each.value, '$[0]'), (select coalesce(max(changed), 0) + 1 from lesson)
from booking, json_each(booking.wants) as each
where booking.purpose = 'blocking'
"""
POSTGRESQL: Final = """
insert into blocked_room (booking_id, resource_id, changed)
select booking.id, (each.value ->> 0)::bigint, pg_current_xact_id()::text::bigint
from booking, json_array_elements(booking.wants::json) as each
where booking.purpose = 'blocking'
"""


def upgrade() -> None:
    op.create_table(
        "blocked_room",
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_blocked_room_booking_id_booking")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_blocked_room_resource_id_resource")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_blocked_room")),
    )
    op.create_index(op.f("ix_blocked_room_resource_id"), "blocked_room", ["resource_id"], unique=False)
    op.create_index(op.f("ix_blocked_room_changed"), "blocked_room", ["changed"], unique=False)
    op.execute(SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL)


def downgrade() -> None:
    op.drop_table("blocked_room")
