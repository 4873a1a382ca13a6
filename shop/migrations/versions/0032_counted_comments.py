"""Comments are counted from their index alone."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Replace the index of days by one with the columns that comments are counted by."""
    op.drop_index("comment_written_on", "comment")
    op.create_index(
        "comment_written_on", "comment", ["shop_id", "written_on", "is_own", "is_question", "answered_at"]
    )
