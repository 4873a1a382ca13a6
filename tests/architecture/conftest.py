"""Tests that read the whole source."""

import gc
from collections.abc import Iterator

import pytest

from tests.architecture import trees


@pytest.fixture(autouse=True, scope="package")
def no_garbage() -> Iterator[None]:
    """Syntax trees have no circles; looking for garbage among them takes most of the time of parsing."""
    gc.disable()
    yield
    trees.nodes.cache_clear()
    gc.enable()
