"""The guard behind the desk: no two exclusive claims of one resource overlap, and no claim is ever changed.

It must never fire in normal work. The look back is bounded because a claim lasts a day at most.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NO_DOUBLE_BOOKING = """
create trigger no_double_booking before insert on claim when new.exclusive
begin
    select raise(abort, 'no_double_booking') where exists (
        select 1 from claim
        where resource_id = new.resource_id and exclusive
        and starts < new.ends and starts > new.starts - 86400 and ends > new.starts
    );
end
"""
CLAIMS_NEVER_CHANGE = """
create trigger claims_never_change before update on claim
begin
    select raise(abort, 'claims_never_change');
end
"""


def upgrade() -> None:
    op.execute(NO_DOUBLE_BOOKING)
    op.execute(CLAIMS_NEVER_CHANGE)


def downgrade() -> None:
    op.execute("drop trigger claims_never_change")
    op.execute("drop trigger no_double_booking")
