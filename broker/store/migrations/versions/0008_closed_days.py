"""Closed days: the facts of each office day that is over, which the broker reads out of the journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "closed_days",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("carry", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Refuse: the copy that was kept before this step is the way back."""
    message = "put back the copy that was kept: office.db.version-0007"
    raise NotImplementedError(message)
