"""The booking engine: equipment, approvals, waiting list, quotas, custody, terms and closures.

Every claim that stands becomes its booking's wants, and every meeting keeps the start that was published first.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BOOKING = {
    "state": "state in ('requested', 'held', 'confirmed', 'waiting', 'cancelled', 'rejected', 'displaced')",
    "purpose": "purpose in ('lesson', 'blocking')",
    "hold": "state <> 'held' or hold_until is not null",
}
RESOURCE = {
    "kind": "kind in ('hall', 'virtual', 'equipment', 'licence', 'person')",
    "quantity": "quantity >= 1 and (kind in ('equipment', 'licence') or quantity = 1)",
    "room": "kind not in ('hall', 'virtual') or (zone is not null and seats is not null)",
    "person": "(kind = 'person') = (person_id is not null)",
    "buffers": "setup_minutes between 0 and 720 and teardown_minutes between 0 and 720",
}
WALL_STARTS = """
update occurrence set wall_start = recurrence, published_start = starts,
    minutes = (select minutes from lesson where lesson.id = occurrence.lesson_id),
    fold = (select fold from lesson where lesson.id = occurrence.lesson_id)
"""
PUBLISHED = "update lesson set published_at = created_at"
CONFIRMED = "update booking set confirmed_at = created_at where state = 'confirmed'"


def upgrade() -> None:
    make_rooms_tables()
    make_university_tables()
    change_tables()
    fill(op.get_bind())
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.alter_column("wall_start", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("minutes", existing_type=sa.Integer(), nullable=False)


def make_university_tables() -> None:
    op.create_table(
        "waiting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("offer_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("wish", name=op.f("uq_waiting_wish")),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_closure_days")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_closure_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
        sa.UniqueConstraint("public_id", name=op.f("uq_closure_public_id")),
    )
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closure_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "quota",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=True),
        sa.Column("last_day", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("bookings", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "period = 'week' or (first_day is not null and last_day is not null)", name=op.f("ck_quota_days")
        ),
        sa.CheckConstraint("period in ('week', 'term')", name=op.f("ck_quota_period")),
        sa.CheckConstraint("subject in ('person', 'institution')", name=op.f("ck_quota_subject")),
        sa.CheckConstraint("minutes is not null or bookings is not null", name=op.f("ck_quota_limit")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_quota_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.UniqueConstraint("public_id", name=op.f("uq_quota_public_id")),
    )
    with op.batch_alter_table("quota", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quota_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "term",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_term_days")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_term_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("institution_id", "name", name=op.f("uq_term_institution_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_term_public_id")),
    )
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "working_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("institution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_minute", sa.Integer(), nullable=False),
        sa.Column("closes_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint("(institution_id is null) <> (person_id is null)", name=op.f("ck_working_hours_whose")),
        sa.CheckConstraint(
            "opens_minute >= 0 and opens_minute < closes_minute and closes_minute <= 1440",
            name=op.f("ck_working_hours_minutes"),
        ),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_working_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_working_hours_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_working_hours_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    with op.batch_alter_table("working_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_working_hours_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_working_hours_person_id"), ["person_id"], unique=False)


def make_rooms_tables() -> None:
    op.create_table(
        "approval",
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("institution_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('pending', 'approved', 'rejected')", name=op.f("ck_approval_state")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_approval_booking_id_booking")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_approval_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approval_person_id_person")),
        sa.PrimaryKeyConstraint("booking_id", "institution_id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_institution_id_state"), ["institution_id", "state"], unique=False)

    op.create_table(
        "custody",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), nullable=False),
        sa.Column("whereabouts", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("out_at", sa.BigInteger(), nullable=False),
        sa.Column("out_by", sa.BigInteger(), nullable=False),
        sa.Column("in_at", sa.BigInteger(), nullable=True),
        sa.Column("in_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_custody_quantity")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_custody_booking_id_booking")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_custody_holder_id_person")),
        sa.ForeignKeyConstraint(["in_by"], ["person.id"], name=op.f("fk_custody_in_by_person")),
        sa.ForeignKeyConstraint(["out_by"], ["person.id"], name=op.f("fk_custody_out_by_person")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_custody_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody")),
        sa.UniqueConstraint("public_id", name=op.f("uq_custody_public_id")),
    )
    with op.batch_alter_table("custody", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_custody_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_custody_in_at_due_at"), ["in_at", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_custody_resource_id_in_at"), ["resource_id", "in_at"], unique=False)

    op.create_table(
        "feature",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_feature_resource_id_resource")),
        sa.PrimaryKeyConstraint("resource_id", "feature", name=op.f("pk_feature")),
    )
    with op.batch_alter_table("feature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feature_feature_resource_id"), ["feature", "resource_id"], unique=False)

    op.create_table(
        "opening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_minute", sa.Integer(), nullable=False),
        sa.Column("closes_minute", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Text(), nullable=True),
        sa.CheckConstraint("opens_minute < closes_minute", name=op.f("ck_opening_order")),
        sa.CheckConstraint(
            "opens_minute between 0 and 1439 and closes_minute between 1 and 1440", name=op.f("ck_opening_minutes")
        ),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_opening_weekday")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_opening_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
    )
    with op.batch_alter_table("opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opening_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "photo",
        sa.Column("resource_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_photo_resource_id_resource")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_photo")),
    )


def change_tables() -> None:
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.Text(), server_default="lesson", nullable=False))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("wants", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("confirmed_at", sa.BigInteger(), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_booking_state"), type_="check")
        for name, condition in BOOKING.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_booking_{name}"), condition)
        batch_op.create_index(
            batch_op.f("ix_booking_institution_id_starts"), ["institution_id", "starts"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_booking_owner_id_starts"), ["owner_id", "starts"], unique=False)
        batch_op.create_index(
            "ix_booking_pending",
            ["state", "starts"],
            unique=False,
            sqlite_where=sa.text("state in ('requested', 'held', 'waiting')"),
            postgresql_where=sa.text("state in ('requested', 'held', 'waiting')"),
        )

    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.add_column(sa.Column("transparent", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("published_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("continues_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_lesson_continues_id"), ["continues_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_lesson_continues_id_lesson"), "lesson", ["continues_id"], ["id"])

    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wall_start", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("fold", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("published_start", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("answer_hours", sa.Integer(), server_default="72", nullable=False))
        batch_op.add_column(sa.Column("setup_minutes", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("teardown_minutes", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("horizon_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("longest_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("card", sa.Text(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("retired_at", sa.BigInteger(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_resource_person_id"), ["person_id"])
        batch_op.create_foreign_key(batch_op.f("fk_resource_person_id_person"), "person", ["person_id"], ["id"])
        for name in ("kind", "quantity", "room"):
            batch_op.drop_constraint(batch_op.f(f"ck_resource_{name}"), type_="check")
        for name, condition in RESOURCE.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_resource_{name}"), condition)


def fill(connection: sa.Connection) -> None:
    """Give the rows that stand what their new columns mean."""
    for statement in (WALL_STARTS, PUBLISHED, CONFIRMED):
        connection.execute(sa.text(statement))
    held: dict[int, dict[int, int]] = {}
    for row in connection.execute(sa.text("select booking_id, resource_id, quantity from claim order by id")):
        held.setdefault(row.booking_id, {})[row.resource_id] = row.quantity
    rows = [{"id": booking_id, "wants": json.dumps(list(wants.items()))} for booking_id, wants in held.items()]
    if rows:
        connection.execute(sa.text("update booking set wants = :wants where id = :id"), rows)


def downgrade() -> None:
    raise NotImplementedError("the states of bookings cannot be told in the old tables; restore the backup instead")
