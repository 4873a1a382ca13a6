"""Further passes of a firing: the number of the pass, and the pieces that go in again."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add two columns; every step so far was a first pass, and nothing of it goes in again."""
    op.execute(
        sa.text(
            "ALTER TABLE batch_step ADD COLUMN pass_number INTEGER DEFAULT '1' NOT NULL "
            "CONSTRAINT batch_step_pass CHECK (pass_number > 0)"
        )
    )
    op.execute(
        sa.text(
            "ALTER TABLE batch_step ADD COLUMN pieces_again INTEGER DEFAULT '0' NOT NULL "
            "CONSTRAINT batch_step_again CHECK (pieces_again BETWEEN 0 AND pieces_in)"
        )
    )
