"""How many examples a law gets: a few in the ordinary suite; as a proof (tests/test_laws.py) many times as many."""

import os

VARIABLE = "KILNBOARD_TEST_EXAMPLES"
TIMES = int(os.environ.get(VARIABLE, "1"))


def examples(few: int) -> int:
    """The number of examples of a law."""
    return few * TIMES
