"""Surveys: answers without time and order, sealed days, closed periods, plans; and how many visitors were served."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; of the visitors of before the tickets tell."""
    op.create_table(
        "survey_answers",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_answers_day", "survey_answers", ["office", "survey", "day"])
    op.create_table(
        "survey_days",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("survey", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_periods",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("survey", sa.String(), primary_key=True),
        sa.Column("period", sa.String(), primary_key=True),
        sa.Column("end_day", sa.Date(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_plans",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("survey", sa.String(), primary_key=True),
        sa.Column("period", sa.String(), primary_key=True),
        sa.Column("element", sa.String(), primary_key=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("by_day", sa.Date(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "served_days",
        sa.Column("office", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("service", sa.String(), primary_key=True),
        sa.Column("served", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO served_days (office, day, service, served) "
        "SELECT office, day, service, count(*) FROM tickets WHERE state = 'finished' GROUP BY office, day, service"
    )


def downgrade() -> None:
    """Refuse: the copy that was kept before this step is the way back."""
    message = "put back the copy that was kept: office.db.version-0006"
    raise NotImplementedError(message)
