"""Python runs this in each process that a test of `--engine postgresql` starts: its shops are on the same server."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[4]))

from tests.support.engines.on_server import follow

follow()
