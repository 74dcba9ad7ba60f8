"""Passwords and second factors of officers: until now there were PINs alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody has chosen a password yet."""
    op.create_table(
        "passwords",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("officer", sa.String(), primary_key=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "second_factors",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("officer", sa.String(), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Refuse: the copy that was kept before this step is the way back."""
    message = "put back the copy that was kept: office.db.version-0008"
    raise NotImplementedError(message)
