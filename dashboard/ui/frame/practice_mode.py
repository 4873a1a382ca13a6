"""Whether the demo opened this dashboard; without Streamlit, for the demo command."""

from __future__ import annotations

import os

DEMO = "KILNBOARD_DEMO"


def is_practice() -> bool:
    """Whether the demo opened this dashboard."""
    return bool(os.environ.get(DEMO))
