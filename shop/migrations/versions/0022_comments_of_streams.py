"""Comments are found by their session and by their video."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the two indexes."""
    op.create_index("comment_of_session", "comment", ["shop_id", "platform", "session_id", "written_at"])
    op.create_index("comment_of_video", "comment", ["shop_id", "platform", "video_id", "written_at"])
