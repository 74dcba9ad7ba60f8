"""Feedback: staff without a counter, ratings, and words that are sealed with the office's key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody has said anything yet."""
    op.create_table(
        "staff_sessions",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_staff_sessions_opened", "staff_sessions", ["office", "opened_at"])
    op.create_table(
        "office_keys",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("mark", sa.String(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "words",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("purge_after", sa.Date(), nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_words_purge", "words", ["office", "purge_after"])
    op.create_table(
        "spent",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ratings",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ratings_day", "ratings", ["office", "day"])


def downgrade() -> None:
    """Refuse: the copy that was kept before this step is the way back."""
    message = "put back the copy that was kept: office.db.version-0005"
    raise NotImplementedError(message)
