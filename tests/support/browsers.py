"""A browser that a test needs: where it is missing the test is skipped with the reason, and fails when CI=true."""

import os

import pytest


def needed(path: str | None, missing: str) -> str:
    """The path of the browser; skips or fails the test where there is none."""
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path
