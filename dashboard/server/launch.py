"""The process that serves the dashboard: it loads the program at once and listens once it gets its address.

    python -m dashboard.server.launch

Its input is one line of JSON: `arguments`, those of `streamlit run`, and `environment`, all variables. Without a line
it ends: whoever started it has ended.
"""

from __future__ import annotations

import json
import os
import pkgutil
import signal
import sys
import threading
from collections.abc import Callable
from importlib import import_module

from dashboard import theme

WAITS_LONG_SECONDS = 0.5  # for its line: meanwhile the rest is loaded
FIRST_USED = ("PIL.Image", "chinese_calendar", "shop.first_steps")  # by a first page, inside functions
ANSWERS_WITHIN_SECONDS = 1.0  # after its line, so that loading the rest delays no answer


def load_rest() -> None:
    """Load what a first page needs besides the server: the modules of the frame and of Today, the words of comments."""
    from dashboard import charts, ui
    from dashboard.views import today
    from shop.comments.labels.labeller import label

    for package in (ui, charts, today):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".page"):  # a script that runs for each visitor
                import_module(module.name)
    for name in FIRST_USED:
        import_module(name)
    label("")


def main() -> None:
    """Load, wait for the line, and serve until the process is ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the starter's matter while nothing is served
    from streamlit.logger import set_log_level
    from streamlit.web import cli

    set_log_level(theme.options()["logger.level"].upper())  # until the flags come
    import dashboard.server.main  # noqa: F401  (the routes; Streamlit runs the file again)

    early = _after(WAITS_LONG_SECONDS, load_rest)
    line = sys.stdin.readline()
    early.cancel()
    if not line:
        return
    given = json.loads(line)
    os.environ.clear()
    os.environ.update(given["environment"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["streamlit", "run", *given["arguments"]]
    _after(ANSWERS_WITHIN_SECONDS, load_rest)
    cli.main()


def _after(seconds: float, do: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()
    return timer


if __name__ == "__main__":
    main()
