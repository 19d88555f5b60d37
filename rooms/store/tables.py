"""What can be booked, who booked it, and what is held: resources, bookings, claims, approvals.

A claim exists only while it holds: a change deletes and inserts, never updates. Claims last a day at most, so that
those which touch a window are found by a bounded look back in one index.
"""

import sqlalchemy as sa

from vclass.core.db import ROW_ID, metadata

DAY = 24 * 3600

resource = sa.Table(
    "resource",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("institution_id", sa.BigInteger, sa.ForeignKey("institution.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id"), unique=True),
    sa.Column("zone", sa.Text),
    sa.Column("seats", sa.Integer),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("approval", sa.Text, nullable=False),
    sa.Column("answer_hours", sa.Integer, nullable=False, server_default="72"),
    sa.Column("setup_minutes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("teardown_minutes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("horizon_days", sa.Integer),
    sa.Column("longest_minutes", sa.Integer),
    sa.Column("card", sa.Text, nullable=False, server_default="{}"),
    sa.Column("retired_at", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("institution_id", "name"),
    sa.CheckConstraint("kind in ('hall', 'virtual', 'equipment', 'licence', 'person')", name="kind"),
    sa.CheckConstraint("quantity >= 1 and (kind in ('equipment', 'licence') or quantity = 1)", name="quantity"),
    sa.CheckConstraint("kind not in ('hall', 'virtual') or (zone is not null and seats is not null)", name="room"),
    sa.CheckConstraint("(kind = 'person') = (person_id is not null)", name="person"),
    sa.CheckConstraint("setup_minutes between 0 and 720 and teardown_minutes between 0 and 720", name="buffers"),
)

feature = sa.Table(
    "feature",
    metadata,
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resource.id"), primary_key=True),
    sa.Column("feature", sa.Text, primary_key=True),
    sa.Index(None, "feature", "resource_id"),
)

opening = sa.Table(
    "opening",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resource.id"), nullable=False, index=True),
    sa.Column("weekday", sa.Integer, nullable=False),
    sa.Column("opens_minute", sa.Integer, nullable=False),
    sa.Column("closes_minute", sa.Integer, nullable=False),
    sa.Column("valid_from", sa.Text),
    sa.Column("valid_until", sa.Text),
    sa.CheckConstraint("weekday between 0 and 6", name="weekday"),
    sa.CheckConstraint("opens_minute between 0 and 1439 and closes_minute between 1 and 1440", name="minutes"),
    sa.CheckConstraint("opens_minute < closes_minute", name="order"),
)

photo = sa.Table(
    "photo",
    metadata,
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resource.id"), primary_key=True, autoincrement=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)

booking = sa.Table(
    "booking",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("wish", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False, server_default="lesson"),
    sa.Column("institution_id", sa.BigInteger, sa.ForeignKey("institution.id"), nullable=False),
    sa.Column("owner_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("hold_until", sa.BigInteger),
    sa.Column("starts", sa.BigInteger, nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.Column("wants", sa.Text, nullable=False, server_default="[]"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("confirmed_at", sa.BigInteger),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(
        "state in ('requested', 'held', 'confirmed', 'waiting', 'cancelled', 'rejected', 'displaced')", name="state"
    ),
    sa.CheckConstraint("purpose in ('lesson', 'blocking')", name="purpose"),
    sa.CheckConstraint("ends > starts", name="span"),
    sa.CheckConstraint("state <> 'held' or hold_until is not null", name="hold"),
    sa.Index(None, "wish"),
    sa.Index(None, "owner_id", "starts"),
    sa.Index(None, "institution_id", "starts"),
    sa.Index(
        "ix_booking_pending",
        "state",
        "starts",
        sqlite_where=sa.text("state in ('requested', 'held', 'waiting')"),
        postgresql_where=sa.text("state in ('requested', 'held', 'waiting')"),
    ),
)

claim = sa.Table(
    "claim",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
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

approval = sa.Table(
    "approval",
    metadata,
    sa.Column("booking_id", sa.BigInteger, sa.ForeignKey("booking.id"), primary_key=True),
    sa.Column("institution_id", sa.BigInteger, sa.ForeignKey("institution.id"), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("at", sa.BigInteger),
    sa.Column("reason", sa.Text),
    sa.CheckConstraint("state in ('pending', 'approved', 'rejected')", name="state"),
    sa.Index(None, "institution_id", "state"),
)

waiting = sa.Table(
    "waiting",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("wish", sa.Text, nullable=False, unique=True),
    sa.Column("institution_id", sa.BigInteger, nullable=False),
    sa.Column("owner_id", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("offer_until", sa.BigInteger),
)

quota = sa.Table(
    "quota",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("institution_id", sa.BigInteger, sa.ForeignKey("institution.id"), nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("first_day", sa.Text),
    sa.Column("last_day", sa.Text),
    sa.Column("minutes", sa.Integer),
    sa.Column("bookings", sa.Integer),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("subject in ('person', 'institution')", name="subject"),
    sa.CheckConstraint("period in ('week', 'term')", name="period"),
    sa.CheckConstraint("period = 'week' or (first_day is not null and last_day is not null)", name="days"),
    sa.CheckConstraint("minutes is not null or bookings is not null", name="limit"),
)

custody = sa.Table(
    "custody",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("booking_id", sa.BigInteger, sa.ForeignKey("booking.id"), nullable=False, index=True),
    sa.Column("resource_id", sa.BigInteger, sa.ForeignKey("resource.id"), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("holder_id", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("whereabouts", sa.Text, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("out_at", sa.BigInteger, nullable=False),
    sa.Column("out_by", sa.BigInteger, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("in_at", sa.BigInteger),
    sa.Column("in_by", sa.BigInteger, sa.ForeignKey("person.id")),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("told_at", sa.BigInteger),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("quantity >= 1", name="quantity"),
    sa.Index(None, "resource_id", "in_at"),
    sa.Index(None, "in_at", "due_at"),
)
