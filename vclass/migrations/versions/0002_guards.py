"""The guard behind the desk: no two exclusive claims of one resource overlap, and no claim is ever changed.

It must never fire in normal work. In SQLite the look back is bounded because a claim lasts a day at most.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ON_SQLITE = (
    """
    create trigger no_double_booking before insert on claim when new.exclusive
    begin
        select raise(abort, 'no_double_booking') where exists (
            select 1 from claim
            where resource_id = new.resource_id and exclusive
            and starts < new.ends and starts > new.starts - 86400 and ends > new.starts
        );
    end
    """,
    """
    create trigger claims_never_change before update on claim
    begin
        select raise(abort, 'claims_never_change');
    end
    """,
)
ON_POSTGRESQL = (
    "create extension if not exists btree_gist",
    """
    alter table claim add constraint no_double_booking
    exclude using gist (resource_id with =, int8range(starts, ends) with &&) where (exclusive)
    """,
    """
    create function claims_never_change() returns trigger language plpgsql as
    'begin raise restrict_violation using message = ''claims_never_change''; end'
    """,
    """
    create trigger claims_never_change before update on claim
    for each row execute function claims_never_change()
    """,
)


def upgrade() -> None:
    for statement in ON_SQLITE if op.get_context().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("drop trigger claims_never_change")
        op.execute("drop trigger no_double_booking")
    else:
        op.execute("drop trigger claims_never_change on claim")
        op.execute("drop function claims_never_change")
        op.execute("alter table claim drop constraint no_double_booking")
