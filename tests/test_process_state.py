"""No test depends on the order: what one leaves in the process is taken back before the next."""

import os
import signal
from pathlib import Path

import pytest

from dashboard.i18n.language import language, use_language

START, SIGNAL = Path.cwd(), signal.getsignal(signal.SIGTERM)


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_leaves_is_taken_back(time: str) -> None:
    assert (language(), Path.cwd(), signal.getsignal(signal.SIGTERM)) == ("zh", START, SIGNAL)
    assert "KILNBOARD_USER" not in os.environ and os.environ.get("HOME") != time
    use_language("en")
    os.chdir("/")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.environ.update(KILNBOARD_USER=time, HOME=time)
