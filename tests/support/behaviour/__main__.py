"""`python -m tests.support.behaviour record|compare ...`: see recorder.py."""

import sys

from tests.support.behaviour.recorder import main

sys.exit(main())
