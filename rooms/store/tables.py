"""What can be booked, who booked it, and what is held: resources, bookings, claims.

A claim exists only while it holds: a change deletes and inserts, never updates. Claims last a day at most, so that
those which touch a window are found by a bounded look back in one index.
"""

import sqlalchemy as sa

from vclass.core.db import metadata

DAY = 24 * 3600
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")

resource = sa.Table(
    "resource",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("institution_id", sa.BigInteger, sa.ForeignKey("institution.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text),
    sa.Column("seats", sa.Integer),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("approval", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("institution_id", "name"),
    sa.CheckConstraint("kind in ('hall', 'virtual', 'equipment')", name="kind"),
    sa.CheckConstraint("quantity >= 1 and (kind = 'equipment' or quantity = 1)", name="quantity"),
    sa.CheckConstraint("kind = 'equipment' or (zone is not null and seats is not null)", name="room"),
)

booking = sa.Table(
    "booking",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("wish", sa.Text, nullable=False),
    sa.Column("institution_id", sa.BigInteger, sa.ForeignKey("institution.id"), nullable=False),
    sa.Column("owner_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("hold_until", sa.BigInteger),
    sa.Column("starts", sa.BigInteger, nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state in ('confirmed', 'cancelled')", name="state"),
    sa.CheckConstraint("ends > starts", name="span"),
    sa.Index(None, "wish"),
)

claim = sa.Table(
    "claim",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("booking_id", sa.BigInteger, sa.ForeignKey("booking.id"), nullable=False),
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resource.id"), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("exclusive", sa.Boolean, nullable=False),
    sa.Column("starts", sa.BigInteger, nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.CheckConstraint("quantity >= 1", name="quantity"),
    sa.CheckConstraint(f"ends > starts and ends - starts <= {DAY}", name="span"),
    sa.Index(None, "resource_id", "starts", "ends", "quantity"),
    sa.Index(None, "starts", "ends", "resource_id"),
    sa.Index(None, "booking_id"),
)
