"""Python runs this in each process that a test of `--engine postgresql` starts: its shops are on the same server."""

import os
import sys
from pathlib import Path

if "KILNBOARD_TEST_ENGINE" in os.environ:
    sys.path.append(str(Path(__file__).parents[4]))

    from tests.support.engines.on_server import follow

    follow()
