"""Who writes for an office: until now only a lock beside the data told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; nobody writes yet."""
    op.create_table(
        "leases",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Refuse: the copy that was kept before this step is the way back."""
    message = "put back the copy that was kept: office.db.version-0009"
    raise NotImplementedError(message)
