"""What visitors were told about their wait, and what came true."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; nothing was promised on record before."""
    op.create_table(
        "promises",
        sa.Column("ticket", sa.String(), primary_key=True),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.Column("low_s", sa.Integer(), nullable=False),
        sa.Column("high_s", sa.Integer(), nullable=False),
        sa.Column("average_s", sa.Float(), nullable=False),
        sa.Column("counters", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_promises_office_at", "promises", ["office", "at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("promises")
