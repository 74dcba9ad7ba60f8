"""What became of every paper, and how the devices fared."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; of earlier papers the ticket's own column tells the last outcome."""
    op.create_table(
        "print_jobs",
        sa.Column("ticket", sa.String(), primary_key=True),
        sa.Column("copy_no", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("printer", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("queued_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_print_jobs_office_state", "print_jobs", ["office", "state"])
    op.create_table(
        "device_health",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_device_health_office_client", "device_health", ["office", "client"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("device_health")
    op.drop_table("print_jobs")
