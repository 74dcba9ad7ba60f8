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
    _make_suggestions_and_complaints()


def _make_suggestions_and_complaints() -> None:
    op.create_table(
        "suggestions",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        sa.Column("purge_after", sa.Date(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "complaints",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("verify_by", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("has_contact", sa.Boolean(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("purge_after", sa.Date(), nullable=True),
        sa.Column("is_purged", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "complaint_steps",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("step", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("sent_to", sa.String(), nullable=True),
        sa.Column("has_text", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_complaint_steps_seq", "complaint_steps", ["office", "seq"])


def downgrade() -> None:
    """Refuse: the copy that was kept before this step is the way back."""
    message = "put back the copy that was kept: office.db.version-0005"
    raise NotImplementedError(message)
