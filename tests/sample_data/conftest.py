from datetime import date
from pathlib import Path

import pytest

from sample_data.generator.expected import Truth
from sample_data.generator.practice import write_shop

UNTIL = date(2025, 10, 31)


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """A small practice shop and the truth about it."""
    folder = tmp_path_factory.mktemp("practice")
    return folder, write_shop(folder, orders=3000, until=UNTIL)
