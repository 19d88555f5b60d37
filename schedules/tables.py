"""Tables of lessons, of what calendar programs catch up by, and of what universities plan around."""

import sqlalchemy as sa

from vclass.core.db import ROW_ID, metadata

lesson = sa.Table(
    "lesson",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("uid", sa.Text, nullable=False, unique=True),
    sa.Column("address_token", sa.Text, nullable=False, unique=True),
    sa.Column("institution_id", sa.ForeignKey("institution.id"), nullable=False, index=True),
    sa.Column("owner_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("wall_start", sa.Text, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("fold", sa.Integer),
    sa.Column("rule", sa.Text),
    sa.Column("skipped", sa.Text),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("told_at", sa.BigInteger, nullable=False),
    sa.Column("moved_from", sa.BigInteger),
    sa.Column("cancelled_at", sa.BigInteger),
    sa.Column("cancel_reason", sa.Text, nullable=False),
    sa.Column("tzdata", sa.Text, nullable=False),
    sa.Column("transparent", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("minors", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("published_at", sa.BigInteger),
    sa.Column("continues_id", sa.ForeignKey("lesson.id"), index=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("changed", sa.BigInteger, nullable=False, server_default="0", index=True),
)

lesson_resource = sa.Table(
    "lesson_resource",
    metadata,
    sa.Column("lesson_id", sa.ForeignKey("lesson.id"), primary_key=True),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), primary_key=True, index=True),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)

occurrence = sa.Table(
    "occurrence",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("lesson_id", sa.ForeignKey("lesson.id"), nullable=False),
    sa.Column("recurrence", sa.Text, nullable=False),
    sa.Column("wall_start", sa.Text, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("fold", sa.Integer),
    sa.Column("published_start", sa.BigInteger),
    sa.Column("asked", sa.Integer, nullable=False, server_default="0"),
    sa.Column("starts", sa.BigInteger, nullable=False),
    sa.Column("ends", sa.BigInteger, nullable=False),
    sa.Column("booking_id", sa.ForeignKey("booking.id"), nullable=False, unique=True),
    sa.UniqueConstraint("lesson_id", "recurrence"),
    sa.Index(None, "starts", "ends"),
)

former_room = sa.Table(
    "former_room",
    metadata,
    sa.Column("resource_id", sa.ForeignKey("resource.id"), primary_key=True),
    sa.Column("lesson_id", sa.ForeignKey("lesson.id"), primary_key=True),
)
"""Where lessons were before they changed: the calendars of these rooms have to say that they are gone."""

blocked_room = sa.Table(
    "blocked_room",
    metadata,
    sa.Column("booking_id", sa.ForeignKey("booking.id"), primary_key=True, autoincrement=False),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), nullable=False, index=True),
    sa.Column("changed", sa.BigInteger, nullable=False, index=True),
)
"""What blocks a room or kit, or did, and the number of the change by which it began, or ended."""

sync_epoch = sa.Table("sync_epoch", metadata, sa.Column("name", sa.Text, primary_key=True))
"""One row, which names the run of the numbers of changes: another one begins when a backup is restored."""

attendee = sa.Table(
    "attendee",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("lesson_id", sa.ForeignKey("lesson.id"), nullable=False),
    sa.Column("person_id", sa.ForeignKey("person.id"), index=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("teaches", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("token_digest", sa.Text, nullable=False, unique=True),
    sa.Column("replaced_digest", sa.Text, index=True),
    sa.Column("removed", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("answers", sa.Text),
    sa.UniqueConstraint("lesson_id", "email"),
)

term = sa.Table(
    "term",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("institution_id", sa.ForeignKey("institution.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("first_day", sa.Text, nullable=False),
    sa.Column("last_day", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("institution_id", "name"),
    sa.CheckConstraint("first_day <= last_day", name="days"),
)

closure = sa.Table(
    "closure",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("public_id", sa.Text, nullable=False, unique=True),
    sa.Column("institution_id", sa.ForeignKey("institution.id"), nullable=False, index=True),
    sa.Column("first_day", sa.Text, nullable=False),
    sa.Column("last_day", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("first_day <= last_day", name="days"),
)

working_hours = sa.Table(
    "working_hours",
    metadata,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("institution_id", sa.ForeignKey("institution.id"), index=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), index=True),
    sa.Column("weekday", sa.Integer, nullable=False),
    sa.Column("opens_minute", sa.Integer, nullable=False),
    sa.Column("closes_minute", sa.Integer, nullable=False),
    sa.CheckConstraint("(institution_id is null) <> (person_id is null)", name="whose"),
    sa.CheckConstraint("weekday between 0 and 6", name="weekday"),
    sa.CheckConstraint("opens_minute >= 0 and opens_minute < closes_minute and closes_minute <= 1440", name="minutes"),
)
