"""Calendars to subscribe to: feeds, app passwords, and the numbers by which calendar programs catch up."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number_changes()
    make_feed()
    make_app_password()


def number_changes() -> None:
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_lesson_changed"), ["changed"], unique=False)
    op.create_table(
        "former_room",
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lesson_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_former_room_lesson_id_lesson")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_former_room_resource_id_resource")),
        sa.PrimaryKeyConstraint("resource_id", "lesson_id", name=op.f("pk_former_room")),
    )
    epoch = op.create_table(
        "sync_epoch",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sync_epoch")),
    )
    op.bulk_insert(epoch, [{"name": secrets.token_hex(4)}])


def make_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("lesson_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind in ('person', 'room', 'lesson')", name=op.f("ck_feed_kind")),
        sa.CheckConstraint("detail in ('full', 'busy', 'freebusy')", name=op.f("ck_feed_detail")),
        sa.CheckConstraint("(kind = 'room') = (resource_id is not null)", name=op.f("ck_feed_room")),
        sa.CheckConstraint("(kind = 'lesson') = (lesson_id is not null)", name=op.f("ck_feed_lesson")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_feed_lesson_id_lesson")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_feed_owner_id_person")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_feed_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("public_id", name=op.f("uq_feed_public_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_feed_token_digest")),
    )
    op.create_index(op.f("ix_feed_owner_id"), "feed", ["owner_id"], unique=False)


def make_app_password() -> None:
    op.create_table(
        "app_password",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_app_password_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_password")),
        sa.UniqueConstraint("digest", name=op.f("uq_app_password_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_app_password_public_id")),
    )
    op.create_index(op.f("ix_app_password_person_id"), "app_password", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("app_password")
    op.drop_table("feed")
    op.drop_table("sync_epoch")
    op.drop_table("former_room")
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_changed"))
        batch_op.drop_column("changed")
